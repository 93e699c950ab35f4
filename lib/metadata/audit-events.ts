import { hashAuditEvent } from './audit-chain'
import type { Transaction } from './database'
import { lockName } from './locks'

/** Who changes something, and from where: kept by value, because the record outlives users and credentials. */
export interface Actor {
  readonly name: string
  readonly credential: string
  readonly address: string
  readonly userAgent: string
}

/** What an audit event may be about. */
export type AuditTargetType =
  | 'INSTANCE'
  | 'NAMESPACE'
  | 'REPOSITORY'
  | 'TAG'
  | 'USER'
  | 'ROBOT'
  | 'GRANT'
  | 'ACCESS_KEY'
  | 'REGISTRY_PASSWORD'
  | 'TEMPORARY_TOKEN'
  | 'SIGNING_KEY'

/** What an audit event may record. */
export type AuditAction = 'CREATE' | 'UPDATE' | 'DELETE' | 'LOG_ON' | 'LOG_ON_FAILED' | 'LOG_OFF'

/** A change of settings or access, or a sign-in: `before` is null for a creation, `after` for a deletion. */
export interface NewAuditEvent {
  readonly action: AuditAction
  readonly target: { readonly type: AuditTargetType; readonly id: string; readonly name: string }
  /** The instance it concerns, where it concerns one. */
  readonly instanceId?: string
  /** Never a secret. */
  readonly before: Readonly<Record<string, unknown>> | null
  readonly after: Readonly<Record<string, unknown>> | null
  readonly reason?: string | undefined
}

/**
 * Records a change, in the transaction that makes it: neither is there without the other. Call it last: it holds a lock
 * that every other change waits for until the transaction ends, so that each event holds the hash of the one before.
 */
export async function insertAuditEvent(tx: Transaction, actor: Actor, event: NewAuditEvent): Promise<void> {
  await lockName(tx, 'audit')
  const head = await tx.auditHead.findUnique({ where: { id: 1 } })
  const previousHash = head?.hash ?? ''
  const content = {
    action: event.action,
    targetType: event.target.type,
    targetId: event.target.id,
    targetName: event.target.name,
    instanceId: event.instanceId ?? null,
    before: event.before === null ? null : JSON.stringify(event.before),
    after: event.after === null ? null : JSON.stringify(event.after),
    reason: event.reason ?? null,
    actor: actor.name,
    credential: actor.credential,
    address: actor.address,
    userAgent: actor.userAgent,
    createdAt: new Date(),
  }
  const hash = hashAuditEvent(previousHash, content)
  const { id: eventId } = await tx.auditEvent.create({ data: { ...content, previousHash, hash }, select: { id: true } })
  await tx.auditHead.upsert({ where: { id: 1 }, create: { id: 1, eventId, hash }, update: { eventId, hash } })
}
