import { z } from 'zod'
import { isPlainText } from '@/lib/domain/plain-text'

/*
 * The types of parameters. Each is a string when it comes. Messages say what is expected, and descriptions say it in
 * docs/acr-actions.md; one without is text.
 */

/** Longest id and name that is looked up; no longer one exists. */
const lookedUpMax = 300

/** A text that must be there, to look something up by. */
export const text = z
  .string({ error: 'required' })
  .min(1, { message: 'required', abort: true })
  .max(lookedUpMax, { message: `at most ${lookedUpMax} characters`, abort: true })
  .refine(isPlainText, { message: 'text without control characters', abort: true })

/** A text of at most `max` characters, which may be missing or empty. */
export function freeText(max: number) {
  return z
    .string({ error: 'required' })
    .max(max, { message: `at most ${max} characters`, abort: true })
    .refine((given) => !given.includes('\0'), { message: 'text without NUL' })
    .optional()
    .describe(`text of at most ${max} characters`)
}

/** A whole number between two others. */
export function wholeNumber(min: number, max: number) {
  const message = `a whole number from ${min} to ${max}`
  return z
    .string({ error: 'required' })
    .regex(/^\d{1,10}$/, { message })
    .transform(Number)
    .refine((given) => given >= min && given <= max, { message })
    .describe(`${min} to ${max}`)
}

/** `true` or `false` in any case: Python's SDK sends `True`. */
export const flag = z
  .string({ error: 'required' })
  .toLowerCase()
  .pipe(z.enum(['true', 'false'], { error: 'true or false' }))
  .transform((given) => given === 'true')
  .describe('`true` or `false`, in any case')

/** One of some words. */
export function oneOf<const Words extends readonly string[]>(...words: Words) {
  const described = words.map((word) => `\`${word}\``).join(', ')
  return z.enum(words, { error: `one of ${words.join(', ')}` }).describe(described)
}

/** A parameter that may be missing; an empty one is missing too, because some SDKs send all that they know. */
export function optional<Schema extends z.ZodType<unknown, string>>(schema: Schema) {
  const wrapped = z
    .string()
    .transform((given) => (given === '' ? undefined : given))
    .pipe(schema.optional())
    .optional()
  return schema.description === undefined ? wrapped : wrapped.describe(schema.description)
}

/** A JSON text as a value of `schema`, for parameters that SDKs "shrink". */
export function jsonOf<Schema extends z.ZodType>(schema: Schema) {
  return z
    .string()
    .transform((given, issues): unknown => {
      try {
        return JSON.parse(given)
      } catch {
        issues.addIssue({ code: 'custom', message: 'JSON' })
        return z.NEVER
      }
    })
    .pipe(schema)
}
