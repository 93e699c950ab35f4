import { batchesOf } from './engine/batches'
import type { SqlTransaction } from './engine/database'
import { Prisma } from './generated/sqlite/client'

/** The repository that a reserved name belongs to: by its path, because a reservation outlives the repository. */
interface NamedRepository {
  readonly instanceId: string
  /** `<namespace>/<name>`. */
  readonly path: string
}

/** A tag and the digest that its name is reserved for. */
interface ReservedTag {
  readonly name: string
  readonly digest: string
}

/** Who deleted an immutable tag, and why. */
interface Decision {
  readonly reason: string
  readonly decidedBy: string
}

/** The digest that a tag's name is reserved for since the tag was deleted, or null. */
export async function findReservedDigest(
  tx: SqlTransaction,
  repository: NamedRepository,
  tag: string,
): Promise<string | null> {
  const [tombstone] = await tx.$queryRaw<{ digest: string }[]>`
    SELECT "digest" FROM "Tombstone" WHERE "instanceId" = ${repository.instanceId}
      AND "repositoryPath" = ${repository.path} AND "tag" = ${tag}`
  return tombstone?.digest ?? null
}

/** Reserves the name of a protected tag, which is about to be deleted, for the digest it has now. */
export async function reserveTagName(
  tx: SqlTransaction,
  repository: NamedRepository,
  tag: ReservedTag,
  decision: Decision,
): Promise<void> {
  await reserveTagNames(tx, repository, [tag], decision)
}

/** The same for many tags. */
export async function reserveTagNames(
  tx: SqlTransaction,
  { instanceId, path }: NamedRepository,
  tags: readonly ReservedTag[],
  { reason, decidedBy }: Decision,
): Promise<void> {
  const now = new Date()
  for (const batch of batchesOf(tags)) {
    const rows = batch.map(
      ({ name, digest }) => Prisma.sql`(${instanceId}, ${path}, ${name}, ${digest}, ${reason}, ${now}, ${decidedBy})`,
    )
    await tx.$executeRaw`
      INSERT INTO "Tombstone" ("instanceId", "repositoryPath", "tag", "digest", "reason", "createdAt", "createdBy")
      VALUES ${Prisma.join(rows)} ON CONFLICT ("instanceId", "repositoryPath", "tag") DO UPDATE
      SET "digest" = excluded."digest", "reason" = excluded."reason", "createdBy" = excluded."createdBy"`
  }
}
