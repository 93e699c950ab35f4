import { z } from 'zod'
import { permissions } from '@/lib/domain/access'
import { errorCodes } from '@/lib/domain/errors'

/** UTC time, ISO 8601. */
export const timestamp = z.iso
  .datetime()
  // There is no such year, and PostgreSQL stores no time in it.
  .refine((text) => !text.startsWith('0000'), { message: 'a year from 0001 on' })
  .meta({ description: 'UTC time, ISO 8601' })

/** `<algorithm>:<hex>`. */
export const digest = z
  .string()
  .regex(/^(?:sha256:[a-f0-9]{64}|sha512:[a-f0-9]{128})$/)
  .meta({ description: 'Content digest', examples: [`sha256:${'0'.repeat(64)}`] })

/** What the caller may do with what is shown; the console offers no more than that. */
export const access = z.enum(permissions).nullable().meta({
  description: 'What you may do here, by grants on it or on what it lies in. Null: no more than see that it is there',
})

/** Largest page of a list. */
export const pageSizeMax = 100

/** Query parameters of every list. */
export const pageQuery = z.strictObject({
  pageSize: z.coerce.number().int().min(1).max(pageSizeMax).default(20),
  cursor: z.string().max(1024).optional().meta({ description: '`nextCursor` of the page before' }),
})

/** The answer of every list. */
export function pageOf<T extends z.ZodType>(item: T) {
  return z.strictObject({
    items: z.array(item),
    nextCursor: z.string().nullable().meta({ description: 'null on the last page' }),
    totalCount: z.number().int().nonnegative(),
  })
}

/** RFC 9457 problem details, the body of every refusal of the REST API. */
export const problem = z.strictObject({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  detail: z.string(),
  code: z.enum(errorCodes),
  requestId: z.string(),
  errors: z.array(z.strictObject({ path: z.string(), message: z.string() })).optional(),
  context: z
    .record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.array(z.string())]))
    .optional()
    .meta({ description: 'Facts about the refusal, such as the tags that forbid a deletion' }),
})

/** A refusal as the client sees it. */
export type Problem = z.infer<typeof problem>
