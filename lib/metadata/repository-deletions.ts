import type { Actor } from './audit-events'
import { lockManyLinks } from './blobs'
import type { SqlSource, SqlTransaction, Transaction } from './engine/database'
import { Prisma } from './generated/sqlite/client'
import { type StoredPolicy, withPolicy } from './immutability-policies'
import { removePullsOfRepository } from './pull-counts'
import type { RepositoryForTraffic } from './repositories'

/*
 * The deletion of a repository in two steps: one short transaction marks it, and then no reader finds it any more; many
 * short ones remove its rows. docs/decisions/0022-deletions-in-batches.md says why.
 */

/** Marks a repository that still has `version` as deleted, and removes its grants; returns whether it had. */
export async function markRepositoryDeleted(
  tx: Transaction,
  { id, version }: { readonly id: string; readonly version: number },
  actor: Actor,
  { reason, now }: { readonly reason: string | null; readonly now: Date },
): Promise<boolean> {
  const { count } = await tx.prisma.repository.updateMany({
    where: { id, version, isDeleted: false },
    data: { isDeleted: true },
  })
  if (count === 0) return false
  const { name, credential, address, userAgent } = actor
  await tx.prisma.repositoryDeletion.create({
    data: { repositoryId: id, actor: name, credential, address, userAgent, reason, createdAt: now },
  })
  await tx.prisma.grant.deleteMany({ where: { repositoryId: id } })
  return true
}

/** Which repositories that are being deleted: all, those of a namespace, or the one of a path. */
export type DeletionFilter =
  | { readonly namespaceId?: never; readonly instanceId?: never; readonly path?: never }
  | { readonly namespaceId: string; readonly instanceId?: never; readonly path?: never }
  | { readonly instanceId: string; readonly path: string; readonly namespaceId?: never }

/** Up to 100 ids of repositories that are being deleted. */
export async function listDeletions(source: SqlSource, filter: DeletionFilter): Promise<string[]> {
  const condition =
    filter.namespaceId !== undefined
      ? Prisma.sql`r."namespaceId" = ${filter.namespaceId}`
      : filter.path !== undefined
        ? Prisma.sql`r."instanceId" = ${filter.instanceId} AND r."path" = ${filter.path}`
        : Prisma.sql`1 = 1`
  const rows = await source.read.$queryRaw<{ id: string }[]>`
    SELECT r."id" FROM "RepositoryDeletion" d JOIN "Repository" r ON r."id" = d."repositoryId"
    WHERE ${condition} ORDER BY d."createdAt" LIMIT 100`
  return rows.map(({ id }) => id)
}

/** A repository that is being deleted, by whom and why. */
export interface DeletedRepository extends Omit<RepositoryForTraffic, 'acceptSparseManifests'> {
  readonly deletedBy: Actor
  /** What that person stated, or null. */
  readonly reason: string | null
}

/** The repository that is being deleted, locked until the transaction ends; null when nothing of it is left. */
export async function lockDeletedRepository(tx: SqlTransaction, id: string): Promise<DeletedRepository | null> {
  const lock = tx.provider === 'sqlite' ? Prisma.empty : Prisma.sql`FOR UPDATE OF r`
  const [row] = await tx.$queryRaw<
    (Pick<DeletedRepository, 'id' | 'instanceId' | 'path' | 'reason'> &
      StoredPolicy &
      Omit<Actor, 'name'> & { readonly actor: string })[]
  >`
    SELECT r."id", r."instanceId", r."path", r."immutabilityMode", r."exemptTags", d."actor", d."credential",
      d."address", d."userAgent", d."reason"
    FROM "Repository" r JOIN "RepositoryDeletion" d ON d."repositoryId" = r."id" WHERE r."id" = ${id} ${lock}`
  if (row === undefined) return null
  const { actor: name, credential, address, userAgent, ...repository } = row
  return { ...withPolicy(repository), deletedBy: { name, credential, address, userAgent } }
}

/**
 * Removes up to `limit` rows of a repository that is being deleted and has no tags any more; returns how many.
 * References before their manifests: the rows that one manifest brings along are not limited.
 */
export async function removeRowsOfRepository(tx: SqlTransaction, id: string, limit: number): Promise<number> {
  let count = await tx.$executeRaw`
    DELETE FROM "ManifestReference" WHERE ("repositoryId", "parentDigest", "childDigest", "kind", "fingerprint") IN (
      SELECT "repositoryId", "parentDigest", "childDigest", "kind", "fingerprint" FROM "ManifestReference"
      WHERE "repositoryId" = ${id} LIMIT ${limit})`
  if (count >= limit) return count
  count += await tx.$executeRaw`
    DELETE FROM "Manifest" WHERE "repositoryId" = ${id} AND "digest" IN (
      SELECT "digest" FROM "Manifest" WHERE "repositoryId" = ${id} LIMIT ${limit - count})`
  if (count >= limit) return count
  await lockManyLinks(tx)
  count += await tx.$executeRaw`
    DELETE FROM "RepositoryBlob" WHERE "repositoryId" = ${id} AND "digest" IN (
      SELECT "digest" FROM "RepositoryBlob" WHERE "repositoryId" = ${id} LIMIT ${limit - count})`
  if (count >= limit) return count
  count += await tx.$executeRaw`
    DELETE FROM "Upload" WHERE "id" IN (SELECT "id" FROM "Upload" WHERE "repositoryId" = ${id} LIMIT ${limit - count})`
  if (count >= limit) return count
  count += await removePullsOfRepository(tx, id, limit - count)
  return count
}

/** Removes the row of a repository that is being deleted, when nothing else is left of it. */
export async function removeDeletedRepository(tx: SqlTransaction, id: string): Promise<void> {
  await tx.$executeRaw`DELETE FROM "Repository" WHERE "id" = ${id} AND "isDeleted"`
}
