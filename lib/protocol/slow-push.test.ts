import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { digestOf } from '@/lib/storage/hash'
import { type TestRegistry, basic, startTestRegistry } from '@/lib/testing/test-registry'

let registry: TestRegistry
let close: () => Promise<void>
const pusher = basic('pusher', 'pusher-password-1')

beforeAll(async () => {
  ;({ registry, close } = await startTestRegistry())
  await registry.grant({ userId: await registry.addUser('pusher', 'pusher-password-1') }, 'PUSH')
})
afterAll(() => close())
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

async function token(): Promise<string> {
  const path = '/v2/token?scope=repository:test/example:pull,push'
  const { json } = await registry.send('GET', path, { headers: { authorization: pusher } })
  return `Bearer ${String(json['token'])}`
}

/** Lets `happens` happen, and two seconds pass, after the first look at what the caller may and before the body. */
function whileTheBodyComes(happens: () => unknown): () => Promise<void> {
  const real = performance.now.bind(performance)
  return async () => {
    vi.spyOn(performance, 'now').mockImplementation(() => real() + 2000)
    await happens()
  }
}

const disable = (isDisabled: boolean) => () =>
  registry.ctx.db.prisma.user.update({ where: { name: 'pusher' }, data: { isDisabled } })

for (const [what, prove] of [
  ['Basic', () => Promise.resolve(pusher)],
  ['a token', token],
] as const) {
  test(`a manifest whose body came while its pusher was disabled moves no tag: ${what}`, async () => {
    const { bytes } = await registry.image(`slow by ${what}`)
    const headers = { authorization: await prove() }
    const beforeBody = whileTheBodyComes(disable(true))
    const answer = await registry.pushManifest('slow', bytes, { headers, beforeBody })
    expect([answer.status, answer.json.errors?.[0]?.message]).toEqual([401, 'the user pusher is disabled'])
    vi.restoreAllMocks()
    await disable(false)()
    expect(await registry.digestOfTag('slow')).toBeNull()
  })

  test(`a blob is not kept either: ${what}`, async () => {
    const body = `slow blob by ${what}`
    const path = `/v2/test/example/blobs/uploads/?digest=${digestOf(Buffer.from(body))}`
    const headers = { authorization: await prove() }
    const beforeBody = whileTheBodyComes(() =>
      registry.ctx.db.prisma.grant.updateMany({ data: { permission: 'PULL' } }),
    )
    const answer = await registry.send('POST', path, { body, headers, beforeBody })
    expect(answer.json.errors?.[0]?.code).toBe('DENIED')
    vi.restoreAllMocks()
    await registry.ctx.db.prisma.grant.updateMany({ data: { permission: 'PUSH' } })
    expect((await registry.send('HEAD', `/v2/test/example/blobs/${digestOf(Buffer.from(body))}`)).status).toBe(404)
  })
}

test('a push that outlasts its token is one that came in time', async () => {
  const { bytes, digest } = await registry.image('outlasts')
  const headers = { authorization: await token() }
  const beforeBody = whileTheBodyComes(() => {
    vi.useFakeTimers({ toFake: ['Date'] })
    vi.setSystemTime(Date.now() + 10 * 60_000)
  })
  expect((await registry.pushManifest('outlasts', bytes, { headers, beforeBody })).status).toBe(201)
  expect((await registry.pushManifest('outlasts', bytes, { headers })).status).toBe(401)
  vi.useRealTimers()
  expect(await registry.digestOfTag('outlasts')).toBe(digest)
})
