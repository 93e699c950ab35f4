import type { WitnessSetting } from '@/lib/config-witnesses'
import type { Context } from '@/lib/context'
import { type BackOff, backOffMs } from '@/lib/domain/transparency/witnesses'
import {
  type LogWitnessRow,
  forgetOtherWitnesses,
  listLogWitnesses,
  listLogsForWitnesses,
  recordCosignature,
  recordFailure,
} from '@/lib/metadata/log-witnesses'
import {
  type SignedTree,
  findServedLog,
  holdServedCheckpoint,
  lockServedCheckpoint,
  releaseServedCheckpoints,
  serveCheckpoint,
} from '@/lib/metadata/served-checkpoints'
import type { SqlTransaction } from '@/lib/metadata/engine/database'
import { findLog } from '@/lib/metadata/transparency-logs'
import type { Cosignature } from '@/lib/transparency/checkpoint'
import { type Candidate, type Delivered, type PostToWitness, deliverCheckpoint } from './deliver-checkpoint'

/** What the delivery to witnesses needs of the process. */
export type WitnessingContext = Pick<Context, 'db' | 'config' | 'log'>

/** Times of the delivery. */
export interface WitnessingTimes {
  /** How long a checkpoint waits to be served for witnesses that have not answered, in milliseconds. */
  readonly waitMs: number
  readonly backOff: BackOff
}

const usualTimes: WitnessingTimes = { waitMs: 2_000, backOff: { firstMs: 1_000, maxMs: 5 * 60_000 } }

/** Most logs whose checkpoints are under way at a time. */
const roundsMax = 64

/**
 * Gives the checkpoints of all logs to the witnesses of the configuration, and serves each when they have cosigned it, or
 * have had their time (docs/decisions/0047-witnesses.md). Nothing here is waited for by the sequencer. Any number of
 * processes may do it at once: what is served never goes back.
 */
export class Witnessing {
  readonly #ctx: WitnessingContext
  readonly #post: PostToWitness
  readonly #times: WitnessingTimes
  /** Of instances. */
  readonly #rounds = new Map<string, Promise<void>>()
  /** Deliveries under way, by instance and witness; some last longer than their round. */
  readonly #deliveries = new Map<string, Promise<void>>()
  /** Witnesses whose last answer took longer than checkpoints wait. */
  readonly #slow = new Set<string>()
  #isTidy = false

  constructor(ctx: WitnessingContext, post: PostToWitness, times: WitnessingTimes = usualTimes) {
    this.#ctx = ctx
    this.#post = post
    this.#times = times
  }

  /** Starts what is due; does not wait for witnesses. `signal` ends what is under way. */
  async look(signal: AbortSignal): Promise<void> {
    const { db, config } = this.#ctx
    if (!this.#isTidy) await this.#tidy()
    if (config.witnesses.length === 0) return
    const due = await listLogsForWitnesses(db, config.witnesses.length, new Date(), roundsMax)
    for (const instanceId of due) {
      if (this.#rounds.size >= roundsMax) break
      if (this.#rounds.has(instanceId)) continue
      const round = this.#round(instanceId, signal)
        .catch((error: unknown) => {
          this.#ctx.log.error({ err: error, instanceId }, 'a checkpoint could not be given to its witnesses')
        })
        .finally(() => this.#rounds.delete(instanceId))
      this.#rounds.set(instanceId, round)
    }
  }

  /** Resolves when nothing is under way. */
  async settled(): Promise<void> {
    while (this.#rounds.size + this.#deliveries.size > 0) {
      await Promise.all([...this.#rounds.values(), ...this.#deliveries.values()])
    }
  }

  /** Forgets witnesses that are not in the configuration any more. Without any, logs are served as they are signed. */
  async #tidy(): Promise<void> {
    const { db, config } = this.#ctx
    const keys = config.witnesses.map(({ key }) => key.text)
    await db.sqlTransaction(async (tx) => {
      await forgetOtherWitnesses(tx, keys)
      if (keys.length === 0) await releaseServedCheckpoints(tx)
    })
    this.#isTidy = true
  }

  async #round(instanceId: string, signal: AbortSignal): Promise<void> {
    const { db, config } = this.#ctx
    let served = await findServedLog(db, instanceId)
    if (served?.isHeld === false) {
      await db.sqlTransaction((tx) => holdServedCheckpoint(tx, instanceId))
      served = await findServedLog(db, instanceId)
    }
    const head = await findLog(db, instanceId)
    if (served?.isHeld !== true || head === null) return
    const known = new Map((await listLogWitnesses(db, instanceId)).map((row) => [row.witness, row]))
    const now = new Date()
    const awaited = config.witnesses.flatMap((witness) => {
      const row = known.get(witness.key.text) ?? null
      if (row !== null && (row.size >= head.size || row.nextAttemptAt > now)) return []
      const delivery = this.#start(head, witness, row, signal)
      return delivery === null || (row?.failures ?? 0) > 0 || this.#slow.has(witness.key.text) ? [] : [delivery]
    })
    if (head.checkpoint === served.checkpoint) return
    // What was signed again, with another key, is the same to witnesses.
    if (!isSameTree(head, served)) await waitAtMost(this.#times.waitMs, awaited, signal)
    await db.sqlTransaction(async (tx) => {
      if ((await lockServedCheckpoint(tx, instanceId)) !== null) await showCosigned(tx, instanceId, head)
    })
  }

  /** Starts a delivery; null while an earlier one to this witness is under way. */
  #start(
    candidate: Candidate,
    witness: WitnessSetting,
    row: LogWitnessRow | null,
    signal: AbortSignal,
  ): Promise<void> | null {
    const name = `${candidate.instanceId} ${witness.key.text}`
    if (this.#deliveries.has(name)) return null
    const delivery = this.#deliver(candidate, witness, row, signal)
      .catch((error: unknown) => {
        this.#ctx.log.error({ err: error, witness: witness.key.name }, 'the answer of a witness could not be stored')
      })
      .finally(() => this.#deliveries.delete(name))
    this.#deliveries.set(name, delivery)
    return delivery
  }

  async #deliver(
    candidate: Candidate,
    witness: WitnessSetting,
    row: LogWitnessRow | null,
    signal: AbortSignal,
  ): Promise<void> {
    const startedAt = performance.now()
    const delivered = await deliverCheckpoint(this.#ctx, this.#post, witness, candidate, row, signal)
    if (performance.now() - startedAt > this.#times.waitMs) this.#slow.add(witness.key.text)
    else this.#slow.delete(witness.key.text)
    if (delivered === null) return
    if ('cosignature' in delivered) await this.#recordCosignature(candidate, witness, row, delivered.cosignature)
    else await this.#recordFailure(candidate, witness, row, delivered)
  }

  async #recordCosignature(
    { instanceId, size, root }: Candidate,
    { key }: WitnessSetting,
    row: LogWitnessRow | null,
    { line, time }: Cosignature,
  ): Promise<void> {
    const { db, log } = this.#ctx
    const cosigned = { size, root, cosignature: line, cosignedAt: new Date(time * 1000) }
    await db.sqlTransaction(async (tx) => {
      const served = await lockServedCheckpoint(tx, instanceId)
      await recordCosignature(tx, { instanceId, witness: key.text, ...cosigned })
      // One that comes late; the others are shown when their checkpoint is served.
      if (served !== null && isSameTree(served, { size, root })) await showCosigned(tx, instanceId, served)
    })
    if (row !== null && row.failure !== null) {
      log.info({ instanceId, witness: key.name }, 'a witness of the transparency log cosigns again')
    }
  }

  async #recordFailure(
    { instanceId, size }: Candidate,
    { key }: WitnessSetting,
    row: LogWitnessRow | null,
    { failure, detail }: Extract<Delivered, { failure: unknown }>,
  ): Promise<void> {
    const { db, log } = this.#ctx
    const failures = (row?.failures ?? 0) + 1
    const now = new Date()
    const nextAttemptAt = new Date(now.getTime() + backOffMs(failures, this.#times.backOff, Math.random()))
    const failed = { failures, failure, failureDetail: detail, size: row?.size ?? 0, nextAttemptAt }
    await db.sqlTransaction((tx) => recordFailure(tx, { instanceId, witness: key.text, ...failed }, now))
    // Once for each kind of failure, however often it is tried.
    if (row?.failure !== failure) {
      const about = { instanceId, witness: key.name, failure, detail, size }
      log.warn(about, 'a witness of the transparency log does not cosign')
    }
  }
}

/** Serves a checkpoint with what its witnesses have cosigned so far. The caller holds the one that is served. */
async function showCosigned(tx: SqlTransaction, instanceId: string, tree: SignedTree): Promise<void> {
  const lines = (await listLogWitnesses(tx, instanceId)).filter((row) => isSameTree(row, tree))
  await serveCheckpoint(
    tx,
    instanceId,
    tree,
    lines.map(({ cosignature }) => cosignature),
  )
}

function isSameTree(one: { readonly size: number; readonly root: string }, other: typeof one): boolean {
  return one.size === other.size && one.root === other.root
}

/** Resolves when all have ended, after this time, or when `signal` is aborted. */
async function waitAtMost(ms: number, work: readonly Promise<void>[], signal: AbortSignal): Promise<void> {
  if (work.length === 0 || signal.aborted) return
  await new Promise<void>((resolve) => {
    const end = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, ms)
    signal.addEventListener('abort', end)
    void Promise.all(work).then(end)
  })
}
