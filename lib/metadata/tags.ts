import { setImmediate } from 'node:timers/promises'
import {
  type TagPrecondition,
  type TagRefusal,
  inMode,
  isAppendOnly,
  isOpenable,
  isProtected,
  judgeMove,
  meetsPrecondition,
} from '@/lib/domain/immutability'
import { AppError } from '@/lib/domain/errors'
import { endOfOpening } from '@/lib/domain/openings'
import type { TagName } from '@/lib/domain/reference'
import { technicalTagOf } from '@/lib/domain/content-kind'
import { versionKey } from '@/lib/domain/version-key'
import type { SqlSource, SqlTransaction } from './engine/database'
import { Prisma } from './generated/sqlite/client'
import { joinAbove } from './join-above'
import { type OpeningRow, countOpenedMove, findUnclosedOpening } from './openings'
import { removePullsOfTags } from './pull-counts'
import type { RepositoryForTraffic } from './repositories'
import type { DeletedRepository } from './repository-deletions'
import { endReservation, findReservation, reserveTagName } from './tombstones'

/** What a tag points at. */
export interface TagTarget {
  readonly name: string
  readonly digest: string
}

/** The tag, or null. */
export async function findTag(source: SqlSource, repositoryId: string, name: string): Promise<TagTarget | null> {
  const [row] = await source.read.$queryRaw<TagTarget[]>`
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
  const rows = await source.read.$queryRaw<{ name: string }[]>`
    SELECT "name" FROM "Tag" WHERE "repositoryId" = ${repositoryId} AND "name" > ${last}
    ORDER BY "name" LIMIT ${limit}`
  return rows.map((row) => row.name)
}

/** A move of a tag: to which digest, on whose behalf, on which condition. */
export interface TagMove {
  readonly name: TagName
  readonly digest: string
  readonly precondition: TagPrecondition
  readonly movedBy: string
  readonly now: Date
}

interface Moved {
  /** The other digest that the name was reserved for until this move, or null. */
  readonly endedReservation: string | null
  /** How mode `enforce` would have refused this move, which mode `audit` let through. */
  readonly wouldBeRefused?: TagRefusal
  /** The opening without which this move would have been refused. */
  readonly opening?: OpeningRow
}

/** The result of a move. `unchanged`: the tag pointed there already, and nothing was written. */
export type TagMoveResult =
  | ({ readonly outcome: 'created' } & Moved)
  | ({ readonly outcome: 'moved'; readonly previousDigest: string } & Moved)
  | { readonly outcome: 'unchanged' }
  | { readonly outcome: 'refused'; readonly refusal: TagRefusal }

/** How often a move is tried again while others change its tag: each time one of them has committed meanwhile. */
const attemptsMax = 20

/**
 * Points a tag at a manifest, if the rule allows it: **the only function that creates or moves a tag**.
 *
 * `repository` must come from `lockRepository` of the same transaction: it holds the policy that decides the move. One
 * conditional statement then decides; no other push can come between its check and its write, on SQLite and, under
 * READ COMMITTED, on PostgreSQL. The rule is `judgeMove`; the statement repeats it in SQL.
 * A read afterwards only finds out why nothing was written. After `refused` the caller's transaction must roll back.
 * Throws PRECONDITION_FAILED.
 *
 * The manifest and its references must be in the same transaction before this: an append-only tag is compared by them.
 * A reservation that this repository made ends when the tag comes to point at another digest.
 */
export async function moveTag(
  tx: SqlTransaction,
  repository: RepositoryForTraffic,
  move: TagMove,
): Promise<TagMoveResult> {
  if (repository.immutabilityMode !== 'audit') {
    const result = await tryMove(tx, repository, move)
    const mayBeOpen = result.outcome === 'refused' && isOpenable(result.refusal.reason)
    return mayBeOpen ? moveIfOpen(tx, repository, move, result) : result
  }
  return moveInAudit(tx, repository, move)
}

/** Moves as in mode `off`, and says how mode `enforce` would have refused it. Only an overwrite costs a second statement. */
async function moveInAudit(
  tx: SqlTransaction,
  repository: RepositoryForTraffic,
  move: TagMove,
): Promise<TagMoveResult> {
  for (let attempt = 0; attempt < attemptsMax; attempt += 1) {
    const enforced = await tryMove(tx, inMode(repository, 'enforce'), move)
    if (enforced.outcome !== 'refused') return enforced
    // On PostgreSQL the first statement has locked the row that it did not update, so that the tag is the same for both. A
    // reserved name has no row: whoever creates the tag at the same time makes another judgement of this move.
    const mayBeCreated = tx.provider === 'postgresql' && enforced.refusal.reason === 'TAG_RESERVED'
    if (mayBeCreated) await tx.$executeRaw`SAVEPOINT "judged"`
    const result = await tryMove(tx, inMode(repository, 'off'), move)
    if (mayBeCreated && result.outcome === 'moved') {
      await tx.$executeRaw`ROLLBACK TO SAVEPOINT "judged"`
      continue
    }
    const isWritten = result.outcome === 'created' || result.outcome === 'moved'
    return isWritten ? { ...result, wouldBeRefused: enforced.refusal } : result
  }
  throw changedAllTheTime(move)
}

/**
 * Repeats a refused move if an administrator has opened its tag. Pushes that are not refused never ask. Nobody opens or
 * closes a tag meanwhile: that takes the lock of `lockRepository` exclusively.
 */
async function moveIfOpen(
  tx: SqlTransaction,
  repository: RepositoryForTraffic,
  move: TagMove,
  refused: TagMoveResult,
): Promise<TagMoveResult> {
  const opening = await findUnclosedOpening(tx, repository.id, move.name)
  if (opening === null || endOfOpening(opening, move.now) !== null) return refused
  const result = await tryMove(tx, inMode(repository, 'off'), move)
  if (result.outcome !== 'created' && result.outcome !== 'moved') return result
  await countOpenedMove(tx, opening.id)
  return { ...result, opening }
}

/**
 * Moves a tag as its repository's mode says. Where nothing was written, the reason is read by later statements. On
 * PostgreSQL these may see what others committed meanwhile, so a move that the rule allows by then is tried again. Throws
 * PRECONDITION_FAILED, and UNAVAILABLE when others change the tag all the time.
 */
async function tryMove(tx: SqlTransaction, repository: RepositoryForTraffic, move: TagMove): Promise<TagMoveResult> {
  let before: string | null = null
  for (let attempt = 0; attempt < attemptsMax; attempt += 1) {
    const written = await writeMove(tx, repository, move)
    if (written !== null) return written
    const { result, current } = await whyNotMoved(tx, repository, move)
    // The statement does not find the former manifest of a tag that it waited for. It has locked the row, so that the
    // second one does, and finds the same tag.
    const isBlind = tx.provider === 'postgresql' && isRefusedAppend(result) && before !== current
    if (result !== null && !isBlind) return result
    before = current
  }
  throw changedAllTheTime(move)
}

function changedAllTheTime({ name }: TagMove): AppError {
  return new AppError('UNAVAILABLE', { cause: new Error(`others move the tag ${name} all the time`) })
}

function isRefusedAppend(result: TagMoveResult | null): boolean {
  return result?.outcome === 'refused' && result.refusal.reason === 'TAG_APPEND_ONLY'
}

/** Moves the tag in one statement, if the rule and the precondition allow it; null: nothing was written. */
async function writeMove(
  tx: SqlTransaction,
  repository: RepositoryForTraffic,
  move: TagMove,
): Promise<Extract<TagMoveResult, Moved> | null> {
  const { id: repositoryId, instanceId, path } = repository
  const { name, digest, precondition, movedBy, now } = move
  const isFree = !isProtected(repository, name)
  const mayAppend = isAppendOnly(name)
  const mayCreate = meetsPrecondition(precondition, null)
  const mayMove = precondition.kind !== 'absent'
  // Each digest between spaces, so that only a whole one is found. `replace` compares byte by byte on both databases;
  // LIKE does not.
  const expected = precondition.kind === 'match' ? ` ${precondition.digests.join(' ')} ` : ''

  // The SELECT is empty, and nothing is inserted, where the tag is absent and may not be created. Where the tag exists,
  // the insert conflicts, and DO UPDATE's WHERE is evaluated on the row as it is at that moment, locked.
  //
  // What an append-only tag pointed at is compared in three parts: the manifest, the config, and the layers or children.
  // On PostgreSQL, a move that another push committed while this statement waited for the row is seen in the row alone:
  // its manifest is not there for this statement. So the first part must find the former manifest, not only no
  // difference; `tryMove` asks again.
  //
  // The size and the kind are those of the manifest, for lists. The migration that added the columns says the same.
  //
  // A name that a former repository of this path reserved is as protected as in an immutable repository.
  const written = await tx.$queryRaw<{ previousDigest: string | null; isContradicted: boolean | number }[]>`
    INSERT INTO "Tag" ("repositoryId", "name", "digest", "previousDigest", "createdAt", "updatedAt", "updatedBy",
      "sizeBytes", "kind", "versionKey", "isTechnical")
    SELECT ${repositoryId}, ${name}, ${digest}, NULL, ${now}, ${now}, ${movedBy},
      m."totalSizeBytes",
      CASE WHEN m."artifactType" = 'application/vnd.cncf.helm.config.v1+json' THEN 'helmChart'
        WHEN m."artifactType" IS NULL OR m."artifactType" IN
          ('application/vnd.oci.image.config.v1+json', 'application/vnd.docker.container.image.v1+json') THEN 'image'
        ELSE 'artifact' END,
      ${versionKey(name)}, ${technicalTagOf(name) !== null}
    FROM "Manifest" m
    WHERE m."repositoryId" = ${repositoryId} AND m."digest" = ${digest} AND (EXISTS (SELECT 1 FROM "Tag" WHERE "repositoryId" = ${repositoryId} AND "name" = ${name})
      OR (${mayCreate} AND NOT EXISTS (
        SELECT 1 FROM "Tombstone" WHERE "instanceId" = ${instanceId} AND "repositoryPath" = ${path}
          AND "tag" = ${name} AND "digest" <> ${digest} AND ("repositoryId" <> ${repositoryId} OR NOT ${isFree}))))
    ON CONFLICT ("repositoryId", "name") DO UPDATE
    SET "digest" = excluded."digest", "previousDigest" = "Tag"."digest",
        "updatedAt" = excluded."updatedAt", "updatedBy" = excluded."updatedBy",
        "sizeBytes" = excluded."sizeBytes", "kind" = excluded."kind"
    WHERE "Tag"."digest" <> excluded."digest"
      AND ${mayMove}
      AND (${expected} = '' OR replace(${expected}, ' ' || "Tag"."digest" || ' ', '') <> ${expected})
      AND ((${isFree} AND NOT EXISTS (
        SELECT 1 FROM "Tombstone" WHERE "instanceId" = ${instanceId} AND "repositoryPath" = ${path}
          AND "tag" = ${name} AND "repositoryId" <> ${repositoryId})) OR (${mayAppend}
        AND EXISTS (
          SELECT 1 FROM "Manifest" AS former
          JOIN "Manifest" AS next
            ON next."repositoryId" = former."repositoryId" AND next."digest" = excluded."digest"
          WHERE former."repositoryId" = "Tag"."repositoryId" AND former."digest" = "Tag"."digest"
            AND next."mediaType" = former."mediaType"
            AND next."artifactType" IS NOT DISTINCT FROM former."artifactType"
            AND next."subjectDigest" IS NOT DISTINCT FROM former."subjectDigest")
        AND (
          SELECT "fingerprint" FROM "ManifestReference" AS former
          WHERE former."repositoryId" = "Tag"."repositoryId" AND former."parentDigest" = "Tag"."digest"
            AND former."kind" = 'CONFIG')
          IS NOT DISTINCT FROM (
          SELECT "fingerprint" FROM "ManifestReference" AS next
          WHERE next."repositoryId" = "Tag"."repositoryId" AND next."parentDigest" = excluded."digest"
            AND next."kind" = 'CONFIG')
        AND NOT EXISTS (
          SELECT 1 FROM "ManifestReference" AS former
          WHERE former."repositoryId" = "Tag"."repositoryId" AND former."parentDigest" = "Tag"."digest"
            AND former."kind" <> 'CONFIG'
            AND NOT EXISTS (
              SELECT 1 FROM "ManifestReference" AS next
              WHERE next."repositoryId" = "Tag"."repositoryId" AND next."parentDigest" = excluded."digest"
                AND next."childDigest" = former."childDigest" AND next."kind" = former."kind"
                AND next."fingerprint" = former."fingerprint" AND next."count" >= former."count"))))
    RETURNING "previousDigest", EXISTS (
      SELECT 1 FROM "Tombstone" WHERE "instanceId" = ${instanceId} AND "repositoryPath" = ${path} AND "tag" = ${name}
        AND "digest" <> ${digest} AND "repositoryId" = ${repositoryId}) AS "isContradicted"`
  const [row] = written
  if (row === undefined) return null
  const { previousDigest } = row
  const endedReservation = row.isContradicted ? await endReservation(tx, repository, name) : null
  return previousDigest === null
    ? { outcome: 'created', endedReservation }
    : { outcome: 'moved', previousDigest, endedReservation }
}

/**
 * Why the statement of a move wrote nothing, and what the tag points at; without a result, the move is allowed now. Throws
 * PRECONDITION_FAILED.
 */
async function whyNotMoved(
  tx: SqlTransaction,
  repository: RepositoryForTraffic,
  { name, digest, precondition }: TagMove,
): Promise<{ readonly result: TagMoveResult | null; readonly current: string | null }> {
  const current = (await findTag(tx, repository.id, name))?.digest ?? null
  const reservation = await findReservation(tx, repository, name)
  const verdict = judgeMove(repository, name, current, digest, {
    reservation,
    isAppended: false,
    isOpened: false,
  })
  if (!meetsPrecondition(precondition, current)) {
    throw new AppError('PRECONDITION_FAILED', { detail: { tag: name, currentDigest: current ?? undefined } })
  }
  if (verdict.kind === 'allowed') {
    return { result: verdict.effect === 'unchanged' ? { outcome: 'unchanged' } : null, current }
  }
  const refusal = {
    reason: verdict.reason,
    tag: name,
    currentDigest: current ?? reservation?.digest ?? '',
    pushedDigest: digest,
  }
  return { result: { outcome: 'refused', refusal }, current }
}

/**
 * Deletes a tag that `repository`'s rule leaves free; returns what it pointed at, or null when there was none. Throws
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
 * Deletes a tag even if it is protected: an administrator's decision, with a reason. The name of a protected tag is
 * reserved for its digest, so that it cannot come to mean something else. Answers what it pointed at, or null.
 */
export async function forceDeleteTag(
  tx: SqlTransaction,
  repository: RepositoryForTraffic,
  name: string,
  decision: { readonly reason: string; readonly decidedBy: string },
): Promise<TagTarget | null> {
  const current = await findTag(tx, repository.id, name)
  if (current === null) return null
  if (isProtected(repository, name)) await reserveTagName(tx, repository, current, decision)
  await removeTag(tx, repository.id, name)
  return current
}

async function removeTag(tx: SqlTransaction, repositoryId: string, name: string): Promise<void> {
  await tx.$executeRaw`DELETE FROM "Tag" WHERE "repositoryId" = ${repositoryId} AND "name" = ${name}`
  await removePullsOfTags(tx, repositoryId, [name])
}

/** Tags of one page of a deletion. */
const pageSize = 500

/**
 * Deletes tags that point at a digest, a page of them: call it until it returns none. None of them may be protected:
 * the caller has asked (`listTagsReaching`) under `lockRepositoryExclusively` of the same transaction.
 */
export async function deleteTagsOf(tx: SqlTransaction, repositoryId: string, digest: string): Promise<TagTarget[]> {
  const deleted = await tx.$queryRaw<TagTarget[]>`
    DELETE FROM "Tag" WHERE "repositoryId" = ${repositoryId} AND "name" IN (
      SELECT "name" FROM "Tag" WHERE "repositoryId" = ${repositoryId} AND "digest" = ${digest}
      ORDER BY "name" LIMIT ${pageSize})
    RETURNING "name", "digest"`
  await removePullsOfTags(
    tx,
    repositoryId,
    deleted.map(({ name }) => name),
  )
  return deleted.sort((one, other) => (one.name < other.name ? -1 : 1))
}

/** Deletes up to `limit` tags of a repository that is being deleted (`lockDeletedRepository`); returns them. */
export async function deleteTagsOfDeleted(
  tx: SqlTransaction,
  { id }: DeletedRepository,
  limit: number,
): Promise<TagTarget[]> {
  const deleted = await tx.$queryRaw<TagTarget[]>`
    DELETE FROM "Tag" WHERE "repositoryId" = ${id} AND "name" IN (
      SELECT "name" FROM "Tag" WHERE "repositoryId" = ${id} ORDER BY "name" LIMIT ${limit})
    RETURNING "name", "digest"`
  await removePullsOfTags(
    tx,
    id,
    deleted.map(({ name }) => name),
  )
  return deleted
}

/** The tags of a repository in byte order, in pages; other requests run between two pages. */
export async function* readTagPages(source: SqlSource, repositoryId: string): AsyncGenerator<readonly TagTarget[]> {
  for (let last = ''; ;) {
    const page = await listTagsAfter(source, repositoryId, last, pageSize)
    last = page.at(-1)?.name ?? ''
    if (last === '') return
    yield page
    await setImmediate()
  }
}

/** The next tags of a repository after the name `after`, in byte order, at most `limit`. */
export async function listTagsAfter(
  source: SqlSource,
  repositoryId: string,
  after: string,
  limit: number,
): Promise<TagTarget[]> {
  return source.read.$queryRaw<TagTarget[]>`
    SELECT "name", "digest" FROM "Tag" WHERE "repositoryId" = ${repositoryId} AND "name" > ${after}
    ORDER BY "name" LIMIT ${limit}`
}

/** The names of tags that were created or moved at `since` or later, in byte order. */
export async function listTagsSetSince(source: SqlSource, repositoryId: string, since: Date): Promise<string[]> {
  const rows = await source.read.$queryRaw<{ name: string }[]>`
    SELECT "name" FROM "Tag" WHERE "repositoryId" = ${repositoryId} AND "updatedAt" >= ${since} ORDER BY "name"`
  return rows.map(({ name }) => name)
}

/**
 * Tags that keep a digest in its repository: those that point at it, and those that point at an index it is a child of,
 * at any depth; of a blob, those of the manifests that name it; of a referrer, those of its subject, at any depth. At
 * most `limit`, in byte order; which ones of more is not defined.
 */
export async function listTagsReaching(
  source: SqlSource,
  repositoryId: string,
  digest: string,
  limit: number,
): Promise<string[]> {
  // From the digest up, so that the number of an image's referrers does not matter.
  // UNION, not UNION ALL: an index may name a manifest twice, and a cycle cannot exist but must not hang if it did.
  // Not sorted in the statement: it ends when enough tags are found. SQLite takes the tables of a CROSS JOIN in this
  // order. PostgreSQL would read all tags for a join with as many digests as it expects; with a limit it expects few.
  const rows = await source.read.$queryRaw<{ name: string }[]>`
    WITH RECURSIVE reaching("digest") AS (
      SELECT "parentDigest" FROM "ManifestReference"
      WHERE "repositoryId" = ${repositoryId} AND "childDigest" = ${digest}
      UNION
      SELECT "subjectDigest" FROM "Manifest"
      WHERE "repositoryId" = ${repositoryId} AND "digest" = ${digest} AND "subjectDigest" IS NOT NULL
      UNION
      SELECT COALESCE(parent."parentDigest", referrer."subjectDigest") FROM reaching
      ${joinAbove(source, repositoryId, Prisma.raw('reaching'))}
      WHERE COALESCE(parent."parentDigest", referrer."subjectDigest") IS NOT NULL
    )
    SELECT "name" FROM "Tag" WHERE "repositoryId" = ${repositoryId} AND "digest" = ${digest}
    UNION ALL
    SELECT "Tag"."name" FROM (
      SELECT "digest" FROM reaching WHERE (
        SELECT 1 FROM "Tag" t WHERE t."repositoryId" = ${repositoryId} AND t."digest" = reaching."digest" LIMIT 1) = 1
      LIMIT ${limit}) AS tagged
    CROSS JOIN "Tag" WHERE "Tag"."repositoryId" = ${repositoryId} AND "Tag"."digest" = tagged."digest"
    LIMIT ${limit}`
  return rows.map((row) => row.name).sort()
}
