import { isRefusal } from '@/lib/domain/transparency/witnesses'
import type { SqlSource } from './engine/database'
import { findOldestHeld } from './held-events'
import { measureWitnesses } from './log-witnesses'
import { findOldestUntaken } from './outbox-readers'
import { listStalledLogs, measureLogs, transparencyReader } from './transparency-logs'

/** How far the transparency logs are; null where there is nothing to measure. */
export interface LogFigures {
  readonly leaves: number | null
  /** How many logs stand still, because something cannot be read. */
  readonly stalled: number | null
  /** Age of the oldest event that no log has yet. */
  readonly lagSeconds: number | null
  readonly checkpointAgeSeconds: number | null
  readonly witnesses: readonly WitnessFiguresByName[]
}

/** How far a witness is, over the logs of all instances. */
export interface WitnessFiguresByName {
  readonly name: string
  /** Leaves that it has not cosigned, of the log where those are most. */
  readonly behindLeaves: number
  /** How long attempts have failed; 0: the last one did not. */
  readonly behindSeconds: number
  readonly isRefused: boolean
}

/** The names of witnesses by their verifier keys. */
export type NamesOfWitnesses = ReadonlyMap<string, string>

/** Measures the logs of all instances, and these witnesses. */
export async function measureTransparencyLogs(
  source: SqlSource,
  names: NamesOfWitnesses,
  now = new Date(),
): Promise<LogFigures> {
  const { leaves, signedAt } = await measureLogs(source)
  const waiting = [
    await findOldestUntaken(source, transparencyReader),
    (await findOldestHeld(source, null))?.createdAt ?? null,
  ].filter((time) => time !== null)
  const age = (time: Date) => Math.max(0, (now.getTime() - time.getTime()) / 1000)
  return {
    leaves,
    stalled: (await listStalledLogs(source)).length,
    lagSeconds: Math.max(0, ...waiting.map(age)),
    checkpointAgeSeconds: signedAt === null ? null : age(signedAt),
    witnesses: (await measureWitnesses(source, [...names.keys()])).map(
      ({ witness, behindLeaves, behindSince, failures }) => ({
        ...{ name: names.get(witness) ?? '', behindLeaves },
        behindSeconds: behindSince === null ? 0 : age(behindSince),
        isRefused: failures.some(isRefusal),
      }),
    ),
  }
}
