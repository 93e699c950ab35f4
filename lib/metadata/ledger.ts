import type { TagRefusal } from '@/lib/domain/immutability'
import type { TagEventKind } from '@/lib/domain/ledger'
import type { OpeningEnd } from '@/lib/domain/openings'
import type { Actor } from './audit-events'
import { asGivenTags, asJsonKeys, batchesOf, isOneOf } from './engine/batches'
import type { SqlSource, SqlTransaction } from './engine/database'
import { Prisma } from './generated/sqlite/client'
import type { NamedRepository } from './repositories'
import type { TagTarget } from './tags'

/*
 * The ledger: what happened to every tag. This file is the only writer of tag events, and each of them enters the
 * outbox in the same transaction. Actor and address are kept by value: the ledger outlives users and credentials.
 */

/** What happened to one tag. */
interface TagEvent {
  readonly tag: string
  readonly kind: Exclude<TagEventKind, 'DELETED'>
  readonly currentDigest: string | null
  readonly pushedDigest: string | null
  readonly reason: string | null
}

/** A tag that was created, or moved away from `previousDigest`. */
interface RecordedMove {
  readonly tag: string
  readonly previousDigest: string | null
  readonly digest: string
  /** The other digest that the name was reserved for until now, or null. */
  readonly endedReservation: string | null
  /** Whether it was moved back to a digest that it had before. */
  readonly isRestore?: boolean
  /** What the actor stated, or where the content comes from. */
  readonly reason?: string | undefined
  /** The opening without which the move would have been refused. */
  readonly opening?: { readonly id: string; readonly reason: string } | undefined
  readonly now: Date
}

/** A decision about one tag, with its reason. */
type RecordedDecision = ({ readonly kind: 'RELEASED' } | { readonly kind: 'OPENED'; readonly closesAt: Date }) & {
  readonly tag: string
  readonly digest: string
  readonly reason: string
  readonly now: Date
}

/** Records that a tag was created, moved or restored. */
export async function recordMove(
  tx: SqlTransaction,
  repository: NamedRepository,
  actor: Actor,
  { tag, previousDigest, digest, endedReservation, isRestore = false, reason, opening, now }: RecordedMove,
): Promise<void> {
  const kind = isRestore ? 'RESTORED' : previousDigest === null ? 'CREATED' : 'MOVED'
  const notes = [
    ...(reason === undefined ? [] : [reason]),
    ...(opening === undefined ? [] : [`opening ${opening.id}: ${opening.reason}`]),
    ...(endedReservation === null ? [] : [`the name was reserved for ${endedReservation} before`]),
  ]
  const text = notes.length === 0 ? null : notes.join('; ')
  const event = { tag, kind, currentDigest: previousDigest, pushedDigest: digest, reason: text } as const
  await insertTagEvent(tx, repository, actor, event, now)
}

/** Records that mode `enforce` would have refused a move that took place: after that move, in its transaction. */
export async function recordWouldBeRefusal(
  tx: SqlTransaction,
  repository: NamedRepository,
  actor: Actor,
  refusal: TagRefusal,
  now: Date,
): Promise<void> {
  await insertTagEvent(tx, repository, actor, { ...refusal, kind: 'WOULD_BE_REFUSED' }, now)
}

/**
 * Records what an administrator decided about a tag: gave back a name that was reserved for `digest`, or let a tag be
 * overwritten, which points at `digest` now.
 */
export async function recordDecision(
  tx: SqlTransaction,
  repository: NamedRepository,
  actor: Actor,
  decision: RecordedDecision,
): Promise<void> {
  const { kind, tag, digest, reason, now } = decision
  const closesAt = decision.kind === 'OPENED' ? decision.closesAt : undefined
  const event = { tag, kind, currentDigest: digest, pushedDigest: null, reason }
  await insertTagEvent(tx, repository, actor, event, now, closesAt)
}

/** Records the end of an opening; `digest` is what the tag points at, or null where it was deleted. */
export async function recordClosing(
  tx: SqlTransaction,
  repository: NamedRepository,
  actor: Actor,
  closing: { readonly tag: string; readonly how: OpeningEnd; readonly digest: string | null; readonly now: Date },
): Promise<void> {
  const { tag, how, digest, now } = closing
  const reason = `CLOSED_BY_${how}`
  await insertTagEvent(
    tx,
    repository,
    actor,
    { tag, kind: 'CLOSED', currentDigest: digest, pushedDigest: null, reason },
    now,
  )
}

/** Records that tags were deleted; `reason` is what the actor stated, or null. */
export async function recordDeletions(
  tx: SqlTransaction,
  repository: NamedRepository,
  actor: Actor,
  tags: readonly TagTarget[],
  { reason, now }: { readonly reason: string | null; readonly now: Date },
): Promise<void> {
  for (const batch of batchesOf(tags)) {
    const inserted = await tx.$queryRaw<{ id: number }[]>`
      INSERT INTO "TagEvent" ("instanceId", "repositoryId", "repositoryPath", "tag", "kind", "currentDigest",
        "pushedDigest", "reason", "actor", "credential", "address", "userAgent", "count", "createdAt", "lastAt")
      SELECT ${repository.instanceId}, ${repository.id}, ${repository.path}, given."name", 'DELETED', given."digest",
        NULL, ${reason}, ${actor.name}, ${actor.credential}, ${actor.address}, ${actor.userAgent}, 1, ${now}, ${now}
      FROM ${asGivenTags(tx.provider, batch)} ORDER BY given."name" RETURNING "id"`
    await addEntriesToOutbox(tx, repository, inserted, now)
  }
}

/** Repeated refusals within this time are one entry with a count, so that nobody can fill the disk. Milliseconds. */
const refusalWindowMs = 60_000

/** Records a refused push, or counts it with the same actor's same refusal of the last minute. */
export async function recordRefusal(
  tx: SqlTransaction,
  repository: NamedRepository,
  actor: Actor,
  refusal: TagRefusal,
  now: Date,
): Promise<void> {
  const { tag, currentDigest, pushedDigest, reason } = refusal
  const since = new Date(now.getTime() - refusalWindowMs)
  const counted = await tx.$executeRaw`
    UPDATE "TagEvent" SET "count" = "count" + 1, "lastAt" = ${now}
    WHERE "kind" = 'REFUSED' AND "repositoryId" = ${repository.id} AND "tag" = ${tag}
      AND "pushedDigest" = ${pushedDigest} AND "reason" = ${reason} AND "actor" = ${actor.name}
      AND "createdAt" > ${since}`
  if (counted > 0) return
  const event = { tag, kind: 'REFUSED', currentDigest, pushedDigest, reason } as const
  await insertTagEvent(tx, repository, actor, event, now)
}

/** When a tag last left each manifest of a repository: was moved away, or deleted. Absent where that never happened. */
export async function listLastLeaves(
  source: SqlSource,
  repositoryId: string,
  digests: readonly string[],
): Promise<ReadonlyMap<string, Date>> {
  const last = new Map<string, Date>()
  for (const kind of [Prisma.sql`'MOVED'`, Prisma.sql`'RESTORED'`, Prisma.sql`'DELETED'`]) {
    const rows = await source.read.$queryRaw<{ digest: string; createdAt: Date }[]>`
      SELECT m."digest", e."createdAt" FROM "Manifest" m JOIN "TagEvent" e ON e."id" = (
        SELECT "id" FROM "TagEvent"
        WHERE "repositoryId" = ${repositoryId} AND "currentDigest" = m."digest" AND "kind" = ${kind}
        ORDER BY "createdAt" DESC LIMIT 1)
      WHERE m."repositoryId" = ${repositoryId} AND ${isOneOf(source, Prisma.sql`m."digest"`, digests)}`
    for (const { digest, createdAt } of rows) if (createdAt > (last.get(digest) ?? 0)) last.set(digest, createdAt)
  }
  return last
}

/** Writes an entry and its event of the outbox; `closesAt` is of an opening. */
async function insertTagEvent(
  tx: SqlTransaction,
  repository: NamedRepository,
  actor: Actor,
  { tag, kind, currentDigest, pushedDigest, reason }: TagEvent,
  now: Date,
  closesAt?: Date,
): Promise<void> {
  const detail = closesAt === undefined ? null : JSON.stringify({ closesAt })
  if (tx.provider === 'postgresql') {
    // One statement, and each value once: every push sends it.
    await tx.$send`
      WITH entry AS (
        INSERT INTO "TagEvent" ("instanceId", "repositoryId", "repositoryPath", "tag", "kind", "currentDigest",
          "pushedDigest", "reason", "actor", "credential", "address", "userAgent", "count", "createdAt", "lastAt")
        SELECT "instanceId", "repositoryId", "repositoryPath", ${tag}, ${kind}, ${currentDigest},
          ${pushedDigest}, ${reason}, ${actor.name}, ${actor.credential}, ${actor.address}, ${actor.userAgent}, 1, "now",
          "now"
        FROM (VALUES (${repository.instanceId}, ${repository.id}, ${repository.path}, ${now}::TIMESTAMP(3)))
          AS given("instanceId", "repositoryId", "repositoryPath", "now")
        RETURNING "id", "instanceId", "repositoryId", "repositoryPath", "createdAt")
      INSERT INTO "OutboxEvent" ("kind", "instanceId", "repositoryId", "repositoryPath", "tagEventId", "detail", "createdAt")
      SELECT 'TAG', "instanceId", "repositoryId", "repositoryPath", "id", ${detail}, "createdAt" FROM entry`
    return
  }
  const [entry] = await tx.$queryRaw<[{ id: number }]>`
    INSERT INTO "TagEvent" ("instanceId", "repositoryId", "repositoryPath", "tag", "kind", "currentDigest",
      "pushedDigest", "reason", "actor", "credential", "address", "userAgent", "count", "createdAt", "lastAt")
    VALUES (${repository.instanceId}, ${repository.id}, ${repository.path}, ${tag}, ${kind}, ${currentDigest},
      ${pushedDigest}, ${reason}, ${actor.name}, ${actor.credential}, ${actor.address}, ${actor.userAgent}, 1, ${now},
      ${now})
    RETURNING "id"`
  await tx.$executeRaw`
    INSERT INTO "OutboxEvent" ("kind", "instanceId", "repositoryId", "repositoryPath", "tagEventId", "detail", "createdAt")
    VALUES ('TAG', ${repository.instanceId}, ${repository.id}, ${repository.path}, ${entry.id}, ${detail}, ${now})`
}

/** Adds entries to the outbox, in their order. */
async function addEntriesToOutbox(
  tx: SqlTransaction,
  { id, instanceId, path }: NamedRepository,
  entries: readonly { readonly id: number }[],
  now: Date,
): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO "OutboxEvent" ("kind", "instanceId", "repositoryId", "repositoryPath", "tagEventId", "detail", "createdAt")
    SELECT 'TAG', ${instanceId}, ${id}, ${path}, CAST("key" AS INTEGER), NULL, ${now}
    FROM json_each(${asJsonKeys(entries.map((entry) => entry.id))}) ORDER BY CAST("key" AS INTEGER)`
}
