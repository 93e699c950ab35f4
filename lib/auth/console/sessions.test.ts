import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type TestApi, openTestApi } from '@/lib/testing/test-api'
import { TestPerson } from '@/lib/testing/test-session'

const hourMs = 60 * 60 * 1000
const dayMs = 24 * hourMs

let api: TestApi
let person: TestPerson

beforeAll(async () => {
  api = await openTestApi()
})
afterAll(() => api.close())
beforeEach(async () => {
  person = await TestPerson.make(api)
  await person.logOn()
})

function stored() {
  return api.ctx.db.prisma.session.findFirstOrThrow({ where: { userId: person.id } })
}

/** Makes the session as old as if all that was done in it had been done earlier. */
async function letPass(ms: number): Promise<void> {
  const { id, createdAt, lastSeenAt, expiresAt } = await stored()
  const earlier = (time: Date) => new Date(time.getTime() - ms)
  const data = { createdAt: earlier(createdAt), lastSeenAt: earlier(lastSeenAt), expiresAt: earlier(expiresAt) }
  await api.ctx.db.prisma.session.update({ where: { id }, data })
}

describe('a session', () => {
  test('lasts as long as it is used, and twelve hours longer', async () => {
    for (let use = 0; use < 4; use += 1) {
      await letPass(11 * hourMs)
      expect(await person.isLoggedOn()).toBe(true)
    }
    const { lastSeenAt, expiresAt } = await stored()
    expect(expiresAt.getTime() - lastSeenAt.getTime()).toBe(12 * hourMs)
    await letPass(12 * hourMs + 1000)
    expect(await person.isLoggedOn()).toBe(false)
  })

  test('is not used by a page that nobody is at', async () => {
    await letPass(11 * hourMs)
    const before = await stored()
    const headers = { 'stele-unattended': 'true' }
    expect((await person.call('GET', '/session', { headers })).status).toBe(200)
    expect(await stored()).toEqual(before)
    await letPass(2 * hourMs)
    expect((await person.call('GET', '/session', { headers })).status).toBe(401)
    expect(await person.isLoggedOn()).toBe(false)
  })

  test('says until when it lasts now', async () => {
    await letPass(11 * hourMs)
    const { json } = await person.call('GET', '/session')
    expect(json['expiresAt']).toBe((await stored()).expiresAt.toISOString())
    expect(Date.parse(String(json['expiresAt']))).toBeGreaterThan(Date.now() + 11 * hourMs)
  })

  test('ends thirty days after the log-on, however much it is used', async () => {
    for (let passed = 0; passed < 30 * dayMs - 11 * hourMs; passed += 11 * hourMs) {
      expect(await person.isLoggedOn()).toBe(true)
      await letPass(11 * hourMs)
    }
    expect(await person.isLoggedOn()).toBe(true)
    const { createdAt, expiresAt } = await stored()
    expect(expiresAt.getTime() - createdAt.getTime()).toBe(30 * dayMs)
    await letPass(expiresAt.getTime() - Date.now() + 1000)
    expect(await person.isLoggedOn()).toBe(false)
  })

  test('has a cookie that lasts until no use extends it any more', async () => {
    const { headers } = await person.logOn()
    expect(headers.get('set-cookie')).toContain(`Max-Age=${30 * 24 * 60 * 60};`)
  })
})

test('both lengths are settings', async () => {
  const own = await openTestApi({ STELE_SESSION_IDLE_HOURS: '2', STELE_SESSION_MAX_DAYS: '3' })
  try {
    const other = await TestPerson.make(own)
    const { headers } = await other.logOn()
    expect(headers.get('set-cookie')).toContain(`Max-Age=${3 * 24 * 60 * 60};`)
    const { createdAt, expiresAt } = await own.ctx.db.prisma.session.findFirstOrThrow({ where: { userId: other.id } })
    expect(expiresAt.getTime() - createdAt.getTime()).toBe(2 * hourMs)
  } finally {
    await own.close()
  }
})
