import { readdirSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { operations } from '@/lib/api/operations/operations'
import { type TestApi, openTestApi } from '@/lib/testing/test-api'

const folder = path.resolve(import.meta.dirname, '..')

/** Every `route.ts` that is a resource, as a path of the document. */
const routes = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((file) => path.basename(file) === 'route.ts' && !file.includes('[['))
  .map((file) => `/${path.dirname(file)}`)

const toTemplate = (route: string) => route.replace(/\[(\w+)\]/g, '{$1}')

let api: TestApi

beforeAll(async () => (api = await openTestApi()))
afterAll(() => api.close())

async function getDocument() {
  const { json } = await api.call('GET', '/openapi.json', {}, { anonymous: true })
  return json as unknown as {
    openapi: string
    paths: Record<string, Record<string, { operationId: string; parameters: unknown[] }>>
  }
}

test.each(routes)('the methods of %s are in the document, and no others', async (route) => {
  const described = Object.keys((await getDocument()).paths[toTemplate(route)] ?? {})
  const { headers } = await api.call('OPTIONS', toTemplate(route))
  const allowed = (headers.get('allow') ?? '').split(', ').filter((method) => !['HEAD', 'OPTIONS'].includes(method))
  expect(described.map((method) => method.toUpperCase()).sort()).toEqual(allowed.sort())
})

test('every path of the document has a route', async () => {
  expect(Object.keys((await getDocument()).paths).sort()).toEqual(routes.map(toTemplate).sort())
})

describe('a route file serves the operation that the document puts there', () => {
  test.each(Object.values(operations))('$method $path', async ({ method, path: template, id }) => {
    const file = path.join(folder, template.replace(/\{(\w+)\}/g, '[$1]'), 'route.ts')
    const handlers = (await import(file)) as Record<string, { operation: { id: string } }>
    expect(handlers[method]?.operation.id).toBe(id)
  })
})

test('the document excludes unknown fields from requests, not from responses', async () => {
  const { post } = (await getDocument()).paths['/instances/{instanceId}/namespaces'] as unknown as Record<
    string,
    { requestBody: unknown; responses: unknown }
  >
  const strict = '"additionalProperties":false'
  expect(JSON.stringify(post?.requestBody)).toContain(strict)
  expect(JSON.stringify(post?.responses)).toContain('repositoryCount')
  expect(JSON.stringify(post?.responses)).not.toContain(strict)
})

test('the document says what a client needs to know', async () => {
  const document = await getDocument()
  expect(document.openapi).toBe('3.1.0')
  expect(document.paths['/repositories/{repositoryId}']?.patch).toMatchObject({
    operationId: 'updateRepository',
    parameters: [
      { name: 'repositoryId', in: 'path', required: true },
      { name: 'If-Match', in: 'header' },
    ],
    requestBody: {
      content: {
        'application/merge-patch+json': { schema: { properties: { tagImmutability: { type: 'boolean' } } } },
      },
    },
    responses: {
      200: { headers: { ETag: {} }, content: { 'application/json': {} } },
      401: {},
      403: {},
      404: {},
      412: {},
      415: {},
    },
  })
  expect(document.paths['/repositories/{repositoryId}/tags']?.get?.parameters).toContainEqual({
    name: 'pageSize',
    in: 'query',
    required: false,
    schema: { type: 'integer', minimum: 1, maximum: 100, default: 20 },
  })
})

test('every reference of the document leads somewhere in it', async () => {
  const document = await getDocument()
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)].map((match) => match[1] ?? '')
  expect(references.length).toBeGreaterThan(0)
  for (const reference of new Set(references)) {
    const target = reference.split('/').reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], document)
    expect(target, reference).toBeDefined()
  }
})
