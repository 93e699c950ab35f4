import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { type TestApi, openTestApi } from '@/lib/testing/test-api'
import { digestOfNumber, fillRepository } from '@/lib/testing/fill-repository'

const manifests = '/garbage-collections/{runId}/manifests'

let api: TestApi

beforeAll(async () => (api = await openTestApi()))
afterAll(() => api.close())

async function collect(body: object): Promise<string> {
  const { json } = await api.call('POST', '/garbage-collections', {}, { body })
  await vi.waitFor(async () => {
    const run = await api.call('GET', '/garbage-collections/{runId}', { runId: json.id })
    expect(run.json['state']).toBe('SUCCEEDED')
  })
  return json.id
}

test('a dry run names what it would remove, in pages; the next one replaces it', async () => {
  const { repositoryId } = await api.makeRepository('old')
  await fillRepository(api.ctx.db, repositoryId, 30, { tagged: false })
  const runId = await collect({ isDryRun: true })
  const first = await api.call('GET', manifests, { runId }, { query: '?pageSize=20' })
  expect(first.json.totalCount).toBe(30)
  expect(first.json.items[0]).toEqual({ repository: 'test/old', digest: digestOfNumber(1), sizeBytes: 1500 })
  const second = await api.call('GET', manifests, { runId }, { query: `?cursor=${first.json.nextCursor}` })
  expect(second.json.items.map((item) => item['digest'])).toEqual(
    Array.from({ length: 10 }, (_, n) => digestOfNumber(21 + n)),
  )
  const run = await api.call('GET', '/garbage-collections/{runId}', { runId })
  expect(run.json).toMatchObject({ removedManifests: 30, removedManifestBytes: 15_000, removedLinks: 30 })

  const next = await collect({ isDryRun: true })
  expect((await api.call('GET', manifests, { runId })).json.items).toEqual([])
  expect((await api.call('GET', manifests, { runId: next })).json.totalCount).toBe(30)
  await collect({})
  expect(await api.ctx.db.prisma.manifest.count()).toBe(0)
  expect((await api.call('GET', manifests, { runId: '99' })).status).toBe(404)
})
