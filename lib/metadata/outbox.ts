import type { ImmutabilityRule } from '@/lib/domain/immutability'
import type { SqlTransaction } from './engine/database'

/*
 * The outbox: what happened, in commit order wherever two events conflict, for later readers (triggers, the
 * transparency log, replication, statistics). An event is written in the transaction of the change that it describes:
 * both are stored, or neither is. Readers keep their own positions.
 *
 * What happens to tags is written together with the ledger (`ledger.ts`).
 */

/** The repository of an event, as it is named then. */
interface EventRepository {
  readonly id: string
  readonly instanceId: string
  /** `<namespace>/<name>`. */
  readonly path: string
}

/** What can happen to a repository, besides what happens to its tags. */
export type RepositoryEvent =
  | { readonly kind: 'MANIFEST_DELETED' | 'BLOB_DELETED'; readonly digest: string }
  /** The whole policy from now on, whatever of it changed; `former` is null for a repository that was just created. */
  | ({ readonly kind: 'POLICY_CHANGED'; readonly former: ImmutabilityRule | null } & ImmutabilityRule)
  | { readonly kind: 'REPOSITORY_DELETED' }
  /** What there was before the transparency log, for its first batch. */
  | { readonly kind: 'POLICY_STATE'; readonly policy: ImmutabilityRule }
  | { readonly kind: 'TAG_STATES'; readonly tags: readonly TagState[] }
  | { readonly kind: 'NAME_STATES'; readonly names: readonly NameState[] }
  /** The end of that batch. Of no repository: its id and path are empty. */
  | { readonly kind: 'LOG_STARTED' }

/** A tag as it was before the transparency log. Times are ISO 8601. */
export interface TagState {
  readonly tag: string
  readonly digest: string
  /** Until when an opening lets it be overwritten; null without one. */
  readonly closesAt: string | null
}

/** A reserved name as it was before the transparency log. */
export interface NameState {
  readonly tag: string
  readonly digest: string
  readonly repositoryId: string
  readonly repositoryPath: string
}

/** Adds what happened to a repository. */
export async function addToOutbox(
  tx: SqlTransaction,
  { id, instanceId, path }: EventRepository,
  { kind, ...detail }: RepositoryEvent,
): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO "OutboxEvent" ("kind", "instanceId", "repositoryId", "repositoryPath", "detail", "createdAt")
    VALUES (${kind}, ${instanceId}, ${id}, ${path}, ${JSON.stringify(detail)}, ${new Date()})`
}

/** Removes up to `limit` of the oldest events, those up to the id `last` and from before `end`; returns how many. */
export async function deleteOutboxBefore(
  tx: SqlTransaction,
  { last, end }: { readonly last: number; readonly end: Date },
  limit: number,
): Promise<number> {
  return tx.$executeRaw`
    DELETE FROM "OutboxEvent" WHERE "id" IN (
      SELECT "id" FROM "OutboxEvent" WHERE "id" <= ${last} ORDER BY "id" LIMIT ${limit})
      AND "createdAt" < ${end}`
}
