import { type Viewer, visibleRepository } from './access'
import { asJsonKeys } from './engine/batches'
import type { SqlSource, SqlTransaction } from './engine/database'
import { lockName } from './engine/locks'
import { Prisma } from './generated/sqlite/client'
import { allOf } from './engine/listing'

/** A repository's access to a blob. */
export interface BlobLink {
  readonly sizeBytes: bigint
  /** When the repository last had it pushed, mounted or asked for, to the hour. */
  readonly seenAt: Date
  /** Whether a scrub found its bytes changed: then they must not be served. */
  readonly isCorrupt: boolean
}

/** Longest interval at which it is stored when a link was last seen, in milliseconds. */
const seenGrainMaxMs = 3_600_000

/** To which precision it is stored when a link was last seen, in milliseconds: a quarter of the grace period at most. */
export function linkSeenGrainMs(graceHours: number): number {
  return Math.min(seenGrainMaxMs, (graceHours * 3_600_000) / 4)
}

/** The repository's link to the blob, or null: links decide the access to bytes. */
export async function findBlobLink(source: SqlSource, repositoryId: string, digest: string): Promise<BlobLink | null> {
  const [row] = await source.read.$queryRaw<{ sizeBytes: bigint; seenAt: Date; corruptAt: Date | null }[]>`
    SELECT b."sizeBytes", l."seenAt", b."corruptAt"
    FROM "RepositoryBlob" l JOIN "Blob" b ON b."digest" = l."digest"
    WHERE l."repositoryId" = ${repositoryId} AND l."digest" = ${digest}`
  return row === undefined ? null : { sizeBytes: row.sizeBytes, seenAt: row.seenAt, isCorrupt: row.corruptAt !== null }
}

/** Whether any repository of the instance that the viewer may pull from has the blob, not corrupt. */
export async function isBlobVisibleInInstance(
  source: SqlSource,
  viewer: Viewer | null,
  { instanceId, digest }: { readonly instanceId: string; readonly digest: string },
): Promise<boolean> {
  const rows = await source.read.$queryRaw<unknown[]>`
    SELECT 1 FROM "RepositoryBlob" l JOIN "Repository" r ON r."id" = l."repositoryId"
    JOIN "Blob" b ON b."digest" = l."digest"
    WHERE ${allOf([
      Prisma.sql`l."digest" = ${digest} AND r."instanceId" = ${instanceId} AND b."corruptAt" IS NULL`,
      visibleRepository(viewer),
    ])} LIMIT 1`
  return rows.length > 0
}

/** The sizes in bytes of those of `digests` that the repository links to and that are not corrupt, by digest. */
export async function listLinkedSizes(
  source: SqlSource,
  repositoryId: string,
  digests: readonly string[],
): Promise<ReadonlyMap<string, bigint>> {
  // Kept prepared, unlike other statements with `isOneOf`: both tables are only ever read by their keys.
  const keys = asJsonKeys(digests)
  const rows =
    source.provider === 'sqlite'
      ? await source.read.$queryRaw<{ digest: string; sizeBytes: bigint }[]>`
          SELECT l."digest", b."sizeBytes" FROM "RepositoryBlob" l JOIN "Blob" b ON b."digest" = l."digest"
          WHERE l."repositoryId" = ${repositoryId} AND l."digest" IN (SELECT "key" FROM json_each(${keys}))
            AND b."corruptAt" IS NULL`
      : await source.read.$queryRaw<{ digest: string; sizeBytes: bigint }[]>`
          SELECT l."digest", b."sizeBytes" FROM "RepositoryBlob" l JOIN "Blob" b ON b."digest" = l."digest"
          WHERE l."repositoryId" = ${repositoryId}
            AND l."digest" = ANY(ARRAY(SELECT "key" FROM json_each(CAST(${keys} AS JSON)))) AND b."corruptAt" IS NULL`
  return new Map(rows.map(({ digest, sizeBytes }) => [digest, sizeBytes]))
}

/** A blob to link to. */
interface LinkedBlob {
  readonly digest: string
  readonly sizeBytes: number
  /** Whether the bytes in the store were pushed just now: then they are right, and an earlier mark no longer holds. */
  readonly arePushed: boolean
  readonly now: Date
}

/**
 * Records a blob whose bytes are in the store and links it to a repository, both seen `now`. Returns false when the blob
 * is marked corrupt: then the caller must roll back. The blob's row is locked from here to the transaction's end:
 * garbage collection and scrubs can take its bytes before or after, not meanwhile.
 */
export async function linkBlob(
  tx: SqlTransaction,
  repositoryId: string,
  { digest, sizeBytes, arePushed, now }: LinkedBlob,
): Promise<boolean> {
  // The size too: an earlier version may have recorded one of wrong bytes.
  const heal = arePushed ? Prisma.sql`, "sizeBytes" = excluded."sizeBytes", "corruptAt" = NULL` : Prisma.empty
  const [blob] = await tx.$queryRaw<{ corruptAt: unknown }[]>`
    INSERT INTO "Blob" ("digest", "sizeBytes", "createdAt", "seenAt") VALUES (${digest}, ${sizeBytes}, ${now}, ${now})
    ON CONFLICT ("digest") DO UPDATE SET "seenAt" = excluded."seenAt"${heal}
    RETURNING "corruptAt"`
  await tx.$executeRaw`
    INSERT INTO "RepositoryBlob" ("repositoryId", "digest", "createdAt", "seenAt")
    VALUES (${repositoryId}, ${digest}, ${now}, ${now})
    ON CONFLICT ("repositoryId", "digest") DO UPDATE SET "seenAt" = excluded."seenAt"`
  return blob?.corruptAt === null
}

/**
 * Makes transactions that add or remove many links run one after the other until they end: each counts the blobs of its
 * instance (`InstanceBlob`), and two that do so in different orders would deadlock. Those with one link need it not.
 */
export async function lockManyLinks(tx: SqlTransaction): Promise<void> {
  await lockName(tx, 'many links')
}

/** Removes a repository's link to a blob; returns whether there was one. The bytes stay. */
export async function unlinkBlob(tx: SqlTransaction, repositoryId: string, digest: string): Promise<boolean> {
  const count = await tx.$executeRaw`
    DELETE FROM "RepositoryBlob" WHERE "repositoryId" = ${repositoryId} AND "digest" = ${digest}`
  return count > 0
}
