import { type ChildProcess, fork } from 'node:child_process'
import { createServer } from 'node:net'
import type { Config } from '@/lib/config'
import { type Logger, createLogger } from '@/lib/log'
import { listen } from '@/lib/server/listen'
import { takeServerLocks } from '@/lib/server/serving-lock'
import { Distribution } from './distribution'
import { type Order, type Report, type Role, toArguments } from './messages'
import { MetricsCollection } from './metrics-collection'
import { openSocketFolder } from './socket-folder'

/** Times of the supervisor, in milliseconds. */
export interface SupervisorTimes {
  /** A process that ends within this time after its start counts as failed again. */
  readonly settledMs: number
  /** Wait before the first restart in a row; it doubles with each. */
  readonly restartMs: number
  /** Longest wait before a restart. */
  readonly restartMaxMs: number
  /** How much longer than its requests a process may take to stop. Then it hangs, and is ended. */
  readonly stopMarginMs: number
}

/** The times in production. */
const supervisorTimes: SupervisorTimes = {
  settledMs: 10_000,
  restartMs: 100,
  restartMaxMs: 5_000,
  stopMarginMs: 10_000,
}

/**
 * Of V8, which takes them at its start only: a quarter of its usual room for young objects, a tenth less memory in all
 * (docs/decisions/0036-heap.md).
 */
const memoryOptions = ['--max-semi-space-size=4']

/** How often in a row the main process is restarted. Then the server ends, so that whoever started it hears of it. */
const restartsMax = 8

/** A signal that is repeated sooner counts as the same one, in milliseconds. */
const sameSignalMs = 1_000

/**
 * Runs the server as several processes: the main one, which writes, runs the jobs and serves the console, and readers.
 * This one listens and gives them the connections. A process that ends unexpectedly is started again; the others go on.
 * `program` is the file that each runs. Ends this process when the server has stopped or cannot run. Throws a StartError
 * when the port cannot be opened.
 */
export async function supervise(config: Config, program: string, times = supervisorTimes): Promise<void> {
  // The main process has locks of its own, which nobody holds while it starts again.
  process.on('exit', await takeServerLocks(config))
  const socketFolder = await openSocketFolder()
  const server = createServer({ pauseOnConnect: true, allowHalfOpen: true })
  const distribution = new Distribution(server)
  const port = await listen(server, config)
  new Supervisor(config, distribution, { program, port, socketFolder, times }).start()
}

/** How a process ended. */
interface End {
  readonly code: number | null
  readonly signal: string | null
  /** How long it ran, in milliseconds. */
  readonly ranMs: number
}

class Supervisor {
  readonly #log: Logger
  readonly #distribution: Distribution
  readonly #program: string
  readonly #port: number
  readonly #readerCount: number
  readonly #socketFolder: string
  readonly #times: SupervisorTimes
  readonly #stopMaxMs: number
  readonly #collection = new MetricsCollection()
  #main: ChildProcess | null = null
  /** The readers and their numbers, which no two of them have. */
  readonly #readers = new Map<ChildProcess, number>()
  /** Of a server that stops: the readers whose clients may be in the middle of uploads. */
  readonly #uploading = new Set<ChildProcess>()
  #lastReader = 0
  /** Whether the server has served: before, it ends with its main process. */
  #isReady = false
  readonly #drainMs: number
  /** Since the first signal; null before. */
  #signalledAt: number | null = null
  #drain: NodeJS.Timeout | undefined
  #stoppingSince: number | null = null
  #exitCode = 0
  /** Restarts in a row. */
  readonly #restarts: Record<Role, number> = { main: 0, reader: 0 }

  constructor(
    config: Config,
    distribution: Distribution,
    {
      program,
      port,
      socketFolder,
      times,
    }: { program: string; port: number; socketFolder: string; times: SupervisorTimes },
  ) {
    this.#log = createLogger(config.logLevel, config.logFormat ?? (process.stdout.isTTY ? 'text' : 'json'))
    this.#distribution = distribution
    this.#readerCount = config.processes - 1
    this.#program = program
    this.#port = port
    this.#socketFolder = socketFolder
    this.#times = times
    this.#drainMs = config.drainSeconds * 1000
    this.#stopMaxMs = config.stopTimeoutSeconds * 1000 + times.stopMarginMs
  }

  start(): void {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => this.#onSignal(signal))
    this.#fork('main', false)
  }

  #fork(role: Role, isAgain: boolean): void {
    const startedAt = performance.now()
    const child = fork(
      this.#program,
      toArguments({ role, socketFolder: this.#socketFolder, port: this.#port, isAgain }),
      { execArgv: [...memoryOptions, ...process.execArgv] },
    )
    if (role === 'main') this.#main = child
    else this.#readers.set(child, ++this.#lastReader)
    child.on('message', (report: Report) => this.#onReport(child, report))
    const onEnd = (code: number | null, signal: string | null) => {
      this.#distribution.remove(child, { hasEnded: true })
      if (role === 'main') this.#main = null
      else this.#readers.delete(child)
      this.#uploading.delete(child)
      this.#onEnd(role, { code, signal, ranMs: performance.now() - startedAt })
    }
    // Also of a message that does not reach a process which is ending.
    child.on('error', (error) => {
      if (child.pid !== undefined) return
      this.#log.error({ role, err: error }, 'a process of the server could not be started')
      onEnd(1, null)
    })
    child.once('exit', onEnd)
  }

  #onReport(child: ChildProcess, report: Report): void {
    switch (report.type) {
      case 'open':
        if (this.#stoppingSince === null || child === this.#main)
          this.#distribution.add(child, { isMain: child === this.#main })
        if (this.#signalledAt !== null) tell(child, { type: 'drain' })
        return
      case 'taken':
        this.#distribution.confirm(report.connection, report.load)
        return
      case 'load':
        this.#distribution.noteLoad(child, report.load)
        return
      case 'closed':
        this.#distribution.close()
        return
      case 'uploads ended':
        this.#uploading.delete(child)
        this.#tellOfUploads()
        return
      case 'ready':
        if (this.#isReady || this.#stoppingSince !== null) return
        this.#isReady = true
        for (let i = 0; i < this.#readerCount; i++) this.#fork('reader', false)
        return
      case 'collect':
        void this.#collection.collect(this.#readers).then((collected) => {
          tell(this.#main, { type: 'collected', request: report.request, report: collected })
        })
        return
      case 'metrics':
        this.#collection.note(child, this.#readers.get(child) ?? 0, report)
    }
  }

  #onEnd(role: Role, end: End): void {
    if (this.#stoppingSince !== null) {
      if (role === 'main') this.#exitCode = end.code ?? 1
      else this.#tellOfUploads()
      this.#goOnStopping()
      return
    }
    // It has said why.
    if (!this.#isReady) process.exit(end.code ?? 1)
    const { settledMs, restartMs, restartMaxMs } = this.#times
    const restarts = end.ranMs < settledMs ? this.#restarts[role] + 1 : 0
    this.#restarts[role] = restarts
    const waitMs = restarts === 0 ? 0 : Math.min(restartMs * 2 ** (restarts - 1), restartMaxMs)
    this.#log.error({ role, ...end, restarts, waitMs }, 'a process of the server ended and is started again')
    if (role === 'main' && restarts > restartsMax) {
      this.#log.fatal('the main process does not stay up: the server ends')
      process.exit(1)
    }
    setTimeout(() => {
      if (this.#stoppingSince === null) this.#fork(role, true)
    }, waitMs)
  }

  #onSignal(signal: NodeJS.Signals): void {
    const isFirst = this.#signalledAt === null
    this.#signalledAt ??= performance.now()
    // A terminal sends it to npm and to us, and npm forwards it.
    if (!isFirst && performance.now() - this.#signalledAt < sameSignalMs) return
    if (isFirst) this.#log.info({ signal }, 'stopping')
    if (isFirst && this.#drainMs > 0) {
      this.#tellAll({ type: 'drain' })
      this.#drain = setTimeout(() => this.#stop(), this.#drainMs)
      return
    }
    clearTimeout(this.#drain)
    if (this.#stoppingSince === null) this.#stop()
    if (isFirst) return
    setTimeout(() => this.#endAll(), this.#times.stopMarginMs)
    this.#tellAll({ type: 'hurry' })
    this.#goOnStopping()
  }

  #stop(): void {
    this.#stoppingSince = performance.now()
    setTimeout(() => this.#endAll(), this.#stopMaxMs)
    // The main process takes connections until no upload needs one.
    for (const reader of this.#readers.keys()) {
      this.#distribution.remove(reader, { hasEnded: false })
      this.#uploading.add(reader)
    }
    this.#tellAll({ type: 'stop' })
    this.#tellOfUploads()
    this.#goOnStopping()
  }

  #tellOfUploads(): void {
    if (this.#uploading.size === 0) tell(this.#main, { type: 'uploads ended' })
  }

  #tellAll(order: Order): void {
    for (const process of [...this.#readers.keys(), this.#main]) tell(process, order)
  }

  /** Ends the processes that hang. */
  #endAll(): void {
    for (const child of [...this.#readers.keys(), ...(this.#main === null ? [] : [this.#main])]) {
      this.#log.error({ pid: child.pid }, 'a process of the server did not stop, and is ended')
      child.kill('SIGKILL')
    }
  }

  #goOnStopping(): void {
    if (this.#readers.size > 0) return
    tell(this.#main, { type: 'readers ended' })
    if (this.#main === null) process.exit(this.#exitCode)
  }
}

function tell(child: ChildProcess | null, order: Order): void {
  if (child?.connected === true) child.send(order, () => undefined)
}
