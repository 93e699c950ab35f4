import { readFile } from 'node:fs/promises'
import { hostname, userInfo } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { assertKeysThere, prepareKeys } from '@/lib/auth/keys'
import { parseConfig } from '@/lib/config'
import { findAuditHead } from '@/lib/metadata/audit-listing'
import type { Database } from '@/lib/metadata/engine/database'
import { insertSession } from '@/lib/metadata/sessions'
import { type TestContext, openTestContext } from '@/lib/testing/test-context'
import { createTestDatabase } from '@/lib/testing/test-database'
import { insertUser } from '@/lib/metadata/users'
import { runCommand } from './run-command'

/** What a running server would have open. */
let ctx: TestContext['ctx']
let db: Database
let folder: string
let close: TestContext['close']

beforeEach(async () => {
  ;({ ctx, close } = await openTestContext())
  db = ctx.db
  folder = ctx.config.dataDir
  const passwordHash = await ctx.passwords.hash('the-first-password')
  await db.transaction(async (tx) => {
    await insertUser(tx, { id: 'usr-1', name: 'admin', role: 'ADMINISTRATOR', passwordHash })
    await insertUser(tx, { id: 'usr-2', name: 'li.na', role: 'MEMBER', passwordHash })
  })
})
afterEach(() => close())

async function run(args: string, { input = '', env = {} }: { input?: string; env?: Record<string, string> } = {}) {
  let out = ''
  let err = ''
  const location = ctx.config.database
  const settings = {
    STELE_DATA_DIR: folder,
    ...(location.provider === 'postgresql' && { DATABASE_URL: location.url }),
    ...env,
  }
  const code = await runCommand(args === '' ? [] : args.split(' '), settings, {
    out: (text) => (out += text),
    err: (text) => (err += text),
    readInput: () => Promise.resolve(input),
  })
  return { code, out, err }
}

async function passwordIs(name: string, password: string): Promise<boolean> {
  const { passwordHash } = await db.prisma.user.findUniqueOrThrow({ where: { name } })
  return ctx.passwords.verify(passwordHash ?? undefined, password)
}

function lastEvent() {
  return db.prisma.auditEvent.findFirstOrThrow({ orderBy: { id: 'desc' } })
}

async function addSessions(userId: string, count: number): Promise<void> {
  const now = new Date()
  await db.transaction(async (tx) => {
    for (let n = 0; n < count; n++) {
      const expiresAt = new Date(now.getTime() + 3_600_000)
      const origin = { address: '192.0.2.7', userAgent: 'agent' }
      const id = `ses-${userId}-${n}`
      await insertSession(tx, { id, tokenHash: id, userId, createdAt: now, expiresAt, ...origin })
    }
  })
}

describe('what was typed', () => {
  test.each(['', 'user', 'audit', 'user delete admin', 'constructor'])('“%s” is no command', async (args) => {
    const { code, out, err } = await run(args)
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err).toContain('Usage: npm run stele -- <command>')
  })

  test.each([
    ['user reset-password', 'It takes 1 name: <name>.'],
    ['user reset-password admin li.na', 'It takes 1 name: <name>.'],
    ['user reset-password admin --password=secret', "Unknown option '--password'"],
    ['audit verify all', 'It takes no names.'],
    ['audit verify --expect', 'argument missing'],
  ])('“%s” is not understood', async (args, message) => {
    const { code, err } = await run(args)
    expect(code).toBe(2)
    expect(err).toContain(message)
    expect(await findAuditHead(db)).toBeNull()
  })

  test.each(['help', '--help', 'user reset-password --help'])('“%s” is answered with the usage', async (args) => {
    const { code, out } = await run(args)
    expect(code).toBe(0)
    for (const words of [
      'audit verify',
      'user reset-password <name>',
      'user make-administrator <name>',
      'keys rotate',
      'keys reseal',
    ]) {
      expect(out).toContain(words)
    }
  })
})

describe('a database that cannot be used', () => {
  test('is none of this version yet', async () => {
    const empty = await createTestDatabase(path.join(folder))
    try {
      if (empty.location.provider === 'sqlite') {
        const { code, err } = await run('audit verify', { env: { STELE_DATA_DIR: path.join(folder, 'elsewhere') } })
        expect(code).toBe(1)
        expect(err).toMatch(
          /^There is no database .*elsewhere\/stele\.db: start the server once, or set STELE_DATA_DIR/,
        )
      } else {
        const { code, err } = await run('audit verify', { env: { DATABASE_URL: empty.location.url } })
        expect(code).toBe(1)
        expect(err).toMatch(/^The database cannot be used: it has not been migrated to this version \(.*_init\)/)
      }
    } finally {
      await empty.drop()
    }
  })

  test('settings are read as the server reads them', async () => {
    const { code, err } = await run('audit verify', { env: { STELE_NONSENSE: '1' } })
    expect(code).toBe(1)
    expect(err).toBe('STELE_NONSENSE: there is no such setting; .env.example lists them all\n')
  })
})

describe('user reset-password', () => {
  test('takes the registry password of the first start away with the console’s, and says so', async () => {
    const instance = { name: 'example', regionId: 'cn-hangzhou', specification: 'x', isDefault: true }
    await db.prisma.instance.create({ data: { id: 'cri-1', ...instance } })
    const { passwordHash } = await db.prisma.user.findUniqueOrThrow({ where: { id: 'usr-1' } })
    const set = { userId: 'usr-1', instanceId: 'cri-1', passwordHash: passwordHash ?? '', updatedAt: new Date() }
    await db.prisma.registryPassword.create({ data: set })
    expect((await run('user reset-password admin')).out).toContain(
      'docker login no longer accepts the old password either',
    )
    expect(await db.prisma.registryPassword.count()).toBe(0)
    expect((await run('user reset-password admin')).out).not.toContain('docker login')
  })

  test('lets a disabled user in again, with a password that is printed once, and ends their sessions', async () => {
    await db.prisma.user.update({ where: { id: 'usr-1' }, data: { isDisabled: true } })
    await addSessions('usr-1', 2)
    await addSessions('usr-2', 1)
    const { code, out } = await run('user reset-password admin')
    expect(code).toBe(0)
    const password = /^New password of admin: (\S{20})$/m.exec(out)?.[1] ?? ''
    expect(out).toContain('The user was disabled, and is enabled now.\nSessions ended: 2.')
    expect(await passwordIs('admin', password)).toBe(true)
    expect(await passwordIs('admin', 'the-first-password')).toBe(false)
    expect(await passwordIs('li.na', 'the-first-password')).toBe(true)
    expect(await db.prisma.user.findUnique({ where: { id: 'usr-1' } })).toMatchObject({ isDisabled: false, version: 2 })
    expect(await db.prisma.session.findMany({ select: { userId: true } })).toEqual([{ userId: 'usr-2' }])
    const event = await lastEvent()
    expect(event).toMatchObject({
      action: 'UPDATE',
      targetType: 'USER',
      targetId: 'usr-1',
      targetName: 'admin',
      before: '{"isDisabled":true}',
      after: '{"password":"changed","isDisabled":false,"endedSessions":2}',
      actor: 'command-line',
      credential: userInfo().username,
      address: '',
      userAgent: `stele on ${hostname()}`,
    })
    expect(JSON.stringify(event)).not.toContain(password)
  })

  test('takes a password from standard input, and does not print it', async () => {
    const { code, out } = await run('user reset-password admin --password-stdin', { input: 'a fine new password\r\n' })
    expect(code).toBe(0)
    expect(out).toBe('admin has the new password.\nSessions ended: 0.\n')
    expect(await passwordIs('admin', 'a fine new password')).toBe(true)
  })

  test.each([
    ['short', 'a password has 12 to 256 characters'],
    ['', 'a password has 12 to 256 characters'],
    ['password1234', 'the password is a common one'],
  ])('refuses “%s”', async (input, message) => {
    const { code, out, err } = await run('user reset-password admin --password-stdin', { input })
    expect({ code, out }).toEqual({ code: 1, out: '' })
    expect(err).toContain(message)
    expect(await passwordIs('admin', 'the-first-password')).toBe(true)
    expect(await findAuditHead(db)).toBeNull()
  })

  test('leaves the second factor, and says so, unless it is to be turned off', async () => {
    const factor = { userId: 'usr-1', sealedSecret: 'sealed', createdAt: new Date(), confirmedAt: new Date() }
    await db.prisma.secondFactor.create({ data: factor })
    await db.prisma.recoveryCode.create({ data: { userId: 'usr-1', codeHash: 'hash' } })
    const kept = await run('user reset-password admin')
    expect(kept.out).toContain('The log-on still asks for the second factor; --second-factor turns it off.')
    expect(await db.prisma.secondFactor.count()).toBe(1)
    const { out } = await run('user reset-password admin --second-factor')
    expect(out).toContain('The second factor is off.')
    expect(await db.prisma.secondFactor.count()).toBe(0)
    expect(await db.prisma.recoveryCode.count()).toBe(0)
    expect((await lastEvent()).before).toBe('{"secondFactor":true}')
  })

  test('knows no user that is not there', async () => {
    const { code, err } = await run('user reset-password Admin')
    expect({ code, err }).toEqual({ code: 1, err: 'Nothing was changed: there is no user Admin.\n' })
  })
})

describe('user make-administrator', () => {
  test('makes a disabled member an enabled administrator', async () => {
    await db.prisma.user.update({ where: { id: 'usr-2' }, data: { isDisabled: true } })
    const { code, out } = await run('user make-administrator li.na')
    expect({ code, out }).toEqual({ code: 0, out: 'li.na is an enabled administrator.\n' })
    expect(await db.prisma.user.findUnique({ where: { id: 'usr-2' } })).toMatchObject({
      role: 'ADMINISTRATOR',
      isDisabled: false,
    })
    expect(await lastEvent()).toMatchObject({
      targetName: 'li.na',
      before: '{"role":"MEMBER","isDisabled":true}',
      after: '{"role":"ADMINISTRATOR","isDisabled":false}',
      actor: 'command-line',
    })
  })

  test('makes one when none is left', async () => {
    await db.prisma.user.deleteMany()
    const { code, out } = await run('user make-administrator wang.wei --create')
    expect(code).toBe(0)
    const password = /^Password of wang\.wei: (\S{20})$/m.exec(out)?.[1] ?? ''
    expect(await passwordIs('wang.wei', password)).toBe(true)
    expect(await db.prisma.user.findMany()).toMatchObject([
      { name: 'wang.wei', role: 'ADMINISTRATOR', isDisabled: false },
    ])
    const event = await lastEvent()
    expect(event).toMatchObject({
      action: 'CREATE',
      before: null,
      after: '{"role":"ADMINISTRATOR","isDisabled":false}',
    })
    expect(JSON.stringify(event)).not.toContain(password)
  })

  test.each([
    ['user make-administrator nobody', 'there is no user nobody'],
    ['user make-administrator admin --create', 'there is a user admin'],
    ['user make-administrator system --create', 'system is not a valid user name'],
    ['user make-administrator li.na --password-stdin', '--password-stdin needs --create'],
  ])('“%s” changes nothing', async (args, message) => {
    const { code, err } = await run(args)
    expect(code).toBe(1)
    expect(err).toContain(message)
    expect(await db.prisma.user.count()).toBe(2)
    expect(await findAuditHead(db)).toBeNull()
  })
})

describe('audit verify', () => {
  test('says that a trail is whole, and where it ends; what it prints is what it takes', async () => {
    expect(await run('audit verify')).toEqual({ code: 0, out: 'The audit trail is empty.\n', err: '' })
    await run('user make-administrator li.na')
    const { code, out } = await run('audit verify')
    expect(code).toBe(0)
    const head = /^Head: (1:[a-f0-9]{64})$/m.exec(out)?.[1] ?? ''
    expect(out).toBe(`The audit trail is intact: 1 entry.\nHead: ${head}\n`)
    await run('user reset-password li.na')
    expect(await run(`audit verify --expect ${head}`)).toMatchObject({ code: 0 })
    const forged = await run(`audit verify --expect 2:${'0'.repeat(64)}`)
    expect(forged).toMatchObject({ code: 1, err: '' })
    expect(forged.out).toContain('The audit trail is broken: entry 2 had another hash')
  })

  test('says which entry is the first bad one', async () => {
    for (let n = 0; n < 3; n++) await run('user reset-password li.na')
    await db.prisma.auditEvent.update({ where: { id: 2 }, data: { actor: 'li.na' } })
    expect(await run('audit verify')).toEqual({
      code: 1,
      out: 'The audit trail is broken: entry 2 was changed: its hash is not that of what it says.\nGood entries before that: 1.\n',
      err: '',
    })
  })

  test.each(['2', '2:abc', `0:${'0'.repeat(64)}`, `2:${'0'.repeat(64)}x`])('takes no head like %s', async (head) => {
    const { code, err } = await run(`audit verify --expect ${head}`)
    expect({ code, err }).toEqual({ code: 1, err: '--expect must be <id>:<hash>, as this command prints the head\n' })
  })
})

test('keys rotate makes a new key, and records it without the key', async () => {
  const { code, out } = await run('keys rotate')
  expect(code).toBe(0)
  const file = await readFile(path.join(folder, 'keys', 'registry-tokens.json'), 'utf8')
  const { keys } = JSON.parse(file) as { keys: { jwk: { kid: string; d?: string }; retiredAt: string | null }[] }
  const [now, before] = keys
  expect(out).toContain(`the new key ${now?.jwk.kid ?? ''}.`)
  expect(now?.retiredAt).toBeNull()
  expect(before?.retiredAt).not.toBeNull()
  const event = await lastEvent()
  expect(event).toMatchObject({ targetType: 'SIGNING_KEY', targetId: now?.jwk.kid, actor: 'command-line' })
  expect(JSON.stringify(event)).not.toContain(now?.jwk.d)
})

describe('keys in the database', () => {
  const [now, next] = [1, 2].map((seed) =>
    Buffer.from(Array.from({ length: 32 }, (_, n) => n * 7 + seed)).toString('base64'),
  )

  test('are rotated and sealed anew, and both are recorded without a key', async () => {
    await prepareKeys(parseConfig({ STELE_DATA_DIR: folder, STELE_SECRET_KEY: now }), db)
    const rotated = await run('keys rotate --revoke', { env: { STELE_SECRET_KEY: now ?? '' } })
    expect(rotated).toMatchObject({ code: 0, err: '' })
    const id = /the new key (\S+)\./.exec(rotated.out)?.[1]
    expect(await lastEvent()).toMatchObject({ targetType: 'SIGNING_KEY', targetId: id, actor: 'command-line' })

    const ofLogs = await run('keys rotate --log', { env: { STELE_SECRET_KEY: now ?? '' } })
    expect(ofLogs).toMatchObject({ code: 0, err: '' })
    expect(ofLogs.out).toContain('The former key signs too')
    expect(await lastEvent()).toMatchObject({ targetType: 'SIGNING_KEY', actor: 'command-line' })
    expect((await lastEvent()).after).toContain('transparency logs')

    const env = { STELE_SECRET_KEY: next ?? '', STELE_SECRET_KEY_PREVIOUS: now ?? '' }
    expect((await run('keys reseal', { env })).out).toContain('sealed with STELE_SECRET_KEY: 3.')
    const event = await lastEvent()
    expect(event).toMatchObject({ targetType: 'SIGNING_KEY', action: 'UPDATE' })
    expect((await run('keys reseal', { env })).out).toContain('nothing was changed')
    expect((await lastEvent()).id).toBe(event.id)
    const events = JSON.stringify(await db.prisma.auditEvent.findMany())
    for (const secret of [now, next, '"d":']) expect(events).not.toContain(secret)
    await assertKeysThere(parseConfig({ STELE_SECRET_KEY: next }), db)
  })

  test('are not used without STELE_SECRET_KEY or with another one', async () => {
    const before = await db.prisma.auditEvent.count()
    const early = await run('keys rotate', { env: { STELE_SECRET_KEY: now ?? '' } })
    expect(early).toMatchObject({ code: 1, err: expect.stringMatching(/^The database has no keys yet/) as string })
    await prepareKeys(parseConfig({ STELE_DATA_DIR: folder, STELE_SECRET_KEY: now }), db)
    for (const env of [{}, { STELE_SECRET_KEY: next ?? '' }]) {
      for (const command of ['keys rotate', 'keys reseal']) {
        const { code, err } = await run(command, { env })
        expect([code, err]).toEqual([1, expect.stringMatching(/^STELE_SECRET_KEY: /)])
      }
    }
    expect(await db.prisma.auditEvent.count()).toBe(before)
  })
})
