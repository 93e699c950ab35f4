import type { ImmutabilityRule } from '@/lib/domain/immutability'
import { asJsonKeys } from './engine/batches'
import type { SqlTransaction } from './engine/database'
import type { NamedRepository } from './repositories'

/*
 * The outbox: what happened, in commit order wherever two events conflict, for later readers (triggers, the
 * transparency log, replication, statistics). An event is written in the transaction of the change that it describes:
 * both are stored, or neither is. Readers keep their own positions.
 */

/** What can happen to a repository, besides what happens to its tags. */
export type RepositoryEvent =
  | { readonly kind: 'MANIFEST_DELETED' | 'BLOB_DELETED'; readonly digest: string }
  /** The whole policy from now on, whatever of it changed. */
  | ({ readonly kind: 'POLICY_CHANGED' } & ImmutabilityRule)
  | { readonly kind: 'REPOSITORY_DELETED' }

/** Adds entries of the ledger, by their ids. */
export async function addTagEventsToOutbox(
  tx: SqlTransaction,
  { id, instanceId, path }: NamedRepository,
  tagEventIds: readonly number[],
  now: Date,
): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO "OutboxEvent" ("kind", "instanceId", "repositoryId", "repositoryPath", "tagEventId", "createdAt")
    SELECT 'TAG', ${instanceId}, ${id}, ${path}, CAST("key" AS INTEGER), ${now}
    FROM json_each(${asJsonKeys(tagEventIds)}) ORDER BY CAST("key" AS INTEGER)`
}

/** Adds what happened to a repository. */
export async function addToOutbox(
  tx: SqlTransaction,
  { id, instanceId, path }: NamedRepository,
  { kind, ...detail }: RepositoryEvent,
): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO "OutboxEvent" ("kind", "instanceId", "repositoryId", "repositoryPath", "detail", "createdAt")
    VALUES (${kind}, ${instanceId}, ${id}, ${path}, ${JSON.stringify(detail)}, ${new Date()})`
}

/** Removes up to `limit` of the oldest events, those from before `end`; returns how many there were. */
export async function deleteOutboxBefore(tx: SqlTransaction, end: Date, limit: number): Promise<number> {
  return tx.$executeRaw`
    DELETE FROM "OutboxEvent" WHERE "id" IN (SELECT "id" FROM "OutboxEvent" ORDER BY "id" LIMIT ${limit})
      AND "createdAt" < ${end}`
}
