import type { Transaction } from './database'

/** Who changes something, and from where: kept by value, because the record outlives users and credentials. */
export interface Actor {
  readonly name: string
  readonly credential: string
  readonly address: string
  readonly userAgent: string
}

/** A change of settings or access: `before` is null for a creation, `after` for a deletion. */
export interface NewAuditEvent {
  readonly action: 'CREATE' | 'UPDATE' | 'DELETE' | 'LOG_ON' | 'LOG_OFF'
  readonly target: {
    readonly type: 'INSTANCE' | 'NAMESPACE' | 'REPOSITORY' | 'TAG' | 'USER'
    readonly id: string
    readonly name: string
  }
  readonly before: Readonly<Record<string, unknown>> | null
  readonly after: Readonly<Record<string, unknown>> | null
  readonly reason?: string | undefined
}

/** Records a change, in the transaction that makes it: neither is there without the other. */
export async function insertAuditEvent(tx: Transaction, actor: Actor, event: NewAuditEvent): Promise<void> {
  await tx.auditEvent.create({
    data: {
      action: event.action,
      targetType: event.target.type,
      targetId: event.target.id,
      targetName: event.target.name,
      before: event.before === null ? null : JSON.stringify(event.before),
      after: event.after === null ? null : JSON.stringify(event.after),
      reason: event.reason ?? null,
      actor: actor.name,
      credential: actor.credential,
      address: actor.address,
      userAgent: actor.userAgent,
    },
  })
}
