import type { SqlTransaction } from './engine/database'

/** An entry of the ledger. Who and from where is kept by value: the ledger outlives users and credentials. */
export interface NewTagEvent {
  readonly instanceId: string
  readonly repositoryId: string
  readonly repositoryPath: string
  readonly tag: string
  readonly kind: 'CREATED' | 'MOVED' | 'REFUSED' | 'DELETED'
  readonly currentDigest: string | null
  readonly pushedDigest: string | null
  readonly reason: string | null
  readonly actor: string
  readonly credential: string
  readonly address: string
  readonly userAgent: string
  readonly now: Date
}

/** Adds an entry to the ledger. */
export async function insertTagEvent(tx: SqlTransaction, event: NewTagEvent): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO "TagEvent" ("instanceId", "repositoryId", "repositoryPath", "tag", "kind", "currentDigest",
      "pushedDigest", "reason", "actor", "credential", "address", "userAgent", "count", "createdAt", "lastAt")
    VALUES (${event.instanceId}, ${event.repositoryId}, ${event.repositoryPath}, ${event.tag}, ${event.kind},
      ${event.currentDigest}, ${event.pushedDigest}, ${event.reason}, ${event.actor}, ${event.credential},
      ${event.address}, ${event.userAgent}, 1, ${event.now}, ${event.now})`
}

/** Repeated refusals within this time are one entry with a count, so that nobody can fill the disk. Milliseconds. */
const refusalWindowMs = 60_000

/** Adds a refused push to the ledger, or counts it with the same actor's same refusal of the last minute. */
export async function recordRefusal(tx: SqlTransaction, event: NewTagEvent): Promise<void> {
  const since = new Date(event.now.getTime() - refusalWindowMs)
  const counted = await tx.$executeRaw`
    UPDATE "TagEvent" SET "count" = "count" + 1, "lastAt" = ${event.now}
    WHERE "kind" = 'REFUSED' AND "repositoryId" = ${event.repositoryId} AND "tag" = ${event.tag}
      AND "pushedDigest" = ${event.pushedDigest} AND "actor" = ${event.actor} AND "createdAt" > ${since}`
  if (counted === 0) await insertTagEvent(tx, event)
}
