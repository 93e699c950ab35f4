import type { ImmutabilityRule } from '@/lib/domain/immutability'
import type { SqlSource } from './engine/database'
import { Prisma } from './generated/sqlite/client'
import { type StoredPolicy, withPolicy } from './immutability-policies'

/*
 * What a registry serves, to be compared with its transparency log: pages of all that an instance has. A repository whose
 * deletion is acknowledged counts until its last row is gone: the log says the same.
 */

/** A tag and its repository. */
export interface ServedTagRow {
  readonly repositoryId: string
  readonly repository: string
  readonly tag: string
  readonly digest: string
}

/** A repository and its policy. */
export interface ServedPolicyRow extends ImmutabilityRule {
  readonly repositoryId: string
  readonly repository: string
}

/** What only says that it is deleted would be hidden from the log for ever. */
const isThere = Prisma.sql`(NOT r."isDeleted" OR EXISTS (
  SELECT 1 FROM "RepositoryDeletion" d WHERE d."repositoryId" = r."id"))`

/** The next repositories of an instance after the id `after`, by id. */
export async function listServedPolicies(
  source: SqlSource,
  instanceId: string,
  after: string,
  limit: number,
): Promise<ServedPolicyRow[]> {
  const rows = await source.read.$queryRaw<(Omit<ServedPolicyRow, keyof ImmutabilityRule> & StoredPolicy)[]>`
    SELECT r."id" AS "repositoryId", r."path" AS "repository", r."immutabilityMode", r."exemptTags"
    FROM "Repository" r WHERE r."id" > ${after} AND r."instanceId" = ${instanceId} AND ${isThere}
    ORDER BY r."id" LIMIT ${limit}`
  return rows.map(withPolicy)
}

/** The next tags of an instance after a tag of a repository, by repository id and name. */
export async function listServedTags(
  source: SqlSource,
  instanceId: string,
  after: { readonly repositoryId: string; readonly tag: string },
  limit: number,
): Promise<ServedTagRow[]> {
  const columns = Prisma.sql`r."id" AS "repositoryId", r."path" AS "repository", t."name" AS "tag", t."digest"`
  const isOf = Prisma.sql`r."instanceId" = ${instanceId} AND ${isThere}`
  // The rest of the repository first: of a condition on both columns, no database makes one range of an index.
  const rest = await source.read.$queryRaw<ServedTagRow[]>`
    SELECT ${columns} FROM "Repository" r JOIN "Tag" t ON t."repositoryId" = r."id"
    WHERE r."id" = ${after.repositoryId} AND t."name" > ${after.tag} AND ${isOf} ORDER BY t."name" LIMIT ${limit}`
  if (rest.length === limit) return rest
  const others = await source.read.$queryRaw<ServedTagRow[]>`
    SELECT ${columns} FROM "Repository" r JOIN "Tag" t ON t."repositoryId" = r."id"
    WHERE r."id" > ${after.repositoryId} AND ${isOf} ORDER BY r."id", t."name" LIMIT ${limit - rest.length}`
  return [...rest, ...others]
}
