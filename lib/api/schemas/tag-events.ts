import { z } from 'zod'
import { tagEventKinds } from '@/lib/domain/ledger'
import { pageOf, pageQuery, timeInput, timestamp } from './common'

const eventDigest = z.string().nullable()

/** An entry of the ledger: a tag that was created, moved or deleted, or a push that was refused. */
const tagEvent = z.object({
  id: z.string(),
  kind: z.enum(tagEventKinds),
  tag: z.string(),
  repositoryId: z.string(),
  repositoryPath: z.string().meta({ description: '`<namespace>/<name>` at that time' }),
  currentDigest: eventDigest.meta({
    description:
      'The digest of the tag before the event; for a refused push, what the tag points at or is reserved for',
  }),
  pushedDigest: eventDigest.meta({ description: 'The pushed digest; null for a deletion' }),
  reason: z
    .string()
    .nullable()
    .meta({
      description: 'For a refused push, the code of the refusal; else what the actor stated',
      examples: ['TAG_IMMUTABLE', 'TAG_RESERVED', 'TAG_APPEND_ONLY'],
    }),
  actor: z.string().meta({ description: 'User name, `robot+<name>` or `system`' }),
  credential: z
    .string()
    .meta({ description: 'How the actor was authenticated: `password`, `session`, or the id of a credential' }),
  address: z.string().meta({ description: 'Address of the client' }),
  userAgent: z.string(),
  count: z
    .number()
    .int()
    .positive()
    .meta({ description: 'How often: a refusal that is repeated within a minute is one entry' }),
  createdAt: timestamp,
  lastAt: timestamp.meta({ description: 'When it was repeated last; `createdAt` if it was not' }),
})
export type TagEventView = z.infer<typeof tagEvent>

export const tagEventPage = pageOf(tagEvent)

const word = z.string().min(1).max(512).optional()

/** Filters of the list of a repository; an absent one matches every entry. */
const ofRepository = {
  kind: z.enum(tagEventKinds).optional(),
  tag: word.meta({ description: 'The full name' }),
  actor: word.meta({ description: 'The full user name' }),
  address: word.meta({ description: 'The full address' }),
  reason: word.meta({ description: 'The code of a refusal, or the full text that the actor stated' }),
  since: timeInput.optional().meta({ description: 'Entries at this time or later' }),
  until: timeInput.optional().meta({ description: 'Entries before this time' }),
  text: z.string().min(1).max(200).optional().meta({ description: 'Text that the entry contains, ignoring case' }),
  format: z.enum(['json', 'csv']).optional().meta({
    description:
      '`csv` downloads all entries that match, the oldest first, not only a page; so does `Accept: text/csv`',
  }),
}

export const repositoryEventQuery = pageQuery.extend(ofRepository)

export const instanceEventQuery = repositoryEventQuery.extend({
  repository: word.meta({ description: 'The full path of a repository, existing or not: `<namespace>/<name>`' }),
})
