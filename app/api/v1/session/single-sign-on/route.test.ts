import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { type OpenIdProvider, type ProvidedClaims, passProvider, startOpenIdProvider } from '@/e2e/openid-provider'
import { createRefreshToken, redeemRefreshToken } from '@/lib/auth/registry/refresh-tokens'
import { holderOf, proveCredentials, proveHolder } from '@/lib/auth/registry/registry-credentials'
import { temporaryUserName } from '@/lib/domain/access'
import { type TestAnswer, type TestApi, basic, openTestApi, uniqueName } from '@/lib/testing/test-api'
import { TestPerson } from '@/lib/testing/test-session'

const origin = 'http://localhost:3000'
let provider: OpenIdProvider
let api: TestApi

beforeAll(async () => {
  provider = await startOpenIdProvider(origin, 'https://hub.test')
  api = await openTestApi(provider.env)
})
afterAll(async () => {
  await api.close()
  await provider.close()
})

const startPath = '/session/single-sign-on'
const callbackPath = '/session/single-sign-on/callback'

function start(on = api, next?: string, headers: Record<string, string> = {}) {
  const query = next === undefined ? '' : `?next=${encodeURIComponent(next)}`
  return on.call('GET', startPath, {}, { anonymous: true, query, headers })
}

/** The cookies that a browser sends after an answer. */
function cookiesOf(answer: TestAnswer): string {
  return answer.headers
    .getSetCookie()
    .filter((cookie) => !cookie.includes('Max-Age=0'))
    .map((cookie) => cookie.split(';')[0])
    .join('; ')
}

function comeBack(on: TestApi, url: URL, cookie: string, headers: Record<string, string> = {}) {
  return on.call('GET', callbackPath, {}, { anonymous: true, query: url.search, headers: { cookie, ...headers } })
}

/** The whole way; answers what the browser gets at its end. */
async function signIn(login: string, { on = api, next }: { on?: TestApi; next?: string } = {}): Promise<TestAnswer> {
  const started = await start(on, next)
  expect(started.status).toBe(303)
  const url = await passProvider(started.headers.get('location') ?? '', login)
  expect(url.origin + url.pathname).toBe(`${origin}/api/v1${callbackPath}`)
  return comeBack(on, url, cookiesOf(started))
}

async function whoIs(answer: TestAnswer, on = api) {
  const shown = await on.call('GET', '/session', {}, { anonymous: true, headers: { cookie: cookiesOf(answer) } })
  return shown.status === 200 ? shown.json.user : null
}

const refusalOf = (answer: TestAnswer) =>
  new URL(answer.headers.get('location') ?? '', origin).searchParams.get('refused')

describe('a person of the provider', () => {
  test('becomes a member at the first sign-in, and is the same user at the next', async () => {
    const login = uniqueName()
    provider.setClaims(login, { preferred_username: `${login}@example.com`, name: 'Ada Lovelace' })
    const user = await whoIs(await signIn(login))
    expect(user).toMatchObject({ name: login, displayName: 'Ada Lovelace', role: 'MEMBER' })
    expect(await whoIs(await signIn(login))).toEqual(user)
    expect(await api.ctx.db.prisma.user.count({ where: { name: login } })).toBe(1)
  })

  test('is known by issuer and subject: another name there is the same user here', async () => {
    const login = uniqueName()
    const user = await whoIs(await signIn(login))
    provider.setClaims(login, { preferred_username: uniqueName() })
    expect(await whoIs(await signIn(login))).toEqual(user)
  })

  test('ends at the page that was asked for, and never at another site', async () => {
    const login = uniqueName()
    const wanted = '/cn-hangzhou/instances?search=a'
    expect((await signIn(login, { next: wanted })).headers.get('location')).toBe(wanted)
    for (const next of ['https://evil.example/', '//evil.example/', '/\\evil.example/', 'javascript:alert(1)']) {
      expect((await signIn(login, { next })).headers.get('location')).toBe('/')
    }
  })

  test('has no password here, and cannot log on by one', async () => {
    const login = uniqueName()
    await signIn(login)
    for (const password of ['any', 'null', '']) {
      const answer = await api.call('POST', '/session', {}, { anonymous: true, body: { userName: login, password } })
      expect(answer.status).toBeGreaterThanOrEqual(400)
    }
  })

  test('is recorded: the user that was made, and the sign-in', async () => {
    const login = uniqueName()
    await signIn(login)
    const events = await api.ctx.db.prisma.auditEvent.findMany({ where: { targetName: login }, orderBy: { id: 'asc' } })
    expect(events).toMatchObject([
      { action: 'CREATE', actor: login, credential: 'single-sign-on', address: '192.0.2.7' },
      { action: 'LOG_ON', actor: login, credential: 'single-sign-on', address: '192.0.2.7' },
    ])
    const created = JSON.parse(events[0]?.after ?? '') as object
    expect(created).toMatchObject({ issuer: provider.issuer, subject: login, role: 'MEMBER' })
  })
})

describe('the name of a new user', () => {
  const nameOf = async (claims: ProvidedClaims, on = api) => {
    const login = uniqueName()
    provider.setClaims(login, claims)
    return ((await whoIs(await signIn(login, { on }), on)) as { name: string } | null)?.name
  }

  test('that a local user has gets a suffix, always the same for one person: nobody is taken over', async () => {
    const local = await TestPerson.make(api)
    const login = uniqueName()
    provider.setClaims(login, { preferred_username: local.name })
    const user = await whoIs(await signIn(login))
    expect(user).toMatchObject({
      name: expect.stringMatching(`^${local.name}-[0-9a-f]{8}$`) as unknown,
      role: 'MEMBER',
    })
    expect(await whoIs(await signIn(login))).toEqual(user)
    expect(await api.ctx.db.prisma.userIdentity.count({ where: { userId: local.id } })).toBe(0)
    // Made again, they get the same name.
    await api.ctx.db.prisma.user.delete({ where: { id: (user as { id: string }).id } })
    expect(await whoIs(await signIn(login))).toMatchObject({ name: (user as { name: string }).name })
  })

  test('that two people of the provider have goes to the first; the second gets another', async () => {
    const name = uniqueName()
    expect(await nameOf({ preferred_username: `${name}@a.example` })).toBe(name)
    expect(await nameOf({ preferred_username: `${name}@b.example` })).toMatch(new RegExp(`^${name}-[0-9a-f]{8}$`))
    const [one, two] = await Promise.all([
      nameOf({ preferred_username: `at once ${name}` }),
      nameOf({ preferred_username: `at once ${name}` }),
    ])
    expect(new Set([one, two]).size).toBe(2)
    expect([one, two]).toContain(`at-once-${name}`)
  })

  test.each<[string, ProvidedClaims, RegExp]>([
    ['spaces', { preferred_username: ' Grace  Hopper ' }, /^grace-hopper$/],
    ['accents', { preferred_username: 'Zoë Łukasz-Strauß' }, /^zoe-lukasz-strauss$/],
    ['a Windows domain', { preferred_username: 'CORP\\alan' }, /^alan$/],
    ['other letters', { preferred_username: '管理员' }, /^user-[0-9a-f]{8}$/],
    ['some other letters', { preferred_username: '李娜.li' }, /^li$/],
    ['nothing before the @', { preferred_username: '@example.com' }, /^user-[0-9a-f]{8}$/],
    ['a name that records use', { preferred_username: 'System' }, /^system-[0-9a-f]{8}$/],
    ['the form of robots', { preferred_username: 'robot+ci' }, /^robot-ci$/],
    ['a line end', { preferred_username: 'ada\nlovelace' }, /^ada-lovelace$/],
    ['too many characters', { preferred_username: 'n'.repeat(300) }, /^n{64}$/],
  ])('is allowed where the provider’s has %s', async (_, claims, name) => {
    expect(await nameOf(claims)).toMatch(name)
  })

  test('that had to be changed is shown as display name', async () => {
    const login = uniqueName()
    provider.setClaims(login, { preferred_username: '王小明' })
    expect(await whoIs(await signIn(login))).toMatchObject({ displayName: '王小明' })
  })

  test('comes from the claim of the settings, and from the usual ones for people who lack it', () =>
    withGroups({ STELE_OIDC_USERNAME_CLAIM: 'name' }, async (on) => {
      expect(await nameOf({ preferred_username: 'u1234', name: 'Mary Jackson' }, on)).toBe('mary-jackson')
      expect(await nameOf({ preferred_username: 'u1235' }, on)).toBe('u1235')
    }))
})

describe('who stays out, and is told why', () => {
  test('a user who is disabled', async () => {
    const login = uniqueName()
    const first = await signIn(login)
    await api.ctx.db.prisma.user.update({ where: { name: login }, data: { isDisabled: true } })
    expect(await whoIs(first)).toBeNull()
    const answer = await signIn(login)
    expect(refusalOf(answer)).toBe('disabled')
    expect(await whoIs(answer)).toBeNull()
  })

  test('who cancels at the provider', async () => {
    const started = await start()
    const state = new URL(started.headers.get('location') ?? '').searchParams.get('state') ?? ''
    const url = new URL(`${origin}/?error=access_denied&state=${state}`)
    expect(refusalOf(await comeBack(api, url, cookiesOf(started)))).toBe('cancelled')
  })
})

async function withGroups<T>(env: Record<string, string>, run: (on: TestApi) => Promise<T>): Promise<T> {
  const on = await openTestApi({ ...provider.env, ...env })
  try {
    return await run(on)
  } finally {
    await on.close()
  }
}

describe('groups', () => {
  test('make administrators, at each sign-in anew', () =>
    withGroups({ STELE_OIDC_ADMIN_GROUPS: 'owners,platform' }, async (on) => {
      const login = uniqueName()
      const roleWith = async (groups: ProvidedClaims['groups']) => {
        provider.setClaims(login, groups === undefined ? {} : { groups })
        return ((await whoIs(await signIn(login, { on }), on)) as { role: string } | null)?.role
      }
      expect(await roleWith(['staff', 'platform'])).toBe('ADMINISTRATOR')
      expect(await roleWith(['staff'])).toBe('MEMBER')
      expect(await roleWith('owners')).toBe('ADMINISTRATOR')
      expect(await roleWith('owners-of-nothing')).toBe('MEMBER')
      expect(await roleWith(undefined)).toBe('MEMBER')
      const changes = await on.ctx.db.prisma.auditEvent.count({ where: { action: 'UPDATE', targetName: login } })
      expect(changes).toBe(3)
    }))

  test.each<[string, ProvidedClaims['groups'], 'ADMINISTRATOR' | 'MEMBER']>([
    ['one text with commas', 'staff, owners', 'ADMINISTRATOR'],
    ['one text with spaces, which is one group', 'not owners', 'MEMBER'],
    ['a list whose element has a comma, which is one group', ['staff,owners'], 'MEMBER'],
    ['a path of Keycloak', ['/owners'], 'ADMINISTRATOR'],
    ['a path whose setting has a slash', ['/team/leads'], 'ADMINISTRATOR'],
    ['the path of another group with the same end', ['/guests/owners'], 'MEMBER'],
    ['another case, which is another group', ['Owners'], 'MEMBER'],
    ['a space, which makes another group', ['owners '], 'MEMBER'],
    ['nothing', '', 'MEMBER'],
  ])('as %s', (_, groups, role) =>
    withGroups({ STELE_OIDC_ADMIN_GROUPS: 'owners,/team/leads' }, async (on) => {
      const login = uniqueName()
      provider.setClaims(login, groups === undefined ? {} : { groups })
      expect(await whoIs(await signIn(login, { on }), on)).toMatchObject({ role })
    }),
  )

  test('that are not set leave the role to the administrators here', async () => {
    const login = uniqueName()
    provider.setClaims(login, { groups: ['owners'] })
    expect(await whoIs(await signIn(login))).toMatchObject({ role: 'MEMBER' })
    await api.ctx.db.prisma.user.update({ where: { name: login }, data: { role: 'ADMINISTRATOR' } })
    expect(await whoIs(await signIn(login))).toMatchObject({ role: 'ADMINISTRATOR' })
  })

  test('that name no administrator any more leave the last one in office', () =>
    withGroups({ STELE_OIDC_ADMIN_GROUPS: 'owners' }, async (on) => {
      const [first, second] = [uniqueName(), uniqueName()]
      for (const login of [first, second]) {
        provider.setClaims(login, { groups: ['owners'] })
        expect(await whoIs(await signIn(login, { on }), on)).toMatchObject({ role: 'ADMINISTRATOR' })
      }
      await on.ctx.db.prisma.user.updateMany({ where: { name: { notIn: [first, second] } }, data: { role: 'MEMBER' } })
      for (const login of [first, second]) provider.setClaims(login, { groups: [] })
      expect(await whoIs(await signIn(first, { on }), on)).toMatchObject({ role: 'MEMBER' })
      expect(await whoIs(await signIn(second, { on }), on)).toMatchObject({ role: 'ADMINISTRATOR' })
    }))

  test('keep everybody else out', () =>
    withGroups({ STELE_OIDC_MEMBER_GROUPS: 'staff', STELE_OIDC_ADMIN_GROUPS: 'owners' }, async (on) => {
      const [inside, owner, outside] = [uniqueName(), uniqueName(), uniqueName()]
      provider.setClaims(inside, { groups: ['staff'] })
      provider.setClaims(owner, { groups: ['owners'] })
      provider.setClaims(outside, { groups: ['guests'] })
      expect(await whoIs(await signIn(inside, { on }), on)).toMatchObject({ role: 'MEMBER' })
      expect(await whoIs(await signIn(owner, { on }), on)).toMatchObject({ role: 'ADMINISTRATOR' })
      expect(refusalOf(await signIn(outside, { on }))).toBe('not-allowed')
      expect(await on.ctx.db.prisma.user.count({ where: { name: outside } })).toBe(0)
      // Who was in and is no longer, stays out too.
      provider.setClaims(inside, { groups: [] })
      expect(refusalOf(await signIn(inside, { on }))).toBe('not-allowed')
    }))
})

describe('who is in none of the admitted groups any more', () => {
  const settings = { STELE_OIDC_MEMBER_GROUPS: 'staff', STELE_OIDC_ADMIN_GROUPS: 'owners' }
  const origin = { address: '192.0.2.7', userAgent: 'test' }

  /** An administrator of the provider who holds one of each thing; `works` lists those that still let them in. */
  async function holdEverything(on: TestApi, login: string) {
    provider.setClaims(login, { groups: ['owners'] })
    const cookie = cookiesOf(await signIn(login, { on }))
    const call = (
      method: Parameters<TestApi['call']>[0],
      path: string,
      params: Record<string, string> = {},
      body?: object,
    ) => on.call(method, path, params, { anonymous: true, body, headers: { cookie, origin: 'http://localhost:3000' } })
    const { instanceId } = await on.makeRepository()
    const key = await call('POST', '/access-keys', {}, {})
    await call('PUT', '/instances/{instanceId}/credentials/password', { instanceId }, { password: 'registry-pw-1' })
    const temporary = await call('POST', '/instances/{instanceId}/credentials/temporary-token', { instanceId }, {})
    const registry = { name: login, secret: 'registry-pw-1' }
    const [byPassword, byToken] = [registry, { name: temporaryUserName, secret: String(temporary.json.token) }]
    const proven = await proveCredentials(on.ctx, instanceId, byPassword, origin)
    const refreshToken = await createRefreshToken(on.ctx, instanceId, proven, { clientId: 'docker', ...origin })
    const access = basic(key.json.id, String(key.json.secret))
    const ways: Record<string, () => Promise<unknown>> = {
      session: async () => expect((await call('GET', '/profile')).status).toBe(200),
      'access key': async () =>
        expect((await on.call('GET', '/profile', {}, { headers: { authorization: access } })).status).toBe(200),
      'registry password': () => proveCredentials(on.ctx, instanceId, byPassword, origin),
      'temporary token': () => proveCredentials(on.ctx, instanceId, byToken, origin),
      'refresh token': () => redeemRefreshToken(on.ctx, instanceId, refreshToken, origin),
      'registry token at a push': () => proveHolder(on.ctx, instanceId, holderOf(proven)),
    }
    const works = async () => {
      const working: string[] = []
      for (const [name, tryIt] of Object.entries(ways)) {
        const isLetIn = await tryIt().then(
          () => true,
          () => false,
        )
        if (isLetIn) working.push(name)
      }
      return working
    }
    return { works, all: Object.keys(ways) }
  }

  test('loses everything held here and the role of an administrator at the refused sign-in', () =>
    withGroups(settings, async (on) => {
      const login = uniqueName()
      const { works, all } = await holdEverything(on, login)
      expect(await works()).toEqual(all)
      await on.ctx.db.prisma.user.update({ where: { name: login }, data: { passwordHash: 'a hash' } })
      provider.setClaims(login, { groups: ['guests'] })
      expect(refusalOf(await signIn(login, { on }))).toBe('not-allowed')
      expect(await works()).toEqual([])
      const user = await on.ctx.db.prisma.user.findUniqueOrThrow({ where: { name: login } })
      expect(user).toMatchObject({ role: 'MEMBER', passwordHash: null, isDisabled: false })

      const events = { where: { action: 'UPDATE', targetType: 'USER', targetId: user.id } }
      const event = await on.ctx.db.prisma.auditEvent.findFirstOrThrow(events)
      expect(event).toMatchObject({ actor: login, credential: 'single-sign-on', address: '192.0.2.7' })
      expect(JSON.parse(event.before ?? '')).toEqual({ role: 'ADMINISTRATOR' })
      expect(JSON.parse(event.after ?? '')).toEqual({
        role: 'MEMBER',
        password: 'removed',
        ended: { sessions: 1, accessKeys: 1, registryPasswords: 1, temporaryTokens: 1 },
      })
      // Nothing is left to end the next time; let in again, they begin anew.
      expect(refusalOf(await signIn(login, { on }))).toBe('not-allowed')
      expect(await on.ctx.db.prisma.auditEvent.count(events)).toBe(1)
      provider.setClaims(login, { groups: ['staff'] })
      expect(await whoIs(await signIn(login, { on }), on)).toMatchObject({ id: user.id, role: 'MEMBER' })
      expect(await works()).toEqual([])
    }))

  test('and is the last administrator, stays one, with a console password if there is one; all else ends', () =>
    withGroups(settings, async (on) => {
      const login = uniqueName()
      const { works } = await holdEverything(on, login)
      const { user } = on.ctx.db.prisma
      await user.update({ where: { name: login }, data: { passwordHash: 'a hash' } })
      await user.updateMany({ where: { name: { not: login } }, data: { role: 'MEMBER' } })
      provider.setClaims(login, { groups: [] })
      expect(refusalOf(await signIn(login, { on }))).toBe('not-allowed')
      expect(await works()).toEqual([])
      const left = await user.findUniqueOrThrow({ where: { name: login } })
      expect(left).toMatchObject({ role: 'ADMINISTRATOR', passwordHash: 'a hash' })
    }))

  test('does not harm anybody else: neither another user nor the user of the same name', () =>
    withGroups(settings, async (on) => {
      const [login, other] = [uniqueName(), uniqueName()]
      const { works, all } = await holdEverything(on, other)
      provider.setClaims(login, { groups: [], preferred_username: other })
      expect(refusalOf(await signIn(login, { on }))).toBe('not-allowed')
      expect(await works()).toEqual(all)
    }))
})

describe('the way back', () => {
  async function atTheEnd() {
    const started = await start()
    const url = await passProvider(started.headers.get('location') ?? '', uniqueName())
    return { url, cookie: cookiesOf(started) }
  }

  test('is taken once', async () => {
    const { url, cookie } = await atTheEnd()
    const answer = await comeBack(api, url, cookie)
    expect(await whoIs(answer)).not.toBeNull()
    expect(answer.headers.getSetCookie().join()).toMatch(/stele_single_sign_on_3000=; Path=\/; Max-Age=0/)
    expect(refusalOf(await comeBack(api, url, cookie))).toBe('failed')
  })

  test('is only for the browser that began it: nobody is logged on as somebody else by a link', async () => {
    const { url } = await atTheEnd()
    expect(refusalOf(await comeBack(api, url, ''))).toBe('expired')
    expect(refusalOf(await comeBack(api, url, cookiesOf(await start())))).toBe('failed')
    expect(refusalOf(await comeBack(api, url, 'stele_single_sign_on_3000=made-up'))).toBe('expired')
  })

  test('that leads nowhere too often is closed for its address: the provider is not asked without end', async () => {
    const address = { 'x-stele-remote-address': '192.0.2.99' }
    const tries: (string | null | number)[] = []
    for (let i = 0; i < 102; i++) {
      const answer = await comeBack(
        api,
        new URL(`${origin}/?code=guess&state=made-up`),
        cookiesOf(await start()),
        address,
      )
      tries.push(answer.status === 303 ? refusalOf(answer) : answer.status)
    }
    expect(tries.slice(0, 100)).toEqual(Array(100).fill('failed'))
    expect(tries.slice(100)).toEqual([429, 429])
    const { url, cookie } = await atTheEnd()
    expect(await whoIs(await comeBack(api, url, cookie))).not.toBeNull()
  })

  test('is closed after a while', async () => {
    const { url, cookie } = await atTheEnd()
    vi.useFakeTimers({ now: Date.now() + 11 * 60_000, toFake: ['Date'] })
    try {
      expect(refusalOf(await comeBack(api, url, cookie))).toBe('expired')
    } finally {
      vi.useRealTimers()
    }
  })

  test.each(['state', 'code', 'iss'])('is refused with another %s', async (name) => {
    const { url, cookie } = await atTheEnd()
    url.searchParams.set(name, 'made-up')
    const answer = await comeBack(api, url, cookie)
    expect(refusalOf(answer)).toBe('failed')
    expect(await whoIs(answer)).toBeNull()
  })

  test('ends the session that the browser held, and gives it another', async () => {
    const person = await TestPerson.make(api)
    await person.logOn()
    const { url, cookie } = await atTheEnd()
    const answer = await comeBack(api, url, `${cookie}; ${person.cookie ?? ''}`)
    expect(await whoIs(answer)).not.toBeNull()
    expect(await person.isLoggedOn()).toBe(false)
  })
})

test('what the browser keeps meanwhile is sealed and out of reach; over TLS it stays there', async () => {
  const plain = await start()
  expect(plain.headers.getSetCookie()).toEqual([
    expect.stringMatching(
      /^stele_single_sign_on_3000=[\w+/=]+; Path=\/; Max-Age=600; HttpOnly; SameSite=Lax$/,
    ) as unknown as string,
  ])
  const overTls = await start(api, undefined, { 'x-stele-forwarded-proto': 'https', host: 'hub.test' })
  expect(overTls.headers.getSetCookie()[0]).toMatch(/; Secure$/)
  const asked = new URL(overTls.headers.get('location') ?? '').searchParams
  expect(asked.get('redirect_uri')).toBe(`https://hub.test/api/v1${callbackPath}`)
  expect(asked.get('code_challenge_method')).toBe('S256')
  for (const name of ['state', 'nonce', 'code_challenge']) expect(asked.get(name)?.length).toBeGreaterThan(20)
})

test('a provider that does not answer leads back to the log-on page, and is asked again the next time', async () => {
  const away = await startOpenIdProvider(origin)
  await away.close()
  const on = await openTestApi(away.env)
  const answer = await start(on, '/maintenance/scrub')
  expect(answer.headers.get('location')).toBe('/login?refused=failed&next=%2Fmaintenance%2Fscrub')
  await on.close()
})

test('without a provider there is no such thing', async () => {
  const on = await openTestApi()
  expect((await start(on)).status).toBe(404)
  expect((await comeBack(on, new URL(`${origin}/?code=x&state=y`), '')).status).toBe(404)
  await on.close()
})
