import { createHash } from 'node:crypto'

/** The fields of an audit event that are hashed. */
export interface AuditContent {
  /** One more than the id of the previous event: a missing event leaves a gap. */
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

/** The previous hash of the first event. */
export const firstPreviousHash = ''

/**
 * The hash of an audit event: SHA-256, in hexadecimal, of the UTF-8 text of a JSON array, as `JSON.stringify`
 * writes it: the previous hash, then the fields in this order. All are text or null, the id too. Anybody with an export
 * can compute it again (docs/decisions/0016-audit-chain.md). Another order or set of fields would change every hash, so
 * this never changes.
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
 * Text that both databases return byte for byte, cut to `max` characters. Lone surrogates and null characters, which
 * UTF-8 or PostgreSQL cannot store, are replaced: if they were hashed as received, the event would look forged when
 * read.
 */
export function storableText(text: string, max: number): string {
  const short = text.length > max ? `${text.slice(0, max - 1)}…` : text
  return Buffer.from(short, 'utf8').toString('utf8').replaceAll('\0', '\ufffd')
}
