import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type TestApi, openTestApi } from '@/lib/testing/test-api'
import { holdLease } from '@/lib/metadata/engine/leases'
import { digestOf } from '@/lib/storage/hash'

let api: TestApi

beforeEach(async () => (api = await openTestApi()))
afterEach(() => api.close())

const list = '/garbage-collections'
const one = '/garbage-collections/{runId}'

/** A blob in the store that the database does not know. */
async function storeBytes(content: string): Promise<void> {
  const id = crypto.randomUUID()
  const bytes = Buffer.from(content)
  await api.ctx.blobs.create(id)
  await api.ctx.blobs.append(id, 0, chunks(bytes))
  await api.ctx.blobs.commit(id, digestOf(bytes))
}

async function* chunks(bytes: Uint8Array): AsyncGenerator<readonly Uint8Array[]> {
  yield await Promise.resolve([bytes])
}

function create(body: object = {}, headers: Record<string, string> = {}) {
  return api.call('POST', list, {}, { body, headers })
}

async function getWhenEnded(runId: string) {
  await api.ctx.jobs.settled()
  return (await api.call('GET', one, { runId })).json
}

describe('starting one', () => {
  test('answers where it is, and it ends with what it has freed', async () => {
    await storeBytes('garbage')
    const started = await create({ graceSeconds: 0 })
    expect(started.status).toBe(201)
    expect(started.headers.get('location')).toBe(`/api/v1/garbage-collections/${started.json.id}`)
    expect(started.json).toMatchObject({
      state: 'RUNNING',
      isDryRun: false,
      graceSeconds: 0,
      startedBy: 'admin',
      endedAt: null,
      failure: null,
    })
    expect(await getWhenEnded(started.json.id)).toMatchObject({
      state: 'SUCCEEDED',
      endedAt: expect.any(String) as string,
      removedLinks: 0,
      removedBlobs: 1,
      removedBytes: 7,
      removedUploads: 0,
    })
  })

  test('spares what the setting’s grace period spares, unless told otherwise', async () => {
    await storeBytes('garbage')
    const run = await create()
    expect(run.json).toMatchObject({ graceSeconds: 86_400 })
    expect(await getWhenEnded(run.json.id)).toMatchObject({ state: 'SUCCEEDED', removedBlobs: 0 })
  })

  test('as a dry run counts, and frees nothing', async () => {
    await storeBytes('garbage')
    for (let n = 0; n < 2; n++) {
      const run = await create({ graceSeconds: 0, isDryRun: true })
      expect(await getWhenEnded(run.json.id)).toMatchObject({ isDryRun: true, removedBlobs: 1, removedBytes: 7 })
    }
  })

  test('is refused while one runs, in any process; a scrub is another matter', async () => {
    await holdLease(api.ctx.db, { name: 'GARBAGE_COLLECTION', holder: 'another process', forMs: 60_000 })
    const refused = await create()
    expect([refused.status, refused.json.code]).toEqual([409, 'ALREADY_RUNNING'])
    expect((await api.call('GET', list)).json.items).toEqual([])
    expect((await api.call('POST', '/scrubs', {}, { body: {} })).status).toBe(201)
  })

  test('twice with one Idempotency-Key starts one', async () => {
    const key = { 'idempotency-key': 'k-1' }
    const first = await create({}, key)
    await api.ctx.jobs.settled()
    const second = await create({}, key)
    expect([second.status, second.json.id]).toEqual([201, first.json.id])
    expect((await api.call('GET', list)).json.totalCount).toBe(1)
    expect(await getWhenEnded(first.json.id)).toMatchObject({ state: 'SUCCEEDED' })
  })

  test.each([{ graceSeconds: -1 }, { graceSeconds: 1.5 }, { isDryRun: 'yes' }, { blobs: 1 }])(
    'with %j is refused',
    async (body) => {
      expect((await create(body)).status).toBe(400)
    },
  )
})

describe('reading', () => {
  test('pages them, the newest first', async () => {
    const ids: string[] = []
    for (let n = 0; n < 3; n++) {
      ids.unshift((await create()).json.id)
      await api.ctx.jobs.settled()
    }
    const first = await api.call('GET', list, {}, { query: '?pageSize=2' })
    expect(first.json.items.map(({ id }) => id)).toEqual(ids.slice(0, 2))
    expect(first.json.totalCount).toBe(3)
    const query = `?pageSize=2&cursor=${first.json.nextCursor}`
    const second = await api.call('GET', list, {}, { query })
    expect([second.json.items.map(({ id }) => id), second.json.nextCursor]).toEqual([ids.slice(2), null])
  })

  test.each([
    ['-id', 'x', 'x'],
    ['-id', '0', '0'],
    ['name', '1', '1'],
    ['-id', '1', '99999999999'],
  ])('takes no cursor like %j', async (...parts) => {
    const cursor = Buffer.from(JSON.stringify(parts)).toString('base64url')
    const answer = await api.call('GET', list, {}, { query: `?cursor=${cursor}` })
    expect([answer.status, answer.json.code]).toEqual([400, 'PAGE_INVALID'])
  })

  test.each(['0', '1', '-1', 'one', '1e3', '99999999999999999999'])('finds no run %s', async (runId) => {
    expect((await api.call('GET', one, { runId })).status).toBe(404)
  })

  test('does not take a scrub for one', async () => {
    const scrub = await api.call('POST', '/scrubs', {}, { body: {} })
    expect((await api.call('GET', one, { runId: scrub.json.id })).status).toBe(404)
    expect((await api.call('GET', list)).json.totalCount).toBe(0)
  })
})

test('is for administrators only', async () => {
  const headers = { authorization: await api.makeMember() }
  expect((await create({}, headers)).status).toBe(403)
  expect((await api.call('GET', list, {}, { headers })).status).toBe(403)
  expect((await api.call('GET', list, {}, { anonymous: true })).status).toBe(401)
})
