import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type TestApi, openTestApi } from '@/lib/testing/test-api'

let api: TestApi

beforeEach(async () => (api = await openTestApi()))
afterEach(() => api.close())

const list = '/scrubs'
const one = '/scrubs/{runId}'

function create(headers: Record<string, string> = {}) {
  return api.call('POST', list, {}, { body: {}, headers })
}

describe('a scrub', () => {
  test('is answered at once, and says at its end what it has found', async () => {
    const { repositoryId } = await api.makeRepository()
    await api.pushTag(repositoryId, 'v1') // its content is not what its digest says
    const started = await create()
    expect(started.status).toBe(201)
    expect(started.headers.get('location')).toBe(`/api/v1/scrubs/${started.json.id}`)
    expect(started.json).toMatchObject({ state: 'RUNNING', startedBy: 'admin', corruptBlobs: 0, corruptManifests: 0 })
    await api.ctx.jobs.settled()
    expect((await api.call('GET', one, { runId: started.json.id })).json).toMatchObject({
      state: 'SUCCEEDED',
      corruptManifests: 1,
    })
  })

  test('is listed, the newest first', async () => {
    const ids: string[] = []
    for (let n = 0; n < 2; n++) {
      ids.unshift((await create()).json.id)
      await api.ctx.jobs.settled()
    }
    expect((await api.call('GET', list)).json.items.map(({ id }) => id)).toEqual(ids)
    expect((await api.call('GET', one, { runId: '99' })).status).toBe(404)
  })

  test('is for administrators only', async () => {
    expect((await create({ authorization: await api.makeMember() })).status).toBe(403)
    expect((await api.call('GET', list, {}, { anonymous: true })).status).toBe(401)
  })
})
