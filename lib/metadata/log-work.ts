import type { SqlSource } from './engine/database'
import { transparencyReader } from './transparency-logs'

/** What there is to do for the transparency logs. */
export interface LogWork {
  /** There is a log to begin, to sign, or to tell what was before it. */
  readonly isUnfinished: boolean
  /** The outbox has events that were not taken, or may get some that were passed. */
  readonly hasEvents: boolean
  /** Events are held. */
  readonly isHeld: boolean
}

/** What there is to do, in one statement: it is asked twice a second. `signedWith` names the keys that sign now. */
export async function findLogWork(source: SqlSource, signedWith: string): Promise<LogWork> {
  const [row] = await source.read.$queryRaw<{ [Key in keyof LogWork]: boolean | number }[]>`
    SELECT
      EXISTS (SELECT 1 FROM "TransparencyLog" WHERE "phase" <> 'started' OR "signedWith" <> ${signedWith})
        OR EXISTS (SELECT 1 FROM "Instance" i
          WHERE NOT EXISTS (SELECT 1 FROM "TransparencyLog" l WHERE l."instanceId" = i."id")) AS "isUnfinished",
      EXISTS (SELECT 1 FROM "OutboxEvent" WHERE "id" > COALESCE((
        SELECT "position" FROM "OutboxReader" WHERE "name" = ${transparencyReader}), 0))
        OR EXISTS (SELECT 1 FROM "OutboxReader" WHERE "name" = ${transparencyReader} AND "gaps" <> '[]') AS "hasEvents",
      EXISTS (SELECT 1 FROM "TransparencyHeld") AS "isHeld"`
  const is = (key: keyof LogWork) => Boolean(row?.[key])
  return { isUnfinished: is('isUnfinished'), hasEvents: is('hasEvents'), isHeld: is('isHeld') }
}
