import { expect, test } from 'vitest'
import { operations } from '@/lib/api/operations/operations'
import { openApiDocument } from '@/lib/api/route/openapi'
import { readDocument } from '@/components/api-reference/read-document'
import { exampleOf, fieldsOf, typeOf } from '@/components/api-reference/read-schema'

const groups = readDocument(openApiDocument(Object.values(operations)))
const all = groups.flatMap((group) => group.operations)

test('every operation is there once, with all that its page says', () => {
  expect(all.map(({ id }) => id).sort()).toEqual(
    Object.values(operations)
      .map(({ id }) => id)
      .sort(),
  )
  for (const { id, summary, status, refusals, parameters, path } of all) {
    expect(summary, id).not.toBe('')
    expect(Number(status), id).toBeLessThan(400)
    expect(refusals.length, id).toBeGreaterThan(0)
    for (const [, name] of path.matchAll(/\{(\w+)\}/g)) {
      expect(parameters, id).toContainEqual(expect.objectContaining({ path: name, in: 'path', isRequired: true }))
    }
  }
})

test('a change: its body, an example of it, and how it is refused', () => {
  const update = all.find(({ id }) => id === 'updateRepository')
  expect(update?.body?.fields).toContainEqual({
    path: 'immutability.mode',
    type: '"off", "audit" or "enforce"',
    isRequired: false,
    description: expect.any(String) as string,
  })
  expect(update?.refusals).toContainEqual({ status: '412', codes: 'PRECONDITION_FAILED' })
  const create = all.find(({ id }) => id === 'createRepository')
  const example: unknown = JSON.parse(create?.body?.example ?? '')
  expect(Object.keys(example as object)).toEqual(['namespace', 'name'])
})

test('every example fits the schema of its operation, as far as its form goes', () => {
  for (const { id, body } of all) {
    if (body === null) continue
    const schema = Object.values(operations).find((operation) => operation.id === id) as {
      body?: { shape: Record<string, { safeParse: (value: unknown) => { success: boolean } }> }
    }
    const example = JSON.parse(body.example) as Record<string, unknown>
    for (const [name, value] of Object.entries(example)) {
      if (typeof value === 'boolean' || typeof value === 'number') {
        expect(schema.body?.shape[name]?.safeParse(value).success, `${id}: ${name}`).toBe(true)
      }
    }
  }
})

test('schemas in words', () => {
  expect(typeOf({ anyOf: [{ type: 'string' }, { type: 'null' }] })).toBe('string or null')
  expect(typeOf({ type: 'array', items: { type: 'string' } })).toBe('list of string')
  expect(typeOf({})).toBe('any')
  expect(exampleOf({ type: 'integer', minimum: 3 })).toBe(3)
  const list = {
    anyOf: [{ type: 'array', items: { type: 'object', properties: { a: { type: 'null' } } } }, { type: 'null' }],
  }
  expect(fieldsOf({ type: 'object', properties: { list } }).map(({ path }) => path)).toEqual(['list', 'list[].a'])
})
