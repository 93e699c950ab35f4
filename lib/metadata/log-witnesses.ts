import type { WitnessFailure } from '@/lib/domain/transparency/witnesses'
import type { SqlSource, SqlTransaction } from './engine/database'
import { isOneOf } from './engine/batches'
import { Prisma } from './generated/sqlite/client'

/*
 * What is known of the witnesses of the transparency logs. This file is their only writer. What is written is never less
 * than what was known: a process that was paused and comes back late changes nothing.
 */

/** What is known of a witness and a log. */
export interface LogWitnessRow {
  readonly instanceId: string
  /** Its verifier key. */
  readonly witness: string
  /** The newest checkpoint that it cosigned; 0 and empty texts: none. */
  readonly size: number
  readonly root: string
  readonly cosignature: string
  /** By its own clock. */
  readonly cosignedAt: Date | null
  /** Why the last attempt failed; null: it did not. */
  readonly failure: WitnessFailure | null
  readonly failureDetail: string
  /** Attempts that have failed since the last one that did not, and when the first of them did. */
  readonly failures: number
  readonly behindSince: Date | null
  readonly nextAttemptAt: Date
}

const columns = Prisma.raw(
  ['instanceId', 'witness', 'size', 'root', 'cosignature', 'cosignedAt', 'failure', 'failureDetail', 'failures']
    .concat('behindSince', 'nextAttemptAt')
    .map((name) => `"${name}"`)
    .join(', '),
)

/** What is known of the witnesses of a log. */
export async function listLogWitnesses(source: SqlSource, instanceId: string): Promise<LogWitnessRow[]> {
  return source.read.$queryRaw<LogWitnessRow[]>`
    SELECT ${columns} FROM "LogWitness" WHERE "instanceId" = ${instanceId}`
}

/**
 * The instances whose logs have something for their witnesses: a checkpoint that is not served yet, or one that a witness
 * which is due has not cosigned. `witnesses` is how many there are. Those that were served longest ago come first.
 */
export async function listLogsForWitnesses(
  source: SqlSource,
  witnesses: number,
  now: Date,
  limit: number,
): Promise<string[]> {
  const rows = await source.read.$queryRaw<{ instanceId: string }[]>`
    SELECT l."instanceId" FROM "TransparencyLog" l LEFT JOIN "ServedCheckpoint" s ON s."instanceId" = l."instanceId"
    WHERE l."checkpoint" <> '' AND (s."instanceId" IS NULL OR s."checkpoint" <> l."checkpoint" OR (
      SELECT COUNT(*) FROM "LogWitness" w
      WHERE w."instanceId" = l."instanceId" AND (w."size" >= l."size" OR w."nextAttemptAt" > ${now})) < ${witnesses})
    ORDER BY COALESCE(s."signedAt", l."signedAt"), l."instanceId" LIMIT ${limit}`
  return rows.map(({ instanceId }) => instanceId)
}

/** A checkpoint that a witness has cosigned. */
export type NewCosignature = Pick<LogWitnessRow, 'instanceId' | 'witness' | 'size' | 'root' | 'cosignature'> & {
  readonly cosignedAt: Date
}

/** Records a cosignature, unless a later one is known. It ends the failures before it. */
export async function recordCosignature(
  tx: SqlTransaction,
  { instanceId, witness, size, root, cosignature, cosignedAt }: NewCosignature,
): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO "LogWitness" ("instanceId", "witness", "size", "root", "cosignature", "cosignedAt", "failure",
      "failureDetail", "failures", "behindSince", "nextAttemptAt")
    VALUES (${instanceId}, ${witness}, ${size}, ${root}, ${cosignature}, ${cosignedAt}, NULL, '', 0, NULL, ${new Date()})
    ON CONFLICT ("instanceId", "witness") DO UPDATE SET "size" = excluded."size", "root" = excluded."root",
      "cosignature" = excluded."cosignature", "cosignedAt" = excluded."cosignedAt", "failure" = NULL,
      "failureDetail" = '', "failures" = 0, "behindSince" = NULL, "nextAttemptAt" = excluded."nextAttemptAt"
    WHERE "LogWitness"."size" <= excluded."size"`
}

/** An attempt that failed. */
export interface NewFailure extends Pick<LogWitnessRow, 'instanceId' | 'witness' | 'failures' | 'nextAttemptAt'> {
  readonly failure: WitnessFailure
  readonly failureDetail: string
  /** What the witness had cosigned when the attempt began. */
  readonly size: number
}

/** Records a failure, unless the witness has cosigned something since the attempt began. */
export async function recordFailure(
  tx: SqlTransaction,
  { instanceId, witness, failure, failureDetail, failures, size, nextAttemptAt }: NewFailure,
  now: Date,
): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO "LogWitness" ("instanceId", "witness", "size", "root", "cosignature", "cosignedAt", "failure",
      "failureDetail", "failures", "behindSince", "nextAttemptAt")
    VALUES (${instanceId}, ${witness}, 0, '', '', NULL, ${failure}, ${failureDetail}, ${failures}, ${now},
      ${nextAttemptAt})
    ON CONFLICT ("instanceId", "witness") DO UPDATE SET "failure" = excluded."failure",
      "failureDetail" = excluded."failureDetail", "failures" = excluded."failures",
      "behindSince" = COALESCE("LogWitness"."behindSince", excluded."behindSince"),
      "nextAttemptAt" = excluded."nextAttemptAt"
    WHERE "LogWitness"."size" = ${size}`
}

/** Forgets all witnesses but these. */
export async function forgetOtherWitnesses(tx: SqlTransaction, witnesses: readonly string[]): Promise<void> {
  await tx.$executeRaw`
    DELETE FROM "LogWitness" WHERE NOT (${isOneOf(tx, Prisma.sql`"witness"`, witnesses)})`
}

/** How far a witness is, over all logs. */
interface WitnessFigures {
  readonly witness: string
  /** Leaves of the log of which it lacks most. */
  readonly behindLeaves: number
  /** Since when attempts fail; null: the last one of every log did not. */
  readonly behindSince: Date | null
  readonly failures: readonly WitnessFailure[]
}

/** Measures these witnesses. Of one that no attempt was made with, nothing is known. */
export async function measureWitnesses(source: SqlSource, witnesses: readonly string[]): Promise<WitnessFigures[]> {
  const rows = await source.read.$queryRaw<
    { witness: string; failure: WitnessFailure | null; lacks: bigint | number; since: Date | string | null }[]
  >`
    SELECT w."witness", w."failure", MAX(l."size" - w."size") AS "lacks", MIN(w."behindSince") AS "since"
    FROM "LogWitness" w JOIN "TransparencyLog" l ON l."instanceId" = w."instanceId"
    WHERE ${isOneOf(source, Prisma.sql`w."witness"`, witnesses)} GROUP BY w."witness", w."failure"`
  return witnesses.flatMap((witness) => {
    const own = rows.filter((row) => row.witness === witness)
    if (own.length === 0) return []
    const times = own.flatMap(({ since }) => (since === null ? [] : [new Date(since)]))
    return {
      witness,
      behindLeaves: Math.max(0, ...own.map(({ lacks }) => Number(lacks))),
      behindSince: times.sort((one, other) => one.getTime() - other.getTime())[0] ?? null,
      failures: own.flatMap(({ failure }) => failure ?? []),
    }
  })
}
