import { createHash } from 'node:crypto'

/** All that an audit event says, as it is hashed. */
export interface AuditContent {
  readonly action: string
  readonly targetType: string
  readonly targetId: string
  readonly targetName: string
  readonly instanceId: string | null
  /** JSON, as stored. */
  readonly before: string | null
  /** JSON, as stored. */
  readonly after: string | null
  readonly reason: string | null
  readonly actor: string
  readonly credential: string
  readonly address: string
  readonly userAgent: string
  readonly createdAt: Date
}

/**
 * The hash of an audit event: SHA-256, in hexadecimal, of a JSON array of the hash before it and of its fields in this
 * order. Whoever has an export can compute it again.
 */
export function hashAuditEvent(previousHash: string, event: AuditContent): string {
  const fields = [
    ...[previousHash, event.action, event.targetType, event.targetId, event.targetName, event.instanceId],
    ...[event.before, event.after, event.reason, event.actor, event.credential, event.address, event.userAgent],
    event.createdAt.toISOString(),
  ]
  return createHash('sha256').update(JSON.stringify(fields)).digest('hex')
}
