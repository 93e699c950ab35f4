import { setImmediate } from 'node:timers/promises'

/** Most units of one commit. The first waits for the last, so this limits how long a push waits for others. */
const batchMax = 32

/**
 * For how many rounds of the event loop a commit waits for one more unit. A commit blocks the loop, so requests that
 * came meanwhile reach the queue only some rounds after it; without the wait each would find it empty and commit alone.
 * On an idle server the rounds take microseconds.
 */
const graceRounds = 4

/**
 * How long units may run one after the other before other requests get a turn, in milliseconds. SQLite's statements are
 * synchronous, so that a batch of large pushes would otherwise block everything until its end.
 */
const stretchMaxMs = 20

/** How often a turn of the event loop is noticed while units run, in milliseconds. */
const noticeMs = 5

/** A connection that writes. */
export interface WriteConnection {
  /** Runs a statement without parameters. */
  run(sql: string): Promise<void> | void
  /** Whether its next transaction is on disk when COMMIT returns. One without this method has all of them there. */
  setSynced?(isSynced: boolean): void
}

/** A unit of work on a writing connection: nobody else writes until it ends. */
export interface Unit {
  /** Keeps what the unit wrote; resolves when that is on disk. Rejects when it is not: then nothing of it is there. */
  commit(): Promise<void>
  /** Undoes what the unit wrote; resolves when all that it may have read is on disk. */
  rollback(): Promise<void>
}

/**
 * Lets one unit of work write at a time, and lets units of one connection that come close together share a commit,
 * because a commit's `fsync` costs more than all the rest.
 *
 *     BEGIN IMMEDIATE                      the first unit
 *       SAVEPOINT unit_1 … RELEASE         its end: no answer yet
 *       SAVEPOINT unit_2 … ROLLBACK TO     a refused push: undone alone
 *       SAVEPOINT unit_3 … RELEASE         nobody else comes
 *     COMMIT                               now all three are answered
 *
 * A unit sees what those before it in the commit have written, so it must not be answered before them, not even
 * with a refusal: a crash would undo them. When the commit fails, all of its units fail. A unit of another
 * connection waits for the commit: SQLite gives the write lock to one connection at a time.
 *
 * A unit that a power failure may undo needs no `fsync`: it commits alone and at once, unless it finds a commit to share.
 */
export class WriteQueue {
  readonly #waiting: (() => void)[] = []
  readonly #beforeWrite: () => void
  readonly #afterCommit: () => void
  #isTaken = false
  /** When the event loop last had a turn, as far as the queue knows. */
  #stretchStart = performance.now()
  /** Notices the turns that the event loop has while a unit waits for something else. */
  #noticing: NodeJS.Timeout | undefined
  #batch: Batch | null = null

  /** `beforeWrite` is called before the first write of each commit, `afterCommit` after each. */
  constructor(beforeWrite: () => void = () => {}, afterCommit: () => void = () => {}) {
    this.#beforeWrite = beforeWrite
    this.#afterCommit = afterCommit
  }

  /** Waits for the turn and starts a unit on `connection`. A power failure may undo one with `mayBeLost`. */
  async begin(connection: WriteConnection, { mayBeLost = false } = {}): Promise<Unit> {
    await this.#takeTurn()
    if (this.#batch !== null && this.#batch.connection !== connection) await this.#finish(this.#batch)
    try {
      if (this.#batch === null) this.#beforeWrite()
      const batch = (this.#batch ??= await startBatch(connection, mayBeLost))
      const savepoint = `unit_${++batch.size}`
      await connection.run(`SAVEPOINT ${savepoint}`)
      return {
        commit: () => this.#end(batch, [`RELEASE ${savepoint}`]),
        rollback: () => this.#end(batch, [`ROLLBACK TO ${savepoint}`, `RELEASE ${savepoint}`]),
      }
    } catch (error) {
      await this.#abandon(error)
      this.#passTurn()
      throw error
    }
  }

  /** Runs `work` in its turn, while no transaction is open. */
  async alone<T>(work: () => Promise<T>): Promise<T> {
    await this.#takeTurn()
    try {
      if (this.#batch !== null) await this.#finish(this.#batch)
      return await work()
    } finally {
      this.#passTurn()
    }
  }

  async #end(batch: Batch, statements: readonly string[]): Promise<void> {
    try {
      // These fail when SQLite has rolled back everything on its own (disk full, I/O error): then so does the batch.
      for (const sql of statements) await batch.connection.run(sql)
      if (batch.mayBeLost || batch.size >= batchMax) await this.#commit(batch)
      else if (!this.#isStretchOpen()) {
        // Large units do not share a commit: it would block for as long as all of them together.
        await setImmediate()
        await this.#commit(batch)
      } else if (this.#waiting.length === 0) void this.#commitSoon(batch)
    } catch (error) {
      await this.#abandon(error)
    }
    this.#passTurn()
    return batch.outcome
  }

  /** Commits when no further unit has come for a while. A unit that runs then commits at its own end. */
  async #commitSoon(batch: Batch): Promise<void> {
    if (batch.isCommitScheduled) return
    batch.isCommitScheduled = true
    let seen
    do {
      seen = batch.size
      for (let round = 0; round < graceRounds; round++) await setImmediate()
    } while (batch.size > seen && this.#batch === batch)
    batch.isCommitScheduled = false
    if (this.#batch !== batch || this.#isTaken) return
    this.#take()
    try {
      await this.#commit(batch)
    } catch (error) {
      await this.#abandon(error)
    }
    this.#passTurn()
  }

  async #commit(batch: Batch): Promise<void> {
    await batch.connection.run('COMMIT')
    this.#batch = null
    batch.succeed()
    this.#afterCommit()
  }

  /** Commits for somebody else: a failure is only that of its own units. */
  async #finish(batch: Batch): Promise<void> {
    await this.#commit(batch).catch((error: unknown) => this.#abandon(error))
  }

  async #abandon(error: unknown): Promise<void> {
    const batch = this.#batch
    this.#batch = null
    try {
      await batch?.connection.run('ROLLBACK')
    } catch {
      // There was nothing left to roll back; either way the connection is free now.
    }
    batch?.fail(error)
  }

  #takeTurn(): Promise<void> {
    if (this.#isTaken) return new Promise((resolve) => this.#waiting.push(resolve))
    this.#take()
    return Promise.resolve()
  }

  #take(): void {
    this.#isTaken = true
    this.#stretchStart = performance.now()
    this.#noticing = setInterval(() => (this.#stretchStart = performance.now()), noticeMs)
  }

  #passTurn(): void {
    const next = this.#waiting.shift()
    if (next === undefined) {
      this.#isTaken = false
      clearInterval(this.#noticing)
    } else if (this.#isStretchOpen()) next()
    else void this.#startStretch(next)
  }

  #isStretchOpen(): boolean {
    return performance.now() - this.#stretchStart < stretchMaxMs
  }

  async #startStretch(next: () => void): Promise<void> {
    await setImmediate()
    this.#stretchStart = performance.now()
    next()
  }
}

async function startBatch(connection: WriteConnection, mayBeLost: boolean): Promise<Batch> {
  connection.setSynced?.(!mayBeLost)
  // The write lock is ours before anything is read, against other processes too.
  await connection.run('BEGIN IMMEDIATE')
  return new Batch(connection, mayBeLost)
}

/** Units that share a commit, and its outcome. */
class Batch {
  size = 0
  isCommitScheduled = false
  readonly outcome: Promise<void>
  succeed: () => void = () => {}
  fail: (error: unknown) => void = () => {}

  constructor(
    readonly connection: WriteConnection,
    /** Whether its commit is not synced. */
    readonly mayBeLost: boolean,
  ) {
    this.outcome = new Promise((resolve, reject) => {
      this.succeed = resolve
      this.fail = reject
    })
    // Units that wait for it get the failure; without any, it must not count as unhandled.
    this.outcome.catch(() => undefined)
  }
}
