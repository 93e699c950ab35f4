import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { problem } from '@/lib/api/schemas/common'
import type { Operation } from './operation'
import { operations } from './operations'

const all: readonly Operation[] = Object.values(operations)

/** Paths of the objects in a schema that refuse fields it does not name. */
function strictParts(schema: z.ZodType): string[] {
  const found: string[] = []
  const walk = (part: unknown, path: string) => {
    if (typeof part !== 'object' || part === null) return
    if ('additionalProperties' in part && part.additionalProperties === false) found.push(path)
    for (const [key, value] of Object.entries(part)) walk(value, `${path}/${key}`)
  }
  walk(z.toJSONSchema(schema, { io: 'input' }), '')
  return found
}

describe('answers may gain fields: a client with these schemas ignores what it does not know', () => {
  const answers = all.flatMap(({ id, response }) => (response === undefined ? [] : [[id, response] as const]))
  test.each([['problem', problem] as const, ...answers])('%s', (_, schema) => {
    expect(strictParts(schema)).toEqual([])
  })
})

describe('requests have no unknown fields: a misspelt one is refused', () => {
  const bodies = all.flatMap(({ id, body }) => (body === undefined ? [] : [[id, body] as const]))
  test.each(bodies)('%s', (_, schema) => {
    expect(strictParts(schema)).toContain('')
  })
})
