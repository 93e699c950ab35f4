import { createSecretKey, randomBytes } from 'node:crypto'
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { parseTokenScopes } from '@/lib/domain/token-scope'
import type { Database } from '@/lib/metadata/engine/database'
import { insertLog } from '@/lib/metadata/transparency-logs'
import { LogKeys } from '@/lib/secrets/log-keys'
import { insertAccessKey } from '@/lib/metadata/access-keys'
import { insertUser } from '@/lib/metadata/users'
import { FolderKeys } from '@/lib/secrets/folder-keys'
import { RegistryTokens, type TokenHolder } from '@/lib/secrets/registry-tokens'
import { openSecretBox } from '@/lib/secrets/secret-box'
import { rotateSigningKeys } from '@/lib/secrets/signing-keys'
import { openTestDatabase } from '@/lib/testing/test-database'
import { assertKeysOpen, assertKeysThere, openKeys, openSealedKeys, prepareKeys } from './keys'

/*
 * The keys that servers over one database share, attacked as somebody could who writes to the database but does not have
 * STELE_SECRET_KEY, or who starts servers with wrong settings.
 */

const holder: TokenHolder = { kind: 'user', id: 'usr-1', name: 'jane', credential: 'password', secretMark: 'mark' }
const access = { ...parseTokenScopes('repository:test/example:pull'), boundTo: new Map<string, string>() }
const [first, second] = [createSecretKey(randomBytes(32)), createSecretKey(randomBytes(32))]

let db: Database
let close: () => Promise<void>
let dataDir: string

beforeEach(async () => {
  ;({ db, close } = await openTestDatabase())
  dataDir = await mkdtemp(path.join(tmpdir(), 'stele-keys-'))
})
afterEach(async () => {
  await close()
  await rm(dataDir, { recursive: true, force: true })
})

const settings = (current = first, previous: typeof first | null = null) => ({
  dataDir,
  secretKeys: { current, previous },
})
const inFolder = () => ({ dataDir, secretKeys: null })

/** A server over the database: it seals and signs. */
async function openServer(setting: Parameters<typeof openKeys>[0] = settings()) {
  await prepareKeys(setting, db)
  const keys = openKeys(setting, db)
  return { keys, box: await openSecretBox(keys), tokens: new RegistryTokens(keys) }
}

const rows = () => db.prisma.sealedKey.findMany({ orderBy: { name: 'asc' } })
const issueBy = async ({ tokens }: { tokens: RegistryTokens }) => (await tokens.issue(holder, 'cri-1', access)).token

async function addAccessKey(sealedSecret: string): Promise<void> {
  await db.transaction(async (tx) => {
    await insertUser(tx, { id: 'usr-1', name: 'jane', role: 'MEMBER', passwordHash: 'none' })
    await insertAccessKey(tx, { id: 'ACCESSKEY', userId: 'usr-1', sealedSecret })
  })
}

describe('servers with one STELE_SECRET_KEY', () => {
  test('that start at once agree, and need no folder', async () => {
    const servers = await Promise.all([1, 2, 3, 4].map(() => openServer()))
    const sealed = servers.map(({ box }) => box.seal('secret', 'owner'))
    const tokens = await Promise.all(servers.map(issueBy))
    for (const server of servers) {
      for (const text of sealed) expect(server.box.open(text, 'owner')).toBe('secret')
      for (const token of tokens) expect(await server.tokens.verify(token, 'cri-1')).toMatchObject({ holder })
    }
    expect((await rows()).map(({ name, version }) => [name, version])).toEqual([
      ['registry-tokens', 1],
      ['secrets', 1],
      ['transparency-log', 1],
    ])
    expect(await readdir(dataDir)).toEqual([])
  })

  test('learn of a rotation from a token with a key that they do not know', async () => {
    const [one, other] = [await openServer(), await openServer()]
    const before = await issueBy(one)
    await other.tokens.verify(before, 'cri-1')
    await rotateSigningKeys(one.keys)
    const restarted = await openServer()
    const after = await issueBy(restarted)
    expect(await other.tokens.verify(after, 'cri-1')).toMatchObject({ holder })
    expect(await other.tokens.verify(before, 'cri-1')).toMatchObject({ holder })
  })

  test('refuse tokens of a key that was revoked', async () => {
    const [one, other] = [await openServer(), await openServer()]
    const leaked = await issueBy(one)
    await other.tokens.verify(leaked, 'cri-1')
    await rotateSigningKeys(one.keys, { revokeFormer: true })
    await expect
      .poll(() => other.tokens.verify(leaked, 'cri-1').catch((error: unknown) => (error as { code: string }).code), {
        timeout: 5000,
      })
      .toBe('TOKEN_INVALID')
  })

  test('look at the table a bounded number of times, however many unknown keys tokens name', async () => {
    const { keys, tokens } = await openServer()
    const token = await issueBy({ tokens })
    await tokens.verify(token, 'cri-1')
    const [, payload, signature] = token.split('.')
    let looks = 0
    const markOf = keys.markOf.bind(keys)
    keys.markOf = (name) => (looks++, markOf(name))
    const startedAt = performance.now()
    for (let round = 0; round < 5; round++) {
      const named = Array.from({ length: 50 }, (_, n) => {
        const head = Buffer.from(JSON.stringify({ alg: 'EdDSA', typ: 'JWT', kid: `no-${round}-${n}` }))
        return tokens.verify(`${head.toString('base64url')}.${payload}.${signature}`, 'cri-1').catch(() => null)
      })
      expect(await Promise.all(named)).toEqual(Array(50).fill(null))
    }
    // Once in 50 ms, and once more at either end.
    expect(looks).toBeLessThanOrEqual((performance.now() - startedAt) / 50 + 2)
  })

  test('seal with a new one while they run, and no token or secret becomes invalid', async () => {
    const old = await openServer(settings(first))
    const both = await openServer(settings(second, first))
    const token = await issueBy(old)
    const sealed = old.box.seal('secret', 'owner')
    // Until all keys are sealed anew, also a rotation is sealed with what all servers have.
    await rotateSigningKeys(both.keys)
    expect(await old.tokens.verify(await issueBy(await openServer(settings(first))), 'cri-1')).toMatchObject({ holder })

    const keys = openSealedKeys(settings(second, first), db)
    const recorded: object[] = []
    const reseal = () => keys.reseal((within) => Promise.resolve(void recorded.push(within)))
    expect(await keys.areCurrent()).toBe(false)
    expect([await reseal(), await reseal()]).toEqual([3, 0])
    expect(await keys.areCurrent()).toBe(true)
    expect(recorded).toHaveLength(1)
    for (const server of [both, await openServer(settings(second))]) {
      expect(await server.tokens.verify(token, 'cri-1')).toMatchObject({ holder })
      expect(server.box.open(sealed, 'owner')).toBe('secret')
    }
    await expect(openServer(settings(first))).rejects.toThrow(/sealed with another one/)
  })
})

describe('nothing is changed, and the server does not start', () => {
  test('with another STELE_SECRET_KEY, also of two servers that start at once on an empty database', async () => {
    const started = await Promise.allSettled([openServer(settings(first)), openServer(settings(second))])
    const failed = started.flatMap((result) => (result.status === 'rejected' ? [String(result.reason)] : []))
    expect(failed).toEqual([
      expect.stringMatching(/^Error: STELE_SECRET_KEY: .* sealed with another one .* nothing was changed/),
    ])
    const before = await rows()
    const wrong = settings(createSecretKey(randomBytes(32)))
    await expect(openServer(wrong)).rejects.toThrow(/^STELE_SECRET_KEY: /)
    await expect(openSealedKeys(wrong, db).reseal(() => Promise.resolve())).rejects.toThrow(/^STELE_SECRET_KEY: /)
    await expect(rotateSigningKeys(openKeys(wrong, db))).rejects.toMatchObject({ code: 'UNAVAILABLE' })
    expect(await rows()).toEqual(before)
  })

  test('without STELE_SECRET_KEY, when the keys are in the database', async () => {
    await openServer()
    const keys = await rows()
    expect(() => assertKeysOpen(inFolder(), keys)).toThrow(/^STELE_SECRET_KEY: is required/)
    await expect(assertKeysThere(inFolder(), db)).rejects.toThrow(/^STELE_SECRET_KEY: is required/)
    expect(await readdir(dataDir)).toEqual([])
  })

  test.each([
    ['cut off', (sealed: string) => sealed.slice(0, -8)],
    ['cut off within its nonce', (sealed: string) => sealed.slice(0, 8)],
    ['empty', () => ''],
    ['changed', (sealed: string) => `${sealed.slice(0, 60)}${sealed[60] === 'A' ? 'B' : 'A'}${sealed.slice(61)}`],
  ])('with a key that is %s', async (_, change) => {
    await openServer()
    for (const { name, sealed } of await rows()) {
      await db.prisma.sealedKey.update({ where: { name }, data: { sealed: change(sealed) } })
      await expect(openServer()).rejects.toThrow(`The key ${name} in the database is damaged`)
      await db.prisma.sealedKey.update({ where: { name }, data: { sealed } })
    }
    await openServer()
  })

  test('with a key in the place of the other, or of another version', async () => {
    await openServer()
    const [tokens, secrets] = await rows()
    if (tokens === undefined || secrets === undefined) throw new Error('two keys were made')
    const put = (name: string, data: object) => db.prisma.sealedKey.update({ where: { name }, data })
    await put('secrets', { sealed: tokens.sealed })
    await put('registry-tokens', { sealed: secrets.sealed })
    await expect(openServer()).rejects.toThrow('is damaged')
    await put('secrets', { sealed: secrets.sealed })
    await expect(openServer()).rejects.toThrow('The key registry-tokens in the database is damaged')
    await put('registry-tokens', { sealed: tokens.sealed, version: 2 })
    await expect(openServer()).rejects.toThrow('The key registry-tokens in the database is damaged')
  })

  test.each(['secrets', 'registry-tokens'])('without the key %s, when the other one is there', async (name) => {
    await openServer()
    await db.prisma.sealedKey.delete({ where: { name } })
    await expect(openServer()).rejects.toThrow(`The key ${name} is missing in the database`)
    expect(await rows()).toHaveLength(2)
  })

  test('without the key of transparency logs, when one of them was signed with it', async () => {
    await openServer()
    await db.sqlTransaction((tx) => insertLog(tx, 'cri-1', 'new'))
    await db.prisma.transparencyLog.updateMany({ data: { signedWith: 'a key' } })
    await db.prisma.sealedKey.delete({ where: { name: 'transparency-log' } })
    await expect(openServer()).rejects.toThrow('The key transparency-log is missing in the database')
    expect(await rows()).toHaveLength(2)
  })
})

test('a database of an earlier version gets the key of transparency logs, once', async () => {
  const { keys } = await openServer()
  await db.prisma.sealedKey.delete({ where: { name: 'transparency-log' } })
  const [one, other] = await Promise.all([openServer(), openServer()])
  const { id } = await new LogKeys(one.keys).read()
  expect((await new LogKeys(other.keys).read()).id).toBe(id)
  expect((await new LogKeys(keys).read()).id).toBe(id)
})

test('a running server refuses an earlier key that is put back, and makes none for one that is gone', async () => {
  const { keys, tokens } = await openServer()
  const leaked = await issueBy({ tokens })
  const answers = (code: string) =>
    expect
      .poll(() => tokens.verify(leaked, 'cri-1').catch((error: unknown) => (error as { code: string }).code), {
        timeout: 5000,
      })
      .toBe(code)
  const { name, ...data } = await db.prisma.sealedKey.findUniqueOrThrow({ where: { name: 'registry-tokens' } })
  await rotateSigningKeys(keys, { revokeFormer: true })
  await answers('TOKEN_INVALID')
  await db.prisma.sealedKey.update({ where: { name }, data })
  await answers('UNAVAILABLE')
  await db.prisma.sealedKey.delete({ where: { name } })
  await expect(keys.read(name as 'registry-tokens', () => Buffer.from('new'))).rejects.toMatchObject({
    code: 'UNAVAILABLE',
  })
})

describe('keys in a data folder', () => {
  test('are moved to the database once; tokens and secrets of before stay valid, and the files stay', async () => {
    const before = await openServer(inFolder())
    const token = await issueBy(before)
    const retired = await rotateSigningKeys(before.keys).then(() => issueBy(before))
    await addAccessKey(before.box.seal('the secret', 'ACCESSKEY'))
    const file = await readFile(path.join(dataDir, 'keys', 'secrets.key'))

    expect(await prepareKeys(settings(), db)).toBe('moved to database')
    expect(await prepareKeys(settings(), db)).toBe('in database')
    await rm(path.join(dataDir, 'keys'), { recursive: true })
    const after = await openServer()
    for (const one of [token, retired]) expect(await after.tokens.verify(one, 'cri-1')).toMatchObject({ holder })
    const { sealedSecret } = await db.prisma.accessKey.findUniqueOrThrow({ where: { id: 'ACCESSKEY' } })
    expect(after.box.open(sealedSecret, 'ACCESSKEY')).toBe('the secret')
    for (const { sealed } of await rows()) {
      expect(Buffer.from(sealed, 'base64').includes(file)).toBe(false)
      expect(sealed).not.toContain(file.toString('base64').slice(0, 20))
    }
  })

  test.each(['no folder', 'another folder'])('with %s, a database with sealed secrets gets no keys', async (which) => {
    await addAccessKey((await openServer(inFolder())).box.seal('the secret', 'ACCESSKEY'))
    await rm(path.join(dataDir, 'keys'), { recursive: true })
    if (which === 'another folder') await new FolderKeys(dataDir).read('secrets', () => randomBytes(32))
    await expect(openServer()).rejects.toThrow(/^STELE_SECRET_KEY: .* start once with that folder as STELE_DATA_DIR/)
    expect(await rows()).toEqual([])
  })
})
