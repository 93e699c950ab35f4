import type { Transaction } from './database'

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
export async function insertTagEvent(tx: Transaction, event: NewTagEvent): Promise<void> {
  const { now, ...rest } = event
  // Not `create`, which would read the row back.
  await tx.tagEvent.createMany({ data: [{ ...rest, createdAt: now, lastAt: now }] })
}

/** Repeated refusals within this time are one entry with a count, so that nobody can fill the disk. Milliseconds. */
const refusalWindowMs = 60_000

/** Adds a refused push to the ledger, or counts it with the same actor's same refusal of the last minute. */
export async function recordRefusal(tx: Transaction, event: NewTagEvent): Promise<void> {
  const { count } = await tx.tagEvent.updateMany({
    where: {
      kind: 'REFUSED',
      repositoryId: event.repositoryId,
      tag: event.tag,
      pushedDigest: event.pushedDigest,
      actor: event.actor,
      createdAt: { gt: new Date(event.now.getTime() - refusalWindowMs) },
    },
    data: { count: { increment: 1 }, lastAt: event.now },
  })
  if (count === 0) await insertTagEvent(tx, event)
}
