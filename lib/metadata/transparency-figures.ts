import type { SqlSource } from './engine/database'
import { findOldestUntaken } from './outbox-readers'
import { measureLogs, transparencyReader } from './transparency-logs'

/** How far the transparency logs are; null where there is nothing to measure. */
export interface LogFigures {
  readonly leaves: number | null
  /** Age of the oldest event that no log has yet. */
  readonly lagSeconds: number | null
  readonly checkpointAgeSeconds: number | null
}

/** Measures the logs of all instances. */
export async function measureTransparencyLogs(source: SqlSource, now = new Date()): Promise<LogFigures> {
  const { leaves, signedAt } = await measureLogs(source)
  const oldest = await findOldestUntaken(source, transparencyReader)
  const age = (time: Date) => Math.max(0, (now.getTime() - time.getTime()) / 1000)
  return {
    leaves,
    lagSeconds: oldest === null ? 0 : age(oldest),
    checkpointAgeSeconds: signedAt === null ? null : age(signedAt),
  }
}
