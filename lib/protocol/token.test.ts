import { decodeJwt } from 'jose'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import {
  type Answer,
  type TestRegistry,
  authorization,
  basic,
  defaultInstanceId,
  startTestRegistry,
} from '@/lib/testing/test-registry'

let registry: TestRegistry
let close: () => Promise<void>
let memberId: string
let robotId: string

const member = basic('member', 'member-password-1')
const robot = basic('robot+builder', 'robot-secret')
const other = { host: 'other-registry.cn-shanghai.localhost' }

beforeAll(async () => {
  ;({ registry, close } = await startTestRegistry())
  const { db } = registry.ctx
  const instanceId = await defaultInstanceId(registry.ctx)
  const { id: namespaceId } = await db.prisma.namespace.findFirstOrThrow()
  const settings = { specification: 'Enterprise_Basic', isDefault: false }
  await db.prisma.instance.create({ data: { id: 'cri-other', name: 'other', regionId: 'cn-shanghai', ...settings } })
  for (const [name, type] of [
    ['secret', 'PRIVATE'],
    ['open', 'PUBLIC'],
  ] as const) {
    const texts = { summary: '', description: '', updatedBy: 'admin' }
    const data = { id: `crr-${name}`, instanceId, namespaceId, name, path: `test/${name}`, type, ...texts }
    await db.prisma.repository.create({ data })
  }
  memberId = await registry.addUser('member', 'member-password-1')
  robotId = await registry.addRobot('builder', 'robot-secret')
  await registry.grant({ userId: memberId }, 'PULL')
  await registry.grant({ robotId }, 'PUSH')
})
afterAll(() => close())

const ask = (query: string, credentials?: string, headers: Record<string, string> = {}) =>
  registry.send('GET', `/v2/token${query}`, {
    anonymous: true,
    headers: { ...(credentials !== undefined && { authorization: credentials }), ...headers },
  })

const post = (fields: Record<string, string> | string, headers: Record<string, string> = {}) =>
  registry.send('POST', '/v2/token', {
    anonymous: true,
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
    body: typeof fields === 'string' ? fields : new URLSearchParams(fields).toString(),
  })

const errorOf = (answer: Answer) => [answer.status, answer.json.errors?.[0]?.code, answer.json.errors?.[0]?.message]
const bearer = (answer: Answer) => ({ authorization: `Bearer ${String(answer.json['token'])}` })
const accessOf = (answer: Answer) => decodeJwt(String(answer.json['token']))['access']

describe('GET of a token', () => {
  test('answers all that clients look for', async () => {
    const answer = await ask('?service=localhost&account=member&scope=repository:test/example:pull', member)
    expect(answer.status).toBe(200)
    expect(answer.headers['cache-control']).toBe('no-store')
    const { token, access_token, expires_in, issued_at, ...rest } = answer.json
    expect(access_token).toBe(token)
    expect(expires_in).toBe(300)
    expect(Math.abs(Date.parse(String(issued_at)) - Date.now())).toBeLessThan(5_000)
    expect(rest).toEqual({ token_type: 'Bearer', scope: 'repository:test/example:pull' })
    expect(decodeJwt(String(token))).toMatchObject({ sub: memberId, aud: await defaultInstanceId(registry.ctx) })
  })

  test.each([
    ['what a grant gives, of what was asked', 'repository:test/example:pull,push', ['test/example:pull']],
    ['PUBLIC to everybody who was proven', 'repository:test/open:pull,push', ['test/open:pull']],
    ['nothing of what one may not know of', 'repository:test/secret:pull,push', []],
    ['nothing of what is not there', 'repository:test/none:pull,push', []],
    ['the catalog', 'registry:catalog:*', ['catalog:*']],
    [
      'several, in one parameter or two',
      'repository:test/example:pull%20repository:test/secret:pull&scope=repository:test/open:*&scope=registry:x:y',
      ['test/example:pull', 'test/open:pull'],
    ],
    ['nothing where nothing was asked', '', []],
  ])('grants %s', async (_, scope, expected) => {
    const access = accessOf(await ask(`?scope=${scope}`, member)) as { name: string; actions: string[] }[]
    expect(access.map(({ name, actions }) => `${name}:${actions.join(',')}`)).toEqual(expected)
  })

  test('a robot gets what it is granted, an administrator whatever it is', async () => {
    const scope = '?scope=repository:test/example:pull,push,delete&scope=repository:test/none:*'
    const [ofRobot, ofAdministrator] = [await ask(scope, robot), await ask(scope, authorization)]
    expect(ofRobot.json['scope']).toBe('repository:test/example:pull,push')
    expect(ofAdministrator.json['scope']).toBe('repository:test/example:pull,push repository:test/none:pull,push')
  })

  test.each(['Member', 'member ', ' MEMBER'])('%j means the user member, at every way to log on', async (name) => {
    const secret = 'member-password-1'
    expect((await ask('', basic(name, secret))).status).toBe(200)
    expect((await post({ grant_type: 'password', username: name, password: secret })).status).toBe(200)
    const authorization = basic(name, secret)
    expect((await registry.send('GET', '/v2/', { anonymous: true, headers: { authorization } })).status).toBe(200)
  })

  test('a member who may push to a namespace gets a token for what is not there yet', async () => {
    const instanceId = await defaultInstanceId(registry.ctx)
    const { id: namespaceId } = await registry.ctx.db.prisma.namespace.findFirstOrThrow()
    const userId = await registry.addUser('pusher', 'pusher-password-1')
    const grant = { subjectId: userId, instanceId, namespaceId, scopeId: namespaceId, permission: 'PUSH' } as const
    await registry.ctx.db.prisma.grant.create({ data: { id: 'grt-push', userId, ...grant, createdBy: 'admin' } })
    const scope = '?scope=repository:test/none:pull,push&scope=repository:nowhere/none:pull,push'
    expect((await ask(scope, basic('pusher', 'pusher-password-1'))).json['scope']).toBe(
      'repository:test/none:pull,push',
    )
  })

  test('more scopes than a client has a use for are refused', async () => {
    const scope = Array.from({ length: 51 }, (_, index) => `repository:a/b${index}:pull`).join('%20')
    const answer = await ask(`?scope=${scope}`, member)
    expect(answer.status).toBe(400)
    expect(answer.json).toMatchObject({ error: 'invalid_request' })
  })

  test('other methods are not known', async () => {
    const answer = await registry.send('PUT', '/v2/token')
    expect([answer.status, answer.headers.allow]).toEqual([405, 'GET, POST'])
  })
})

describe('credentials', () => {
  test.each([
    ['a wrong password', basic('member', 'wrong-password-1')],
    ['a user there is not', basic('nobody', 'member-password-1')],
    ['a wrong secret of a robot', basic('robot+builder', 'wrong')],
    ['a robot there is not', basic('robot+nobody', 'robot-secret')],
    ['a robot without its prefix', basic('builder', 'robot-secret')],
    ['a temporary token there is not', basic('cr_temp_user', 'nothing')],
    ['nothing at all', basic('', '')],
  ])('%s is answered with the same words', async (_, credentials) => {
    const answer = await ask('', credentials)
    expect(errorOf(answer)).toEqual([
      401,
      'UNAUTHORIZED',
      'incorrect user name or password. A registry has passwords of its own: ' +
        'set one in the console under Instances > Access Credential',
    ])
    expect(answer.headers['www-authenticate']).toBe('Basic realm="Stele", charset="UTF-8"')
  })

  test('a user without a registry password is answered so too, with the console’s', async () => {
    const userId = await registry.addUser('console-only', 'console-password-1')
    const { db } = registry.ctx
    const { passwordHash } = await db.prisma.registryPassword.findFirstOrThrow({ where: { userId } })
    await db.prisma.user.update({ where: { id: userId }, data: { passwordHash } })
    await db.prisma.registryPassword.deleteMany({ where: { userId } })
    const [known, unknown] = [
      await ask('', basic('console-only', 'console-password-1')),
      await ask('', basic('nobody-else', 'console-password-1')),
    ]
    expect(errorOf(known)).toEqual(errorOf(unknown))
    expect(known.status).toBe(401)
  })

  test.each(['Basic', 'Basic !', 'Bearer x', 'Negotiate x', `Basic ${btoa('member')}`])(
    'Authorization %o is not enough',
    async (value) => expect((await ask('', value)).status).toBe(401),
  )

  test('those of one instance are nothing at another, nor at a host of none', async () => {
    for (const headers of [other, { host: 'none-registry.cn-shanghai.localhost' }]) {
      const there = await ask('', member, headers)
      const wrong = await ask('', basic('member', 'wrong-password-2'), headers)
      expect(errorOf(there)).toEqual(errorOf(wrong))
      expect(there.status).toBe(401)
      expect((await registry.send('GET', '/v2/', { headers: { ...headers, authorization: member } })).status).toBe(401)
    }
  })

  test('a disabled user is told so, to whoever knows the password and nobody else', async () => {
    const id = await registry.addUser('leaver', 'leaver-password-1')
    const credentials = basic('leaver', 'leaver-password-1')
    expect((await ask('', credentials)).status).toBe(200)
    await registry.ctx.db.prisma.user.update({ where: { id }, data: { isDisabled: true } })
    expect(errorOf(await ask('', credentials))[2]).toBe('the user leaver is disabled')
    expect(errorOf(await ask('', basic('leaver', 'wrong-password-1')))[2]).toMatch(/^incorrect user name or password/)
    expect((await registry.send('GET', '/v2/', { headers: { authorization: credentials } })).status).toBe(401)
  })

  test('a robot that is disabled or has expired is told so', async () => {
    const expiresAt = new Date('2026-11-01T00:00:00Z')
    await registry.addRobot('expired', 'secret-of-expired', { expiresAt })
    await registry.addRobot('disabled', 'secret-of-disabled', { isDisabled: true })
    expect(errorOf(await ask('', basic('robot+expired', 'secret-of-expired')))[2]).toBe(
      "the robot's credential expired on 2026-11-01",
    )
    expect(errorOf(await ask('', basic('robot+disabled', 'secret-of-disabled')))[2]).toBe(
      'the robot robot+disabled is disabled',
    )
  })

  test('a temporary token does what its user may, until it expires or is revoked, and says then why', async () => {
    const id = await registry.addTemporaryToken(memberId, 'temporary-token')
    const expired = await registry.addTemporaryToken(memberId, 'expired-token', new Date(Date.now() - 1))
    const credentials = basic('cr_temp_user', 'temporary-token')
    const answer = await ask('?scope=repository:test/example:pull,push', credentials)
    expect(answer.json['scope']).toBe('repository:test/example:pull')
    expect(decodeJwt(String(answer.json['token']))).toMatchObject({ sub: memberId, name: 'member', credential: id })
    expect(errorOf(await ask('', basic('cr_temp_user', 'expired-token')))[2]).toBe('the temporary token has expired')
    expect(expired).not.toBe(id)
    await registry.ctx.db.prisma.temporaryToken.update({ where: { id }, data: { revokedAt: new Date() } })
    expect(errorOf(await ask('', credentials))[2]).toBe('the temporary token was revoked')
  })

  test('a changed password counts at once, remembered or not', async () => {
    const userId = await registry.addUser('changer', 'former-password-1')
    const former = basic('changer', 'former-password-1')
    for (let time = 0; time < 3; time += 1) expect((await ask('', former)).status).toBe(200)
    const { passwordHash } = await registry.ctx.db.prisma.registryPassword.findFirstOrThrow({
      where: { userId: memberId },
    })
    await registry.ctx.db.prisma.registryPassword.updateMany({ where: { userId }, data: { passwordHash } })
    expect((await ask('', former)).status).toBe(401)
    expect((await ask('', basic('changer', 'member-password-1'))).status).toBe(200)
  })

  test('other spellings of a name are no further guesses, at any way to log on', async () => {
    await registry.addUser('spelled', 'spelled-password-1')
    const names = ['spelled', 'Spelled', ' SPELLED ']
    const ways = [
      (name: string, secret: string) => ask('', basic(name, secret)),
      (username: string, password: string) => post({ grant_type: 'password', username, password }),
      (name: string, secret: string) =>
        registry.send('GET', '/v2/', { anonymous: true, headers: { authorization: basic(name, secret) } }),
    ]
    const guesses = names.flatMap((name) => ways.map((guess) => (i: number) => guess(name, `wrong-${i}`)))
    const statuses: number[] = []
    for (const [i, guess] of [...guesses, ...guesses].entries()) statuses.push((await guess(i)).status)
    expect(statuses).toEqual([...Array<number>(10).fill(401), ...Array<number>(8).fill(429)])
  })

  test('too many failures are answered 429 with when to come back, right or wrong, if it was not proven just now', async () => {
    await registry.addUser('guessed', 'guessed-password-1')
    const right = basic('guessed', 'guessed-password-1')
    let answer = await ask('', basic('guessed', 'guess-0'))
    for (let guess = 1; answer.status === 401; guess += 1) answer = await ask('', basic('guessed', `guess-${guess}`))
    expect(answer.status).toBe(429)
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0)
    expect(answer.json.errors?.[0]?.code).toBe('TOOMANYREQUESTS')
    expect((await ask('', right)).status).toBe(429)
    expect((await registry.send('GET', '/v2/', { headers: { authorization: right } })).status).toBe(429)
    expect((await ask('', member)).status).toBe(200)
  })
})

describe('the instance of a token', () => {
  test('is the one that `service` names, whatever the host', async () => {
    await registry.shareAdministratorPassword('cri-other')
    const answer = await ask('?service=other-registry.cn-shanghai.localhost:5000', authorization)
    expect(decodeJwt(String(answer.json['token'])).aud).toBe('cri-other')
    expect((await registry.send('GET', '/v2/', { headers: { ...bearer(answer), ...other } })).status).toBe(200)
    const host = 'example-registry.cn-hangzhou.localhost'
    const here = await registry.send('GET', '/v2/', { headers: { ...bearer(answer), host } })
    expect(here.status).toBe(401)
    expect(here.headers['www-authenticate']).toContain('error="invalid_token"')
  })

  test.each(['', 'registry.example.com', 'Stele', 'x"y'])('is the host’s where `service` is %o', async (service) => {
    const query = service === '' ? '' : `?service=${encodeURIComponent(service)}`
    const answer = await ask(query, authorization, other)
    expect(decodeJwt(String(answer.json['token'])).aud).toBe('cri-other')
  })
})

describe('POST of a token', () => {
  const password = { grant_type: 'password', username: 'member', password: 'member-password-1', client_id: 'test' }

  test('by user name and password, for several scopes', async () => {
    const answer = await post({ ...password, scope: 'repository:test/example:pull,push repository:test/open:pull' })
    expect(answer.status).toBe(200)
    expect(answer.json).toMatchObject({
      ...{ token_type: 'Bearer', expires_in: 300, token: answer.json['access_token'] },
      scope: 'repository:test/example:pull repository:test/open:pull',
    })
    expect(answer.json['refresh_token']).toBeUndefined()
  })

  test.each<[string, Record<string, string> | string, Record<string, string>, number, string]>([
    ['a wrong password', { ...password, password: 'wrong' }, {}, 401, 'invalid_grant'],
    ['a refresh token there is not', { grant_type: 'refresh_token', refresh_token: 'x' }, {}, 401, 'invalid_grant'],
    ['no password', { grant_type: 'password', username: 'member' }, {}, 400, 'invalid_request'],
    ['no grant type', { username: 'member', password: 'x' }, {}, 400, 'invalid_request'],
    ['an empty refresh token', { grant_type: 'refresh_token', refresh_token: '' }, {}, 400, 'invalid_request'],
    ['another grant type', { grant_type: 'client_credentials' }, {}, 400, 'unsupported_grant_type'],
    ['a field twice', 'grant_type=password&username=a&username=b&password=c', {}, 400, 'invalid_request'],
    ['no form', '', {}, 400, 'invalid_request'],
    ['JSON', '{"grant_type":"password"}', { 'content-type': 'application/json' }, 415, 'invalid_request'],
    ['a form of a megabyte', `grant_type=password&x=${'x'.repeat(1_000_000)}`, {}, 413, 'invalid_request'],
  ])('%s is refused in both forms of errors', async (_, fields, headers, status, error) => {
    const answer = await post(fields, headers)
    expect(answer.status).toBe(status)
    expect(answer.json).toMatchObject({ error, error_description: answer.json.errors?.[0]?.message })
    expect(answer.json.errors).toHaveLength(1)
  })

  test('a plus sign that is not encoded is a space, and the error says so', async () => {
    const plain = await post('grant_type=password&username=robot%2Bci&password=wrong')
    expect(errorOf(plain)[2]).not.toMatch(/%2B/)
    const answer = await post('grant_type=password&username=robot+ci&password=wrong')
    expect(errorOf(answer)).toEqual([401, 'UNAUTHORIZED', expect.stringMatching(/\+.* means a space.*%2B/)])
  })

  test('a chunked form without end is cut off at its limit', async () => {
    const answer = await post(`grant_type=password&x=${'x'.repeat(100_000)}`, { 'transfer-encoding': 'chunked' })
    expect(answer.status).toBe(413)
  })
})

describe('a refresh token', () => {
  const offline = async (credentials: string) => {
    const [username = '', password = ''] = Buffer.from(credentials.slice('Basic '.length), 'base64')
      .toString()
      .split(':')
    const fields = { grant_type: 'password', username, password, service: 'localhost' }
    return String((await post({ ...fields, access_type: 'offline' })).json['refresh_token'])
  }
  const refresh = (token: string, scope = 'repository:test/example:pull,push') =>
    post({ grant_type: 'refresh_token', refresh_token: token, scope, client_id: 'docker', service: 'localhost' })

  test('is given when asked for, kept as a hash only, and gives tokens of what is granted then', async () => {
    const token = await offline(member)
    expect(token).toMatch(/^[A-Za-z0-9]{43}$/)
    expect(JSON.stringify(await registry.ctx.db.prisma.refreshToken.findMany())).not.toContain(token)
    const answer = await refresh(token)
    expect([answer.status, answer.json['scope']]).toEqual([200, 'repository:test/example:pull'])
  })

  test('is not given to a GET: docker would keep it where nobody else finds it', async () => {
    const answer = await ask('?offline_token=true&client_id=docker&service=localhost', member)
    expect([answer.status, answer.json['refresh_token']]).toEqual([200, undefined])
    expect((await ask('?offline_token=true')).status).toBe(401)
  })

  test('lasts thirty days from its last use, which is noted once a day', async () => {
    const { db } = registry.ctx
    await db.prisma.refreshToken.deleteMany()
    const token = await offline(member)
    const days = async () => {
      const row = await db.prisma.refreshToken.findFirstOrThrow()
      return (row.expiresAt.getTime() - Date.now()) / 86_400_000
    }
    expect(await days()).toBeCloseTo(30, 2)
    const leave = (left: number) =>
      db.prisma.refreshToken.updateMany({ data: { expiresAt: new Date(Date.now() + left * 86_400_000) } })
    await leave(29.5)
    await refresh(token)
    expect(await days()).toBeCloseTo(29.5, 2)
    await leave(3)
    await refresh(token)
    expect(await days()).toBeCloseTo(30, 2)
    await leave(-0.001)
    expect(errorOf(await refresh(token))[2]).toBe('the refresh token is not valid or has expired: log on again')
    await offline(member)
    expect(await db.prisma.refreshToken.count()).toBe(1)
  })

  describe('is kept', () => {
    const password = { grant_type: 'password', username: 'member', password: 'member-password-1' }
    let own: TestRegistry
    let closeOwn: () => Promise<void>

    beforeAll(async () => {
      ;({ registry: own, close: closeOwn } = await startTestRegistry())
      await own.addUser('member', 'member-password-1')
    })
    afterAll(() => closeOwn())
    beforeEach(() => own.ctx.db.prisma.refreshToken.deleteMany())

    const send = (fields: Record<string, string>) =>
      own.send('POST', '/v2/token', {
        anonymous: true,
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams({ ...fields, service: 'localhost' }).toString(),
      })
    const logOn = async (client_id: string) =>
      String((await send({ ...password, access_type: 'offline', client_id })).json['refresh_token'])
    const renew = async (token: string) => (await send({ grant_type: 'refresh_token', refresh_token: token })).status
    const count = () => own.ctx.db.prisma.refreshToken.count()

    test('for 150 machines behind one address: that of the first still works', async () => {
      const tokens: string[] = []
      for (let machine = 0; machine < 150; machine += 1) tokens.push(await logOn('docker'))
      expect(await renew(tokens[0] ?? '')).toBe(200)
      expect(await renew(tokens.at(-1) ?? '')).toBe(200)
      expect(await count()).toBe(150)
    })

    test(
      'while a client at the same address logs on a thousand times: it has 250, and used ones stay',
      { timeout: 60_000 },
      async () => {
        const used = await logOn('docker')
        expect(await renew(used)).toBe(200)
        const unused = await logOn('docker')
        const other = await logOn('buildkit')
        let last = ''
        for (let time = 0; time < 1000; time += 1) last = await logOn('docker')
        expect(await count()).toBe(251)
        expect([await renew(used), await renew(other), await renew(last), await renew(unused)]).toEqual([
          200, 200, 200, 401,
        ])
      },
    )

    test('when a client names itself anew each time, up to ten thousand of a bearer', async () => {
      const { userId, instanceId } = await own.ctx.db.prisma.registryPassword.findFirstOrThrow({
        where: { user: { name: 'member' } },
      })
      const expiresAt = new Date(Date.now() + 86_400_000)
      const row = (i: number) => ({
        ...{ tokenHash: `other-${i}`, userId, instanceId, client: `client-${i}`, expiresAt },
        createdAt: new Date(Date.now() - 1_000_000 + i),
        // The first two are the oldest, and were used: the third goes first.
        lastUsedAt: i < 2 ? new Date(Date.now() - 20 * 86_400_000) : null,
      })
      for (let page = 0; page < 10; page += 1) {
        const data = Array.from({ length: 1000 }, (_, i) => row(page * 1000 + i))
        await own.ctx.db.prisma.refreshToken.createMany({ data })
      }
      const token = await logOn('docker')
      expect(await count()).toBe(10_000)
      const left = await own.ctx.db.prisma.refreshToken.findMany({
        where: { tokenHash: { in: ['other-0', 'other-1', 'other-2', 'other-3'] } },
        orderBy: { tokenHash: 'asc' },
      })
      expect(left.map(({ tokenHash }) => tokenHash)).toEqual(['other-0', 'other-1', 'other-3'])
      expect(await renew(token)).toBe(200)
    })

    test('also when all others were used: the new one is not the one to go', async () => {
      const { userId, instanceId } = await own.ctx.db.prisma.registryPassword.findFirstOrThrow({
        where: { user: { name: 'member' } },
      })
      const first = await logOn('docker')
      const { client } = await own.ctx.db.prisma.refreshToken.findFirstOrThrow()
      const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000)
      const data = Array.from({ length: 250 }, (_, i) => ({
        ...{ tokenHash: `used-${i}`, userId, instanceId, client, expiresAt: daysAgo(-10) },
        lastUsedAt: daysAgo(20 - i / 100),
      }))
      await own.ctx.db.prisma.refreshToken.createMany({ data })
      const token = await logOn('docker')
      expect(await count()).toBe(250)
      expect([await renew(token), await renew(first)]).toEqual([200, 401])
      const left = await own.ctx.db.prisma.refreshToken.findMany({
        where: { tokenHash: { in: ['used-0', 'used-1'] } },
      })
      expect(left.map(({ tokenHash }) => tokenHash)).toEqual(['used-1'])
    })

    test('without the name of its client or its address', async () => {
      await logOn('the-name-of-a-client')
      const stored = JSON.stringify(await own.ctx.db.prisma.refreshToken.findMany())
      expect(stored).not.toMatch(/the-name-of-a-client|127\.0\.0\.1/)
    })

    test('works although its use cannot be noted: a registry with a full disk serves pulls', async () => {
      const token = await logOn('docker')
      const transaction = vi.spyOn(own.ctx.db, 'sqlTransaction').mockRejectedValue(new Error('disk full'))
      expect(await renew(token)).toBe(200)
      transaction.mockRestore()
    })
  })

  test('is nothing at another instance', async () => {
    const token = await offline(member)
    const form = { grant_type: 'refresh_token', refresh_token: token }
    expect((await post({ ...form, service: 'other-registry.cn-shanghai.localhost' })).status).toBe(401)
    expect((await post(form)).status).toBe(200)
  })

  test('is refused while its user is disabled', async () => {
    const token = await offline(member)
    const { user } = registry.ctx.db.prisma
    await user.update({ where: { id: memberId }, data: { isDisabled: true } })
    expect(errorOf(await refresh(token))).toEqual([401, 'UNAUTHORIZED', 'the user member is disabled'])
    await user.update({ where: { id: memberId }, data: { isDisabled: false } })
    expect((await refresh(token)).status).toBe(200)
  })

  test('ends with its temporary token, and does not outlive it', async () => {
    const expiresAt = new Date(Date.now() + 3_600_000)
    const id = await registry.addTemporaryToken(memberId, 'token-to-refresh', expiresAt)
    const token = await offline(basic('cr_temp_user', 'token-to-refresh'))
    const row = await registry.ctx.db.prisma.refreshToken.findFirstOrThrow({ where: { temporaryTokenId: id } })
    expect(row.expiresAt).toEqual(expiresAt)
    expect((await refresh(token)).status).toBe(200)
    await registry.ctx.db.prisma.temporaryToken.update({ where: { id }, data: { revokedAt: new Date() } })
    expect(errorOf(await refresh(token))[2]).toBe('the temporary token was revoked')
  })

  test('ends with its robot', async () => {
    const id = await registry.addRobot('short', 'secret-of-short')
    const token = await offline(basic('robot+short', 'secret-of-short'))
    expect((await refresh(token)).status).toBe(200)
    await registry.ctx.db.prisma.robot.delete({ where: { id } })
    expect((await refresh(token)).status).toBe(401)
  })
})

describe('records', () => {
  const events = async (action: 'LOG_ON' | 'LOG_ON_FAILED') =>
    registry.ctx.db.prisma.auditEvent.findMany({ where: { action }, orderBy: { id: 'asc' } })

  test('a log-on is the first use of a credential from an address, whatever for, and again after ten minutes', async () => {
    const userId = await registry.addUser('logged', 'logged-password-1')
    const robotId = await registry.addRobot('logged', 'logged-secret-1')
    const [user, robot] = [basic('logged', 'logged-password-1'), basic('robot+logged', 'logged-secret-1')]
    const before = (await events('LOG_ON')).length
    await Promise.all([1, 2, 3].map(() => ask('?scope=repository:test/example:pull', user)))
    await registry.send('GET', '/v2/test/example/tags/list', { headers: { authorization: robot } })
    for (const authorization of [user, robot]) await registry.send('GET', '/v2/', { headers: { authorization } })
    await ask('', user)
    const [ofUser, ofRobot, ...others] = (await events('LOG_ON')).slice(before)
    expect(others).toEqual([])
    const instanceId = await defaultInstanceId(registry.ctx)
    const target = { targetType: 'USER', targetId: userId, instanceId }
    expect(ofUser).toMatchObject({ actor: 'logged', credential: 'password', ...target })
    expect(ofRobot).toMatchObject({
      actor: 'robot+logged',
      credential: robotId,
      targetType: 'ROBOT',
      targetId: robotId,
    })

    const now = performance.now()
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => now + 11 * 60_000)
    await ask('', user)
    clock.mockRestore()
    expect((await events('LOG_ON')).slice(before)).toHaveLength(3)
  })

  test('a failure says whom it was tried for if there is such a one, and holds nothing that was sent', async () => {
    const id = await registry.addUser('tried', 'tried-password-1')
    await ask('', basic('tried', 'sent-secret-1'))
    await ask('', basic('sent-secret-2', 'x'))
    const all = await events('LOG_ON_FAILED')
    const [ofKnown] = all.filter(({ targetId }) => targetId === id)
    expect(ofKnown).toMatchObject({ targetName: 'tried', actor: 'anonymous', reason: 'wrong user name or secret' })
    expect(all.find(({ targetId }) => targetId === '')).toMatchObject({ targetName: '', actor: 'anonymous' })
    expect(JSON.stringify(all)).not.toMatch(/sent-secret/)
  })

  test('of each kind of credential it is noted when it was used last, to the minute', async () => {
    const { db } = registry.ctx
    const id = await registry.addTemporaryToken(memberId, 'used-token')
    await db.prisma.registryPassword.updateMany({ data: { lastUsedAt: new Date(0) } })
    await db.prisma.robot.updateMany({ data: { lastUsedAt: null, lastUsedAddress: null } })
    for (const credentials of [member, robot, basic('cr_temp_user', 'used-token')]) await ask('', credentials)
    await expect
      .poll(async () => {
        const { lastUsedAt: ofPassword } = await db.prisma.registryPassword.findFirstOrThrow({
          where: { userId: memberId },
        })
        const { lastUsedAt: ofRobot, lastUsedAddress } = await db.prisma.robot.findUniqueOrThrow({
          where: { id: robotId },
        })
        const { lastUsedAt: ofToken } = await db.prisma.temporaryToken.findUniqueOrThrow({ where: { id } })
        const times = [ofPassword, ofRobot, ofToken].map((time) => Date.now() - (time?.getTime() ?? 0) < 120_000)
        return [...times, lastUsedAddress]
      })
      .toEqual([true, true, true, '127.0.0.1'])
  })
})
