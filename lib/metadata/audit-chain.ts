import { createHash } from 'node:crypto'

/** All that an audit event says, as it is hashed. */
export interface AuditContent {
  /** One more than that of the event before: a missing event leaves a gap. */
  readonly id: number
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

/** What the first event has for the hash of the one before it. */
export const firstPreviousHash = ''

/**
 * The hash of an audit event: SHA-256, in hexadecimal, of the UTF-8 text of a JSON array of the hash before it and of
 * its fields in this order, as `JSON.stringify` writes it; all are text or null, the id too. Whoever has an export can
 * compute it again (docs/decisions/0016-audit-chain.md). Of another order or another set of fields every hash would be
 * another: this never changes.
 */
export function hashAuditEvent(previousHash: string, event: AuditContent): string {
  const fields = [
    ...[
      previousHash,
      String(event.id),
      event.action,
      event.targetType,
      event.targetId,
      event.targetName,
      event.instanceId,
    ],
    ...[event.before, event.after, event.reason, event.actor, event.credential, event.address, event.userAgent],
    event.createdAt.toISOString(),
  ]
  return createHash('sha256').update(JSON.stringify(fields)).digest('hex')
}

/**
 * Text as both databases give it back, byte by byte, at most `max` characters of it: with half characters and null
 * characters replaced, which UTF-8 or PostgreSQL cannot hold. Hashed as it came, it would look forged when it is read.
 */
export function storableText(text: string, max: number): string {
  const short = text.length > max ? `${text.slice(0, max - 1)}…` : text
  return Buffer.from(short, 'utf8').toString('utf8').replaceAll('\0', '\ufffd')
}
