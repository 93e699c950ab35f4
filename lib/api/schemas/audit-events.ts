import { z } from 'zod'
import { auditActions, auditTargetTypes } from '@/lib/domain/audit'
import { pageOf, pageQuery, timeInput, timestamp } from './common'

const facts = z.record(z.string(), z.unknown()).nullable()

/**
 * A change of settings or access, a log-on or a failed log-on. `action` and `targetType` are plain text, not enums: a
 * forged event in the database may have any value, and must not make the whole list fail.
 */
export const auditEvent = z.object({
  id: z.string().meta({ description: 'One more than the id of the previous event', examples: ['17'] }),
  action: z.string().meta({ examples: auditActions }),
  targetType: z.string().meta({ examples: auditTargetTypes }),
  targetId: z.string().meta({ description: 'Empty when the target does not exist: a log-on by an unknown user' }),
  targetName: z.string().meta({ description: 'The name of the target at that time' }),
  instanceId: z.string().nullable().meta({ description: 'The instance of the target; null when it has none' }),
  before: facts.meta({ description: 'The changed fields before the change; null for a creation' }),
  after: facts.meta({ description: 'The changed fields after the change; null for a deletion' }),
  reason: z.string().nullable(),
  actor: z.string().meta({ description: 'User name, `robot+<name>`, `anonymous`, `system` or `command-line`' }),
  credential: z
    .string()
    .meta({ description: 'How the actor was authenticated: `password`, `session`, or the id of a credential' }),
  address: z.string().meta({ description: 'Address of the client' }),
  userAgent: z.string(),
  createdAt: timestamp,
  previousHash: z.string().meta({ description: '`hash` of the previous event; empty for the first' }),
  hash: z.string().meta({ description: 'SHA-256 of `previousHash` and the fields of this event' }),
})
export type AuditEventView = z.infer<typeof auditEvent>

export const auditEventPage = pageOf(auditEvent)

const word = z.string().min(1).max(512).optional()

/** Filters of the list; an absent one matches every event. */
const filter = {
  actor: word.meta({ description: 'The full user name' }),
  action: z.enum(auditActions).optional(),
  targetType: z.enum(auditTargetTypes).optional(),
  targetId: word,
  targetName: word.meta({ description: 'The full name' }),
  instanceId: word,
  address: word.meta({ description: 'The full address' }),
  from: timeInput.optional().meta({ description: 'Events at this time or later' }),
  to: timeInput.optional().meta({ description: 'Events before this time' }),
  text: z.string().min(1).max(200).optional().meta({ description: 'Text that the event contains, ignoring case' }),
}

export const auditEventQuery = pageQuery.extend(filter)

export const exportAuditEventsQuery = z.strictObject({
  ...filter,
  format: z.enum(['csv', 'jsonl']).default('jsonl').meta({
    description: 'JSON Lines contain every field that the hashes cover; CSV is for spreadsheets',
  }),
})
