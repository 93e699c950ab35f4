import type { SqlSource, SqlTransaction } from './engine/database'
import { Prisma } from './generated/sqlite/client'
import type { LogHead } from './transparency-logs'

/*
 * The checkpoints that are served while logs have witnesses. This file is their only writer. A log is served as it was
 * signed last, unless it has a row here: then a reader sees that, which goes on when witnesses have cosigned the next one.
 * It never goes back (docs/decisions/0047-witnesses.md).
 */

/** A tree that was signed. */
export interface SignedTree {
  readonly size: number
  /** Hash of the tree, base64. */
  readonly root: string
  /** The note, without cosignatures. */
  readonly checkpoint: string
  readonly signedAt: Date
}

/** A log as it is served. */
export interface ServedLog extends Pick<LogHead, 'instanceId' | 'origin' | 'phase' | 'stalled'>, SignedTree {
  /** Lines of witnesses, each with its newline. */
  readonly cosignatures: string
  /** Whether there is a row: what is served waits for witnesses. */
  readonly isHeld: boolean
}

/** The log of an instance as it is served, or null. */
export async function findServedLog(source: SqlSource, instanceId: string): Promise<ServedLog | null> {
  // One statement: whoever reads the row and the log after each other could see neither.
  const [row] = await source.read.$queryRaw<ServedRow[]>`
    SELECT l."instanceId", l."origin", l."phase", l."stalled", l."size", l."root", l."checkpoint", l."signedAt",
      s."size" AS "servedSize", s."root" AS "servedRoot", s."checkpoint" AS "servedCheckpoint",
      s."signedAt" AS "servedSignedAt", s."cosignatures"
    FROM "TransparencyLog" l LEFT JOIN "ServedCheckpoint" s ON s."instanceId" = l."instanceId"
    WHERE l."instanceId" = ${instanceId}`
  return row === undefined ? null : servedLog(row)
}

interface ServedRow extends Pick<LogHead, 'instanceId' | 'origin' | 'phase' | 'stalled'>, SignedTree {
  readonly servedSize: number | null
  readonly servedRoot: string
  readonly servedCheckpoint: string
  readonly servedSignedAt: Date
  readonly cosignatures: string
}

function servedLog(row: ServedRow): ServedLog {
  const { instanceId, origin, phase, stalled } = row
  const { servedSize, servedRoot, servedCheckpoint, servedSignedAt, cosignatures } = row
  if (servedSize === null) {
    const { size, root, checkpoint, signedAt } = row
    return { instanceId, origin, phase, stalled, size, root, checkpoint, signedAt, cosignatures: '', isHeld: false }
  }
  return {
    ...{ instanceId, origin, phase, stalled, size: servedSize, root: servedRoot, checkpoint: servedCheckpoint },
    ...{ signedAt: servedSignedAt, cosignatures, isHeld: true },
  }
}

/**
 * From now on, what is served of a log waits for witnesses: it begins with the checkpoint that the log has. The head stays
 * as it is until the transaction ends, so that nobody is served a newer one in between.
 */
export async function holdServedCheckpoint(tx: SqlTransaction, instanceId: string): Promise<void> {
  const lock = tx.provider === 'sqlite' ? Prisma.empty : Prisma.sql`FOR UPDATE`
  const [head] = await tx.$queryRaw<SignedTree[]>`
    SELECT "size", "root", "checkpoint", "signedAt" FROM "TransparencyLog" WHERE "instanceId" = ${instanceId} ${lock}`
  if (head === undefined || head.checkpoint === '') return
  await tx.$executeRaw`
    INSERT INTO "ServedCheckpoint" ("instanceId", "size", "root", "checkpoint", "signedAt", "cosignatures")
    VALUES (${instanceId}, ${head.size}, ${head.root}, ${head.checkpoint}, ${head.signedAt}, '')
    ON CONFLICT ("instanceId") DO NOTHING`
}

/**
 * The checkpoint that is served of a log whose is held, or null. It stays that until the transaction ends: whoever stores a
 * cosignature and whoever serves the checkpoint it is of take turns.
 */
export async function lockServedCheckpoint(tx: SqlTransaction, instanceId: string): Promise<SignedTree | null> {
  const lock = tx.provider === 'sqlite' ? Prisma.empty : Prisma.sql`FOR UPDATE`
  const [row] = await tx.$queryRaw<SignedTree[]>`
    SELECT "size", "root", "checkpoint", "signedAt" FROM "ServedCheckpoint" WHERE "instanceId" = ${instanceId} ${lock}`
  return row ?? null
}

/** Serves a checkpoint with these cosignatures, unless a later one is served already. */
export async function serveCheckpoint(
  tx: SqlTransaction,
  instanceId: string,
  { size, root, checkpoint, signedAt }: SignedTree,
  cosignatures: readonly string[],
): Promise<void> {
  await tx.$executeRaw`
    UPDATE "ServedCheckpoint" SET "size" = ${size}, "root" = ${root}, "checkpoint" = ${checkpoint},
      "signedAt" = ${signedAt}, "cosignatures" = ${cosignatures.map((line) => `${line}\n`).join('')}
    WHERE "instanceId" = ${instanceId} AND ("size" < ${size} OR ("size" = ${size} AND "signedAt" <= ${signedAt}))`
}

/** From now on, logs are served as they are signed. */
export async function releaseServedCheckpoints(tx: SqlTransaction): Promise<void> {
  await tx.$executeRaw`DELETE FROM "ServedCheckpoint"`
}
