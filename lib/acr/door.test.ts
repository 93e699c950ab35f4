import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test, vi } from 'vitest'
import { z } from 'zod'
import { ensureFirstAdministrator } from '@/lib/auth/first-administrator'
import { Attempts } from '@/lib/auth/guessing/attempts'
import { AppError } from '@/lib/domain/errors'
import type { Principal } from '@/lib/domain/principal'
import { createInstance } from '@/lib/registry/instances/create-instance'
import { createRobot } from '@/lib/registry/robots/create-robot'
import { rotateRobotSecret } from '@/lib/registry/robots/rotate-robot-secret'
import { openContext } from '@/lib/server/open-context'
import { type AcrDoor, type AcrReply, addAccessKey, openAcrDoor } from '@/lib/testing/acr-door'
import { type AcrKey, signRequest } from '@/lib/testing/acr-signer'
import { type TestContext, administratorPassword, openTestContext } from '@/lib/testing/test-context'
import { type Action, type ActionCall, action } from './action'
import { actions } from './actions'

/** What the action `Echo` was called with. */
const done: ActionCall[] = []
let failure: unknown = null

const testActions: Readonly<Record<string, Action>> = {
  ...actions,
  Echo: action({
    name: 'Echo',
    input: z.object({ Text: z.string().max(5).optional(), Other: z.string().optional() }),
    async run(call) {
      if (failure !== null) throw failure as Error
      done.push(call)
      return Promise.resolve({ Text: call.input.Text, RequestId: 'not this', Code: 'not this', IsSuccess: 'not this' })
    },
  }),
}

let opened: TestContext
let door: AcrDoor
let key: AcrKey
/** Null: the real time. */
let clock: Date | null = null
const settings = { now: () => clock ?? new Date(), actions: testActions }

beforeAll(async () => {
  opened = await openTestContext(
    {},
    { attempts: new Attempts({ ...unlimited, loopback: { failures: 1000, windowSeconds: 900 } }, 100) },
  )
  await ensureFirstAdministrator(opened.ctx, { password: administratorPassword, accessKey: null })
  key = await addAccessKey(opened.ctx, 'admin')
  door = await openAcrDoor(opened.ctx, settings)
})
beforeEach(() => {
  done.length = 0
  door.noted.length = 0
  failure = null
  clock = null
})
afterAll(async () => {
  door.close()
  await opened.close()
})

const many = { failures: 100_000, windowSeconds: 900 }
const unlimited = { pair: many, account: many, address: many, loopback: many }

/** The status of an answer and its code. */
function codeOf({ status, json }: AcrReply) {
  return [status, json.Code]
}

const schemes = ['V1', 'V3'] as const

describe.each(schemes)('a request signed with %s', (scheme) => {
  test.each([{ method: 'POST' }, { method: 'GET' }, { method: 'POST', inBody: true }] as const)(
    'is answered: %o',
    async (how) => {
      const { status, json, headers } = await door.call(key, 'Echo', { Text: 'ü +~*' }, { scheme, ...how })
      expect([status, json]).toEqual([
        200,
        {
          Text: 'ü +~*',
          RequestId: expect.stringMatching(/^[0-9A-F-]{36}$/) as string,
          Code: 'success',
          IsSuccess: true,
        },
      ])
      expect(headers).toMatchObject({
        'content-type': 'application/json;charset=utf-8',
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
      })
      expect(door.noted.map((noted) => [noted.door, noted.route, noted.error])).toEqual([['acr', 'Echo', null]])
      const { principal, host } = done[0] as ActionCall
      expect([principal.name, principal.credential, principal.role, principal.address, host]).toEqual([
        ...['admin', key.id, 'ADMINISTRATOR', '127.0.0.1', 'localhost'],
      ])
    },
  )

  test('is carried out once, also when it comes again later, elsewhere, or twice at the same time', async () => {
    const request = signRequest(key, 'Echo', {}, { scheme })
    const replies = await Promise.all(Array.from({ length: 8 }, () => door.send(request)))
    expect(replies.map(codeOf).sort()).toEqual([
      [200, 'success'],
      ...Array<unknown>(7).fill([400, 'SignatureNonceUsed']),
    ])
    expect(codeOf(await door.send(request))).toEqual([400, 'SignatureNonceUsed'])
    expect(done).toHaveLength(1)
  })

  test('has a nonce of its key: another key may use it too, and the same key not for another action', async () => {
    const nonce = randomUUID()
    const other = await addAccessKey(opened.ctx, 'admin')
    expect(codeOf(await door.call(key, 'Echo', {}, { scheme, nonce }))).toEqual([200, 'success'])
    expect(codeOf(await door.call(other, 'Echo', {}, { scheme, nonce }))).toEqual([200, 'success'])
    expect(codeOf(await door.call(key, 'GetInstanceCount', {}, { scheme, nonce }))).toEqual([400, 'SignatureNonceUsed'])
  })

  test('keeps its nonce as long as it was not proven', async () => {
    const nonce = randomUUID()
    const wrong = { id: key.id, secret: 'wrong' }
    expect(codeOf(await door.call(wrong, 'Echo', {}, { scheme, nonce }))).toEqual([400, 'SignatureDoesNotMatch'])
    const at = new Date(Date.now() - 16 * 60_000)
    expect(codeOf(await door.call(key, 'Echo', {}, { scheme, nonce, at }))).toEqual([400, 'InvalidTimeStamp.Expired'])
    expect(codeOf(await door.call(key, 'Echo', {}, { scheme, nonce }))).toEqual([200, 'success'])
  })

  test('may be dated up to 15 minutes before and after', async () => {
    clock = new Date('2026-11-28T12:00:00Z')
    for (const [seconds, outcome] of [
      ...([
        [-900, 200],
        [900, 200],
        [-901, 400],
        [901, 400],
        [-86400, 400],
        [86400, 400],
      ] as const),
    ]) {
      const at = new Date(clock.getTime() + seconds * 1000)
      const { status } = await door.call(key, 'Echo', {}, { scheme, at })
      expect([seconds, status]).toEqual([seconds, outcome])
    }
  })

  test('of an unknown action or version is refused, to its signer only', async () => {
    expect(codeOf(await door.call(key, 'Nothing', {}, { scheme }))).toEqual([404, 'InvalidAction.NotFound'])
    for (const name of ['constructor', '__proto__', 'toString', 'echo']) {
      expect(codeOf(await door.call(key, name, {}, { scheme }))).toEqual([404, 'InvalidAction.NotFound'])
    }
    expect(codeOf(await door.call(key, 'Echo', {}, { scheme, version: '2016-06-07' }))).toEqual([400, 'InvalidVersion'])
    const stranger = { id: 'KEYOFNOBODY', secret: 'x' }
    expect(codeOf(await door.call(stranger, 'Nothing', {}, { scheme }))).toEqual([404, 'InvalidAccessKeyId.NotFound'])
    expect(door.noted.every(({ route }) => route === null || route === 'Echo')).toBe(true)
    expect(done).toEqual([])
  })

  test('gets its parameters by the schema, and sees no others', async () => {
    const { json } = await door.call(key, 'Echo', { Text: 'too long', Unknown: 'x' }, { scheme })
    expect([json.Code, json.Message]).toEqual(['InvalidParameter', expect.stringContaining('Text: ') as string])
    const named = { Text: 'a', Unknown: 'x', ['__proto__']: 'y', constructor: 'z' }
    await door.call(key, 'Echo', named, { scheme })
    expect(done.map(({ input }) => input)).toEqual([{ Text: 'a' }])
  })

  test('of a disabled key or user is refused, with its signature only', async () => {
    const { ctx } = opened
    const id = `usr-${randomUUID()}`
    await ctx.db.prisma.user.create({
      data: { id, name: `user-${scheme.toLowerCase()}`, displayName: 'x', role: 'MEMBER' },
    })
    const other = await addAccessKey(ctx, `user-${scheme.toLowerCase()}`)
    const answer = async (given = other) => codeOf(await door.call(given, 'Echo', {}, { scheme }))
    expect(await answer()).toEqual([200, 'success'])
    await ctx.db.prisma.user.update({ where: { id }, data: { isDisabled: true } })
    expect(await answer()).toEqual([403, 'InvalidAccessKeyId.Inactive'])
    expect(await answer({ ...other, secret: 'wrong' })).toEqual([400, 'SignatureDoesNotMatch'])
    await ctx.db.prisma.user.update({ where: { id }, data: { isDisabled: false } })
    await ctx.db.prisma.accessKey.update({ where: { id: other.id }, data: { isDisabled: true } })
    expect(await answer()).toEqual([403, 'InvalidAccessKeyId.Inactive'])
    await ctx.db.prisma.accessKey.delete({ where: { id: other.id } })
    expect(await answer()).toEqual([404, 'InvalidAccessKeyId.NotFound'])
  })
})

describe.each(schemes)('a robot that signs with %s', (scheme) => {
  test('is known by its id and its secret, for what its grants allow', async () => {
    const { ctx } = opened
    const admin = await adminOf(ctx)
    const instance = await createInstance(
      ctx,
      admin,
      { name: `robots-${scheme.toLowerCase()}`, regionId: 'cn-beijing', specification: 'Enterprise_Basic' },
      'localhost',
    )
    const instanceId = instance.value.id
    const settings = {
      name: 'ci',
      description: '',
      expiresAt: null,
      grants: [{ scopeId: instanceId, permission: 'PULL' }],
    } as const
    const { value: robot } = await createRobot(ctx, admin, instanceId, settings)
    const answer = (secret: string, action = 'GetInstanceCount') =>
      door.call({ id: robot.id, secret }, action, {}, { scheme })

    // It sees its own instance, and not what else there is.
    expect((await answer(robot.secret)).json).toMatchObject({ Code: 'success', Count: 1 })
    await answer(robot.secret, 'Echo')
    expect(done.map(({ principal: { kind, name, role, credential } }) => [kind, name, role, credential])).toEqual([
      ['robot', 'robot+ci', 'MEMBER', robot.id],
    ])
    expect(codeOf(await answer('wrong'))).toEqual([400, 'SignatureDoesNotMatch'])

    const rotated = (await rotateRobotSecret(ctx, admin, robot.id)).value
    expect(codeOf(await answer(robot.secret))).toEqual([400, 'SignatureDoesNotMatch'])
    expect(codeOf(await answer(rotated.secret))).toEqual([200, 'success'])

    const change = (data: object) => ctx.db.prisma.robot.update({ where: { id: robot.id }, data })
    await change({ isDisabled: true })
    expect(codeOf(await answer(rotated.secret))).toEqual([403, 'InvalidAccessKeyId.Inactive'])
    expect(codeOf(await answer('wrong'))).toEqual([400, 'SignatureDoesNotMatch'])
    await change({ isDisabled: false, expiresAt: new Date(Date.now() - 1000) })
    expect(codeOf(await answer(rotated.secret))).toEqual([403, 'InvalidAccessKeyId.Inactive'])
    // As a server of an older version rotates the secret: it knows only the hash.
    await change({ expiresAt: null, secretHash: 'another' })
    expect(codeOf(await answer(rotated.secret))).toEqual([404, 'InvalidAccessKeyId.NotFound'])
    await change({ sealedSecret: null })
    expect(codeOf(await answer(rotated.secret))).toEqual([404, 'InvalidAccessKeyId.NotFound'])
    await ctx.db.prisma.robot.delete({ where: { id: robot.id } })
    expect(codeOf(await answer(rotated.secret))).toEqual([404, 'InvalidAccessKeyId.NotFound'])
  })
})

/** The administrator as a use case gets them. */
async function adminOf({ db }: TestContext['ctx']): Promise<Principal> {
  const { id, name, role } = await db.prisma.user.findFirstOrThrow({ where: { name: 'admin' } })
  return { kind: 'user', id, name, role, credential: 'session', token: null, address: '192.0.2.7', userAgent: 'test' }
}

test('the use of a key is noted', async () => {
  const used = await addAccessKey(opened.ctx, 'admin')
  await door.call(used, 'Echo')
  await vi.waitFor(async () => {
    const { lastUsedAt } = await opened.ctx.db.prisma.accessKey.findUniqueOrThrow({ where: { id: used.id } })
    expect(lastUsedAt).not.toBeNull()
  })
})

describe('between two servers over one database', () => {
  test.each(schemes)('a request that is signed with %s is carried out once', async (scheme) => {
    const ctx = await openContext(opened.ctx.config)
    const second = await openAcrDoor(ctx, settings)
    try {
      for (let round = 0; round < 5; round++) {
        const request = signRequest(key, 'Echo', {}, { scheme })
        const replies =
          inject('provider') === 'postgresql'
            ? await Promise.all([door, second, door, second].map((one) => one.send(request)))
            : // Two connections that write in one process block each other. SQLite has one process that writes.
              [
                await door.send(request),
                await second.send(request),
                await door.send(request),
                await second.send(request),
              ]
        expect(replies.map(codeOf).sort()).toEqual([
          [200, 'success'],
          ...Array<unknown>(3).fill([400, 'SignatureNonceUsed']),
        ])
      }
      expect(done).toHaveLength(5)
    } finally {
      second.close()
      await ctx.db.close()
    }
  })
})

describe('a failure of the server', () => {
  test('says nothing of its cause', async () => {
    failure = new Error('password=secret')
    const { status, json, text } = await door.call(key, 'Echo')
    expect([status, json.Code]).toEqual([500, 'SystemError'])
    expect(text).not.toContain('password')
  })

  test('of an action keeps the status of the error, and says when to try again', async () => {
    failure = new AppError('UNAVAILABLE')
    const { status, json, headers } = await door.call(key, 'Echo')
    expect([status, json.Code, headers['retry-after'], headers['x-acs-retry-after']]).toEqual([
      ...[503, 'ServiceUnavailable', '5', '5000'],
    ])
  })

  test('is ACR’s word for ours', async () => {
    for (const [error, status, code] of [
      [new AppError('NOT_FOUND', { about: 'repository' }), 404, 'REPO_NOT_EXIST'],
      [new AppError('NOT_FOUND', { about: 'namespace' }), 404, 'NAMESPACE_NOT_EXIST'],
      [new AppError('NOT_FOUND', { about: 'instance' }), 404, 'INSTANCE_NOT_EXIST'],
      [new AppError('NAME_UNKNOWN'), 404, 'REPO_NOT_EXIST'],
      [new AppError('ALREADY_EXISTS', { about: 'repository' }), 409, 'REPO_ALREADY_EXIST'],
      [new AppError('DENIED'), 403, 'NoPrivilege'],
      [new AppError('TAG_IMMUTABLE'), 409, 'TAG_IMMUTABLE'],
    ] as const) {
      failure = error
      expect(codeOf(await door.call(key, 'Echo'))).toEqual([status, code])
    }
    failure = new AppError('TAG_IMMUTABLE')
    const { json } = await door.call(key, 'Echo')
    expect(json.Message).toBe('The requested tag already exists and cannot be overwritten.')
  })
})
