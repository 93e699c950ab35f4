import { z } from 'zod'
import { permissions } from '@/lib/domain/access'
import { errorCodes } from '@/lib/domain/errors'
import { pageSizeMax } from './limits'

/** UTC time, ISO 8601. */
export const timestamp = z.iso
  .datetime()
  // There is no year 0, and PostgreSQL cannot store it.
  .refine((text) => !text.startsWith('0000'), { message: 'a year of 0001 or later' })
  .meta({ description: 'UTC time, ISO 8601' })

/** A time in a request: in UTC or with an offset. Read as UTC. */
export const timeInput = z.iso
  .datetime({
    offset: true,
    message: 'a time such as 2026-11-28T12:00:00Z or …T12:00:00+08:00; in an address, “+” is %2B',
  })
  .transform((text) => new Date(text))
  .refine((time) => time.getUTCFullYear() >= 1 && time.getUTCFullYear() <= 9999, {
    message: 'a year from 0001 to 9999',
  })
  .transform((time) => time.toISOString())
  .meta({ description: 'Time, ISO 8601, in UTC or with an offset', format: 'date-time' })

/** Why somebody does what the rule alone would not allow. */
export const reason = z
  .string()
  .trim()
  .min(1)
  .max(500)
  .meta({ description: 'Kept in the ledger, for everybody who may read that' })

/** `<algorithm>:<hex>`. */
export const digest = z
  .string()
  .regex(/^(?:sha256:[a-f0-9]{64}|sha512:[a-f0-9]{128})$/)
  .meta({ description: 'Content digest', examples: [`sha256:${'0'.repeat(64)}`] })

/** A text that a PATCH may set to null (RFC 7396): then it is empty. */
export function clearable(text: z.ZodString) {
  return text.nullable().transform((given) => given ?? '')
}

/** The caller's permission on a resource; the console offers only the actions that it allows. */
export const access = z.enum(permissions).nullable().meta({
  description:
    'Your permission, by grants on the resource or on what contains it. Null: you may only see that it exists',
})

/** Query parameters of every list. */
export const pageQuery = z.strictObject({
  pageSize: z.coerce.number().int().min(1).max(pageSizeMax).default(20),
  cursor: z.string().max(1024).optional().meta({ description: '`nextCursor` or `previousCursor` of another page' }),
})

/** Query parameters of lists whose pages have numbers. */
export const numberedPageQuery = pageQuery.extend({
  page: z.coerce.number().int().min(1).max(10_000_000).optional().meta({
    description:
      'The page with this number, 1 for the first; the last one where there are not as many. Up to 100,000 items from an end of the list; walk through a long list by `cursor`, which takes precedence',
  }),
})

/** The response of every list. */
export function pageOf<T extends z.ZodType>(item: T) {
  return z.object({
    items: z.array(item),
    nextCursor: z.string().nullable().meta({
      description:
        'null on the last page. Where a search examines a long list, a page may have few items or none, and a next page: the list was searched so far',
    }),
    previousCursor: z.string().nullable().default(null).meta({
      description: 'null on the first page. On a page that has been emptied, it leads to the last page with items',
    }),
    totalCount: z.number().int().nonnegative(),
    isCapped: z.literal(true).optional().meta({
      description: 'true where the list may have more than `totalCount` items, which are not counted',
    }),
  })
}

/** RFC 9457 problem details: the body of every error response of the REST API. */
export const problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  detail: z.string(),
  code: z.enum(errorCodes),
  requestId: z.string(),
  errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
  context: z
    .record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.array(z.string())]))
    .optional()
    .meta({ description: 'Facts about the error, such as the tags that prevent a deletion' }),
})

/** An error response as the client sees it. */
export type Problem = z.infer<typeof problem>
