import { z } from 'zod'
import { auditActions, auditTargetTypes } from '@/lib/domain/audit'
import { pageOf, pageQuery, timestamp } from './common'

const facts = z.record(z.string(), z.unknown()).nullable()

/**
 * A change of settings or access, a sign-in or its failure. Of an event that somebody forged anything may be told, so
 * that one does not hide the others: the words are those of the filters where Stele wrote it.
 */
export const auditEvent = z.strictObject({
  id: z.string().meta({ description: 'One more than that of the event before', examples: ['17'] }),
  action: z.string().meta({ examples: auditActions }),
  targetType: z.string().meta({ examples: auditTargetTypes }),
  targetId: z.string().meta({ description: 'Empty where there is no such thing: a log-on of an unknown user' }),
  targetName: z.string().meta({ description: 'Its name then' }),
  instanceId: z.string().nullable().meta({ description: 'The instance that it concerns, where it concerns one' }),
  before: facts.meta({ description: 'The fields that changed, as they were; null where something was made' }),
  after: facts.meta({ description: 'The fields that changed, as they are; null where something was deleted' }),
  reason: z.string().nullable(),
  actor: z.string().meta({ description: 'User name, `robot+<name>`, `anonymous`, `system` or `command-line`' }),
  credential: z.string().meta({ description: 'What proved it: `password`, `session`, or the id of a credential' }),
  address: z.string().meta({ description: 'Of the client' }),
  userAgent: z.string(),
  createdAt: timestamp,
  previousHash: z.string().meta({ description: 'Of the event before; empty for the first' }),
  hash: z.string().meta({ description: 'SHA-256 over `previousHash` and what this event says' }),
})
export type AuditEventView = z.infer<typeof auditEvent>

export const auditEventPage = pageOf(auditEvent)

const word = z.string().min(1).max(512).optional()

/** Which events; what is absent does not matter. */
const filter = {
  actor: word.meta({ description: 'User name, in full' }),
  action: z.enum(auditActions).optional(),
  targetType: z.enum(auditTargetTypes).optional(),
  targetId: word,
  targetName: word.meta({ description: 'In full' }),
  instanceId: word,
  address: word.meta({ description: 'In full' }),
  from: timestamp.optional().meta({ description: 'Events of this time and later' }),
  to: timestamp.optional().meta({ description: 'Events before this time' }),
  text: z.string().min(1).max(200).optional().meta({ description: 'Stands somewhere in the event, in any case' }),
}

export const auditEventQuery = pageQuery.extend(filter)

export const exportAuditEventsQuery = z.strictObject({
  ...filter,
  format: z.enum(['csv', 'jsonl']).default('jsonl').meta({
    description: 'JSON Lines hold all that the hashes are made of; CSV is for spreadsheets',
  }),
})
