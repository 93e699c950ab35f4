import {
  type TagPrecondition,
  isAppendOnly,
  isProtected,
  meetsPrecondition,
  tagImmutable,
} from '@/lib/domain/immutability'
import { AppError } from '@/lib/domain/errors'
import { type SqlSource, type SqlTransaction, sql } from './engine/database'
import type { RepositoryForTraffic } from './repositories'

/** What a tag points at. */
export interface TagTarget {
  readonly name: string
  readonly digest: string
}

/** The tag, or null. */
export async function findTag(source: SqlSource, repositoryId: string, name: string): Promise<TagTarget | null> {
  const [row] = await sql(source).$queryRaw<TagTarget[]>`
    SELECT "name", "digest" FROM "Tag" WHERE "repositoryId" = ${repositoryId} AND "name" = ${name}`
  return row ?? null
}

/** Up to `limit` tag names after `last`, in byte order. */
export async function listTagNames(
  source: SqlSource,
  repositoryId: string,
  limit: number,
  last = '',
): Promise<string[]> {
  const rows = await sql(source).$queryRaw<{ name: string }[]>`
    SELECT "name" FROM "Tag" WHERE "repositoryId" = ${repositoryId} AND "name" > ${last}
    ORDER BY "name" LIMIT ${limit}`
  return rows.map((row) => row.name)
}

/** A move of a tag: to which digest, on whose behalf, on which condition. */
export interface TagMove {
  readonly name: string
  readonly digest: string
  readonly precondition: TagPrecondition
  readonly movedBy: string
  readonly now: Date
}

/** What came of a move. `unchanged`: it pointed there already, and nothing was written. */
export type TagMoveResult =
  | { readonly outcome: 'created' }
  | { readonly outcome: 'moved'; readonly previousDigest: string }
  | { readonly outcome: 'unchanged' }

/**
 * Points a tag at a manifest, if the rule allows it: **the only writer of tags**.
 *
 * `repository` must come from `lockRepository` of the same transaction: it is the policy the move is judged by. One
 * conditional statement then decides; there is no moment between looking and writing in which another push could
 * slip in, on SQLite and, under READ COMMITTED, on PostgreSQL. A look afterwards only finds out why nothing was
 * written. Throws TAG_IMMUTABLE, TAG_RESERVED or PRECONDITION_FAILED; the caller's transaction must then roll back.
 *
 * The manifest and its references must be in the same transaction before this: an append-only tag is compared by them.
 */
export async function moveTag(
  tx: SqlTransaction,
  repository: RepositoryForTraffic,
  move: TagMove,
): Promise<TagMoveResult> {
  await assertNotReserved(tx, repository, move)

  const { id: repositoryId } = repository
  const { name, digest, precondition, movedBy, now } = move
  const isFree = !isProtected(repository, name)
  const mayAppend = isAppendOnly(name)
  const mayCreate = meetsPrecondition(precondition, null)
  const mayMove = precondition.kind !== 'absent'
  // A digest has no character that LIKE takes for a wildcard.
  const expected = precondition.kind === 'match' ? precondition.digests.join(' ') : ''

  // `mayCreate` false and the tag absent: the SELECT is empty, nothing is inserted. The row exists: the insert
  // conflicts, and DO UPDATE's WHERE is evaluated on the row as it is at that moment, locked.
  const written = await tx.$queryRaw<{ previousDigest: string | null }[]>`
    INSERT INTO "Tag" ("repositoryId", "name", "digest", "previousDigest", "createdAt", "updatedAt", "updatedBy")
    SELECT ${repositoryId}, ${name}, ${digest}, NULL, ${now}, ${now}, ${movedBy}
    WHERE ${mayCreate} OR EXISTS (SELECT 1 FROM "Tag" WHERE "repositoryId" = ${repositoryId} AND "name" = ${name})
    ON CONFLICT ("repositoryId", "name") DO UPDATE
    SET "digest" = excluded."digest", "previousDigest" = "Tag"."digest",
        "updatedAt" = excluded."updatedAt", "updatedBy" = excluded."updatedBy"
    WHERE "Tag"."digest" <> excluded."digest"
      AND ${mayMove}
      AND (${expected} = '' OR ${expected} LIKE '%' || "Tag"."digest" || '%')
      AND (${isFree} OR (${mayAppend} AND NOT EXISTS (
        SELECT 1 FROM "ManifestReference" AS former
        WHERE former."repositoryId" = "Tag"."repositoryId" AND former."parentDigest" = "Tag"."digest"
          AND former."kind" <> 'CONFIG'
          AND NOT EXISTS (
            SELECT 1 FROM "ManifestReference" AS next
            WHERE next."repositoryId" = "Tag"."repositoryId" AND next."parentDigest" = excluded."digest"
              AND next."kind" = former."kind" AND next."childDigest" = former."childDigest"))))
    RETURNING "previousDigest"`
  const [row] = written
  if (row !== undefined) {
    return row.previousDigest === null
      ? { outcome: 'created' }
      : { outcome: 'moved', previousDigest: row.previousDigest }
  }

  const current = await findTag(tx, repositoryId, name)
  if (!meetsPrecondition(precondition, current?.digest ?? null)) {
    throw new AppError('PRECONDITION_FAILED', { detail: { tag: name, currentDigest: current?.digest } })
  }
  if (current === null) throw new Error(`tag ${name} vanished while its repository was locked`)
  if (current.digest === digest) return { outcome: 'unchanged' }
  throw tagImmutable({ repository: repository.path, tag: name, currentDigest: current.digest, pushedDigest: digest })
}

/** A deleted immutable tag's name may return with its former digest only, while the repository is immutable. */
async function assertNotReserved(tx: SqlTransaction, repository: RepositoryForTraffic, move: TagMove): Promise<void> {
  if (!isProtected(repository, move.name)) return
  const [tombstone] = await tx.$queryRaw<{ digest: string }[]>`
    SELECT "digest" FROM "Tombstone" WHERE "instanceId" = ${repository.instanceId}
      AND "repositoryPath" = ${repository.path} AND "tag" = ${move.name}`
  if (tombstone === undefined || tombstone.digest === move.digest) return
  throw new AppError('TAG_RESERVED', {
    detail: {
      reason: 'TAG_RESERVED',
      repository: repository.path,
      tag: move.name,
      currentDigest: tombstone.digest,
      pushedDigest: move.digest,
    },
  })
}

/**
 * Deletes a tag that `repository`'s rule leaves free; answers what it pointed at, or null when there was none. Throws
 * TAG_UNDELETABLE for a protected one. `repository` must come from `lockRepository` of the same transaction.
 */
export async function deleteTag(
  tx: SqlTransaction,
  repository: RepositoryForTraffic,
  name: string,
): Promise<TagTarget | null> {
  const current = await findTag(tx, repository.id, name)
  if (current === null) return null
  if (isProtected(repository, name)) {
    throw new AppError('TAG_UNDELETABLE', { detail: { repository: repository.path, tag: name } })
  }
  await removeTag(tx, repository.id, name)
  return current
}

/**
 * Deletes a tag although it may be protected: an administrator's decision, with a reason. A protected tag leaves a
 * tombstone, so that its name cannot come to mean something else. Answers what it pointed at, or null.
 */
export async function deleteTagByDecision(
  tx: SqlTransaction,
  repository: RepositoryForTraffic,
  name: string,
  decision: { readonly reason: string; readonly decidedBy: string },
): Promise<TagTarget | null> {
  const current = await findTag(tx, repository.id, name)
  if (current === null) return null
  if (isProtected(repository, name)) await buryTag(tx, repository, current, decision)
  await removeTag(tx, repository.id, name)
  return current
}

/** Keeps the name of a protected tag that is about to go, for the digest it has. */
async function buryTag(
  tx: SqlTransaction,
  repository: Pick<RepositoryForTraffic, 'instanceId' | 'path'>,
  tag: TagTarget,
  decision: { readonly reason: string; readonly decidedBy: string },
): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO "Tombstone" ("instanceId", "repositoryPath", "tag", "digest", "reason", "createdAt", "createdBy")
    VALUES (${repository.instanceId}, ${repository.path}, ${tag.name}, ${tag.digest}, ${decision.reason}, ${new Date()},
      ${decision.decidedBy})
    ON CONFLICT ("instanceId", "repositoryPath", "tag") DO UPDATE
    SET "digest" = excluded."digest", "reason" = excluded."reason", "createdBy" = excluded."createdBy"`
}

async function removeTag(tx: SqlTransaction, repositoryId: string, name: string): Promise<void> {
  await tx.$executeRaw`DELETE FROM "Tag" WHERE "repositoryId" = ${repositoryId} AND "name" = ${name}`
}

/** The tags that point at a digest, in byte order. */
export async function listTagsOf(source: SqlSource, repositoryId: string, digest: string): Promise<TagTarget[]> {
  return sql(source).$queryRaw<TagTarget[]>`
    SELECT "name", "digest" FROM "Tag" WHERE "repositoryId" = ${repositoryId} AND "digest" = ${digest} ORDER BY "name"`
}

/**
 * Tags from which a digest can be reached in its repository: those that point at it, and those that point at an index
 * it is a child of, at any depth; a blob through the manifests that name it. At most `limit`, in byte order.
 */
export async function listTagsReaching(
  source: SqlSource,
  repositoryId: string,
  digest: string,
  limit: number,
): Promise<string[]> {
  // UNION, not UNION ALL: an index may name a manifest twice, and a cycle cannot exist but must not hang if it did.
  const rows = await sql(source).$queryRaw<{ name: string }[]>`
    WITH RECURSIVE reaching("digest") AS (
      SELECT "parentDigest" FROM "ManifestReference"
      WHERE "repositoryId" = ${repositoryId} AND "childDigest" = ${digest}
      UNION
      SELECT parent."parentDigest" FROM "ManifestReference" AS parent
      JOIN reaching ON parent."childDigest" = reaching."digest"
      WHERE parent."repositoryId" = ${repositoryId}
    )
    SELECT "name" FROM "Tag"
    WHERE "repositoryId" = ${repositoryId} AND ("digest" = ${digest} OR "digest" IN (SELECT "digest" FROM reaching))
    ORDER BY "name" LIMIT ${limit}`
  return rows.map((row) => row.name)
}
