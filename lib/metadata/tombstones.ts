import type { Reservation } from '@/lib/domain/immutability'
import { asGivenTags, batchesOf } from './engine/batches'
import type { SqlSource, SqlTransaction } from './engine/database'
import type { NamedRepository } from './repositories'

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

/** What a name was reserved for, why and by whom. */
interface ReleasedName {
  readonly digest: string
  readonly reason: string
  readonly createdBy: string
}

/** The reservation of a tag's name since the tag was deleted, or null. */
export async function findReservation(
  source: SqlSource,
  repository: NamedRepository,
  tag: string,
): Promise<Reservation | null> {
  const [tombstone] = await source.read.$queryRaw<{ digest: string; repositoryId: string }[]>`
    SELECT "digest", "repositoryId" FROM "Tombstone" WHERE "instanceId" = ${repository.instanceId}
      AND "repositoryPath" = ${repository.path} AND "tag" = ${tag}`
  if (tombstone === undefined) return null
  return { digest: tombstone.digest, isOfFormerRepository: tombstone.repositoryId !== repository.id }
}

/** Ends the reservation of a tag's name that this repository made; returns the digest it was for, or null. */
export async function endReservation(
  tx: SqlTransaction,
  { id, instanceId, path }: NamedRepository,
  tag: string,
): Promise<string | null> {
  const [ended] = await tx.$queryRaw<{ digest: string }[]>`
    DELETE FROM "Tombstone" WHERE "instanceId" = ${instanceId} AND "repositoryPath" = ${path} AND "tag" = ${tag}
      AND "repositoryId" = ${id}
    RETURNING "digest"`
  return ended?.digest ?? null
}

/** Ends the reservation of a name, whichever repository of the path made it; returns what it was, or null. */
export async function releaseTagName(
  tx: SqlTransaction,
  { instanceId, path }: NamedRepository,
  tag: string,
): Promise<ReleasedName | null> {
  const [released] = await tx.$queryRaw<ReleasedName[]>`
    DELETE FROM "Tombstone" WHERE "instanceId" = ${instanceId} AND "repositoryPath" = ${path} AND "tag" = ${tag}
    RETURNING "digest", "reason", "createdBy"`
  return released ?? null
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
  { id, instanceId, path }: NamedRepository,
  tags: readonly ReservedTag[],
  { reason, decidedBy }: Decision,
): Promise<void> {
  const now = new Date()
  for (const batch of batchesOf(tags)) {
    // A reservation that a former repository made stays its own: this one's settings do not decide whether it counts.
    await tx.$executeRaw`
      INSERT INTO "Tombstone"
        ("instanceId", "repositoryPath", "repositoryId", "tag", "digest", "reason", "createdAt", "createdBy")
      SELECT ${instanceId}, ${path}, ${id}, given."name", given."digest", ${reason}, ${now}, ${decidedBy}
      FROM ${asGivenTags(tx.provider, batch)} WHERE TRUE
      ON CONFLICT ("instanceId", "repositoryPath", "tag") DO UPDATE
      SET "digest" = excluded."digest", "reason" = excluded."reason", "createdAt" = excluded."createdAt",
        "createdBy" = excluded."createdBy"`
  }
}
