import type { AuditAction, AuditedType } from '@/lib/domain/audit'
import { firstPreviousHash, hashAuditEvent, storableText } from './audit-chain'
import type { SqlTransaction } from './engine/database'
import { lockName } from './engine/locks'

/** Who changes something, and from where: kept by value, because the record outlives users and credentials. */
export interface Actor {
  readonly name: string
  readonly credential: string
  readonly address: string
  readonly userAgent: string
}

/**
 * A change of settings or access, or a sign-in: `before` is null for a creation, `after` for a deletion. Only pairs of
 * `auditedTypes` are possible, because the console has a sentence for each of them and for no other.
 */
export type NewAuditEvent = { readonly [Action in AuditAction]: AuditEventOf<Action> }[AuditAction]

/** An audit event of one action. */
export interface AuditEventOf<Action extends AuditAction> {
  readonly action: Action
  readonly target: { readonly type: AuditedType<Action>; readonly id: string; readonly name: string }
  /** The instance that it concerns, if any; for a change of an instance, that instance by default. */
  readonly instanceId?: string | undefined
  /** Never a secret. */
  readonly before: Readonly<Record<string, unknown>> | null
  readonly after: Readonly<Record<string, unknown>> | null
  readonly reason?: string | undefined
}

/** Longest text that is stored of a value from outside, in characters: a header must not fill the disk. */
const textMax = 512

/**
 * Records a change, in the transaction that makes it: both are stored, or neither is. Call it last: it takes a lock
 * that every other change waits for until the transaction ends, so that each event holds the hash of the previous one.
 * A transaction that waits for another lock while it holds this one could deadlock.
 *
 * A failed log-on is recorded by `FailedLogOns` (lib/auth/guessing), which calls this for some of them only.
 */
export async function insertAuditEvent(tx: SqlTransaction, actor: Actor, event: NewAuditEvent): Promise<void> {
  await lockName(tx, 'audit')
  const head = await readHead(tx)
  const { target } = event
  const content = {
    id: head.lastId + 1,
    action: event.action,
    targetType: target.type,
    targetId: storableText(target.id, textMax),
    targetName: storableText(target.name, textMax),
    instanceId: event.instanceId ?? (target.type === 'INSTANCE' ? target.id : null),
    before: event.before === null ? null : JSON.stringify(event.before),
    after: event.after === null ? null : JSON.stringify(event.after),
    reason: event.reason === undefined ? null : storableText(event.reason, textMax),
    actor: storableText(actor.name, textMax),
    credential: storableText(actor.credential, textMax),
    address: storableText(actor.address, textMax),
    userAgent: storableText(actor.userAgent, textMax),
    createdAt: new Date(),
  }
  const hash = hashAuditEvent(head.hash, content)
  await tx.$executeRaw`
    INSERT INTO "AuditEvent" ("id", "action", "targetType", "targetId", "targetName", "instanceId", "before", "after",
      "reason", "actor", "credential", "address", "userAgent", "createdAt", "previousHash", "hash")
    VALUES (${content.id}, ${content.action}, ${content.targetType}, ${content.targetId}, ${content.targetName},
      ${content.instanceId}, ${content.before}, ${content.after}, ${content.reason}, ${content.actor},
      ${content.credential}, ${content.address}, ${content.userAgent}, ${content.createdAt}, ${head.hash}, ${hash})`
  await tx.$executeRaw`
    INSERT INTO "AuditHead" ("id", "eventId", "hash") VALUES (1, ${content.id}, ${hash})
    ON CONFLICT ("id") DO UPDATE SET "eventId" = excluded."eventId", "hash" = excluded."hash"`
}

/**
 * The last event according to the head. If somebody has added events after it, or removed some, changes still work, and
 * verifying the chain shows the tampering.
 */
async function readHead(tx: SqlTransaction): Promise<{ readonly lastId: number; readonly hash: string }> {
  const [head] = await tx.$queryRaw<{ eventId: number; hash: string }[]>`
    SELECT "eventId", "hash" FROM "AuditHead" WHERE "id" = 1`
  const [last] = await tx.$queryRaw<{ id: number }[]>`SELECT "id" FROM "AuditEvent" ORDER BY "id" DESC LIMIT 1`
  return { lastId: Math.max(head?.eventId ?? 0, last?.id ?? 0), hash: head?.hash ?? firstPreviousHash }
}
