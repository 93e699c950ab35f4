import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { type TestApi, openTestApi } from '@/lib/testing/test-api'
import { TestPerson, codeOf } from '@/lib/testing/test-session'

let api: TestApi
let person: TestPerson

beforeAll(async () => (api = await openTestApi()))
afterAll(() => api.close())
beforeEach(async () => {
  person = await TestPerson.make(api)
  await person.logOn()
})

const state = async () => (await person.call('GET', '/profile/second-factor')).json
const factor = '/profile/second-factor'

/** One step later: the codes of now may have been used. */
async function aStepLater<T>(run: () => Promise<T>): Promise<T> {
  vi.useFakeTimers({ now: Date.now() + 30_000, toFake: ['Date'] })
  try {
    return await run()
  } finally {
    vi.useRealTimers()
  }
}

describe('turning it on', () => {
  test('takes the password, then a code of the app; before that the log-on asks for nothing', async () => {
    expect(await state()).toEqual({ isOn: false, confirmedAt: null, recoveryCodesLeft: 0 })
    const setUp = await person.call('POST', factor, { body: { password: person.password } })
    expect(setUp.status).toBe(201)
    const { secret, uri } = setUp.json
    expect(uri).toBe(
      `otpauth://totp/Stele:${encodeURIComponent(`${person.name}@localhost:3000`)}?issuer=Stele&secret=${String(secret)}` +
        '&algorithm=SHA1&digits=6&period=30',
    )
    expect((await state()).isOn).toBe(false)
    expect((await person.elsewhere().logOn()).status).toBe(201)

    const code = codeOf(String(secret))
    const confirmed = await person.call('POST', `${factor}/confirmation`, { body: { code } })
    expect(confirmed.status).toBe(201)
    expect(new Set(confirmed.json.recoveryCodes as string[]).size).toBe(10)
    expect(await state()).toMatchObject({ isOn: true, recoveryCodesLeft: 10 })
    expect((await person.elsewhere().logOn()).json.code).toBe('SECOND_FACTOR_REQUIRED')
  })

  test('is refused for a wrong password and for a wrong code', async () => {
    const wrong = await person.call('POST', factor, { body: { password: 'not the password' } })
    expect(wrong.json).toMatchObject({ status: 400, errors: [{ path: 'password' }] })
    await person.call('POST', factor, { body: { password: person.password } })
    const answer = await person.call('POST', `${factor}/confirmation`, { body: { code: '000000' } })
    expect(answer.json).toMatchObject({ status: 400, errors: [{ path: 'code' }] })
    expect((await state()).isOn).toBe(false)
  })

  test('is refused when it is on, and without being set up', async () => {
    expect((await person.call('POST', `${factor}/confirmation`, { body: { code: '123456' } })).status).toBe(404)
    await person.turnSecondFactorOn()
    expect((await person.call('POST', factor, { body: { password: person.password } })).status).toBe(409)
    expect((await person.call('POST', `${factor}/confirmation`, { body: { code: '123456' } })).status).toBe(409)
  })

  test('set up anew, the secret before counts no more', async () => {
    const first = await person.call('POST', factor, { body: { password: person.password } })
    await person.call('POST', factor, { body: { password: person.password } })
    const code = codeOf(String(first.json.secret))
    expect((await person.call('POST', `${factor}/confirmation`, { body: { code } })).status).toBe(400)
  })
})

describe('the log-on', () => {
  test('takes password and code together, in a second step', async () => {
    const { secret } = await person.turnSecondFactorOn()
    const other = person.elsewhere()
    const first = await other.logOn()
    expect(first.status).toBe(401)
    expect(first.json.code).toBe('SECOND_FACTOR_REQUIRED')
    expect(first.headers.getSetCookie()).toEqual([])
    await aStepLater(async () => {
      expect((await other.logOn({ code: codeOf(secret) })).status).toBe(201)
    })
    expect(await other.isLoggedOn()).toBe(true)
  })

  test('takes no code without the password, and tells nothing of the factor then', async () => {
    const { secret } = await person.turnSecondFactorOn()
    const answer = await person.elsewhere().logOn({ password: 'wrong', code: codeOf(secret, 1) })
    expect(answer.json).toMatchObject({ status: 401, code: 'UNAUTHORIZED' })
  })

  test('takes a code once: neither it nor the one before comes in again', async () => {
    const { secret } = await person.turnSecondFactorOn()
    // The one that turned it on is used up already.
    const again = await person.elsewhere().logOn({ code: codeOf(secret) })
    expect(again.json.code).toBe('SECOND_FACTOR_INVALID')
    await aStepLater(async () => {
      const [now, before] = [codeOf(secret), codeOf(secret, -1)]
      expect((await person.elsewhere().logOn({ code: now })).status).toBe(201)
      expect((await person.elsewhere().logOn({ code: now })).status).toBe(401)
      expect((await person.elsewhere().logOn({ code: before })).status).toBe(401)
    })
  })

  test('lets one in of many that try the same code at once', async () => {
    const { secret } = await person.turnSecondFactorOn()
    const code = codeOf(secret, 1)
    const answers = await Promise.all(Array.from({ length: 6 }, () => person.elsewhere().logOn({ code })))
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1)
  })

  test('takes codes of the steps beside this one, for clocks that differ, and none farther away', async () => {
    const { secret } = await person.turnSecondFactorOn()
    expect((await person.elsewhere().logOn({ code: codeOf(secret, 2) })).status).toBe(401)
    expect((await person.elsewhere().logOn({ code: codeOf(secret, 1) })).status).toBe(201)
  })

  test('does not let codes be guessed without end', async () => {
    await person.turnSecondFactorOn()
    const tries = []
    for (let count = 0; count < 12; count += 1) {
      tries.push((await person.elsewhere().logOn({ code: `00000${count}`.slice(-6) })).status)
    }
    expect(tries.slice(0, 10)).toEqual(Array.from({ length: 10 }, () => 401))
    expect(tries.at(-1)).toBe(429)
  })

  test('takes each recovery code once, however it is typed', async () => {
    const { recoveryCodes } = await person.turnSecondFactorOn()
    const [first = '', second = ''] = recoveryCodes
    expect((await person.elsewhere().logOn({ code: first })).status).toBe(201)
    expect((await person.elsewhere().logOn({ code: first })).json.code).toBe('SECOND_FACTOR_INVALID')
    const typed = ` ${second.toUpperCase().replaceAll('-', ' ')} `
    expect((await person.elsewhere().logOn({ code: typed })).status).toBe(201)
    expect((await state()).recoveryCodesLeft).toBe(8)
  })

  test('is recorded with what proved it, and so is a wrong code', async () => {
    const { recoveryCodes } = await person.turnSecondFactorOn()
    await person.elsewhere().logOn({ code: '000000' })
    await person.elsewhere().logOn({ code: recoveryCodes[0] })
    const events = await api.ctx.db.prisma.auditEvent.findMany({
      where: { targetId: person.id },
      orderBy: { id: 'desc' },
      take: 2,
    })
    expect(events).toMatchObject([
      { action: 'LOG_ON', actor: person.name, after: '{"secondFactor":"recovery code"}' },
      { action: 'LOG_ON_FAILED', actor: 'anonymous', reason: 'wrong code of the second factor' },
    ])
  })
})

test('new recovery codes take the place of all others', async () => {
  const { recoveryCodes } = await person.turnSecondFactorOn()
  const renewed = await person.call('POST', `${factor}/recovery-codes`, { body: { password: person.password } })
  expect(renewed.status).toBe(201)
  const [code] = renewed.json.recoveryCodes as string[]
  expect((await person.elsewhere().logOn({ code: recoveryCodes[0] })).status).toBe(401)
  expect((await person.elsewhere().logOn({ code })).status).toBe(201)
})

test('turning it off takes the password; then the password alone logs on', async () => {
  const { recoveryCodes } = await person.turnSecondFactorOn()
  expect((await person.call('POST', `${factor}/removal`, { body: { password: 'wrong' } })).status).toBe(400)
  expect((await person.call('POST', `${factor}/removal`, { body: { password: person.password } })).status).toBe(204)
  expect(await state()).toEqual({ isOn: false, confirmedAt: null, recoveryCodesLeft: 0 })
  expect((await person.elsewhere().logOn()).status).toBe(201)
  expect((await person.call('POST', `${factor}/removal`, { body: { password: person.password } })).status).toBe(404)
  // Codes of a factor that is off do not come back with the next one.
  await person.turnSecondFactorOn()
  expect((await person.elsewhere().logOn({ code: recoveryCodes[0] })).status).toBe(401)
})

describe('an administrator', () => {
  const reset = (by: TestPerson, userId: string) =>
    by.call('DELETE', '/users/{userId}/second-factor', { params: { userId } })

  test('turns another user’s off, and it is recorded', async () => {
    await person.turnSecondFactorOn()
    const administrator = await TestPerson.make(api, 'ADMINISTRATOR')
    await administrator.logOn()
    expect((await reset(administrator, person.id)).status).toBe(204)
    expect((await person.elsewhere().logOn()).status).toBe(201)
    const event = await api.ctx.db.prisma.auditEvent.findFirst({
      where: { targetId: person.id, actor: administrator.name },
    })
    expect(event).toMatchObject({
      action: 'UPDATE',
      before: '{"secondFactor":true}',
      after: '{"secondFactor":false}',
    })
    // Where there is none, it is done at once.
    expect((await reset(administrator, person.id)).status).toBe(204)
    expect((await reset(administrator, 'usr-0000000000000000')).status).toBe(404)
  })

  test('does not get around the password for their own', async () => {
    const administrator = await TestPerson.make(api, 'ADMINISTRATOR')
    await administrator.logOn()
    await administrator.turnSecondFactorOn()
    expect((await reset(administrator, administrator.id)).json.code).toBe('OWN_ACCOUNT')
  })

  test('is who it takes', async () => {
    const other = await TestPerson.make(api)
    expect((await reset(person, other.id)).status).toBe(403)
  })
})

test('the database holds neither the secret nor a recovery code', async () => {
  const { secret, recoveryCodes } = await person.turnSecondFactorOn()
  const rows = await Promise.all([
    api.ctx.db.prisma.secondFactor.findMany(),
    api.ctx.db.prisma.recoveryCode.findMany(),
    api.ctx.db.prisma.auditEvent.findMany(),
  ])
  const text = JSON.stringify(rows)
  expect(text).toContain(person.id)
  for (const shown of [secret, ...recoveryCodes, ...recoveryCodes.map((code) => code.replaceAll('-', ''))]) {
    expect(text).not.toContain(shown)
  }
})

test('a sealed secret is worth nothing in another user’s row', async () => {
  const { secret } = await person.turnSecondFactorOn()
  const thief = await TestPerson.make(api)
  await thief.logOn()
  await thief.turnSecondFactorOn()
  const { sealedSecret } = await api.ctx.db.prisma.secondFactor.findUniqueOrThrow({ where: { userId: person.id } })
  await api.ctx.db.prisma.secondFactor.update({ where: { userId: thief.id }, data: { sealedSecret } })
  expect((await thief.elsewhere().logOn({ code: codeOf(secret, 1) })).status).toBe(500)
})
