import { createHmac, createPublicKey } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type JWTPayload, SignJWT, decodeJwt, decodeProtectedHeader, importJWK } from 'jose'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { parseTokenScopes } from '@/lib/domain/token-scope'
import { FolderKeys } from './folder-keys'
import { RegistryTokens, type TokenHolder } from './registry-tokens'
import { rotateSigningKeys } from './signing-keys'

const holder: TokenHolder = { kind: 'user', id: 'usr-1', name: 'jane', credential: 'password', secretMark: 'mark' }
const access = {
  ...parseTokenScopes('repository:test/example:pull,push registry:catalog:*'),
  boundTo: new Map([['test/example', 'crr-1']]),
}
const invalid = expect.objectContaining({ code: 'TOKEN_INVALID' }) as Error

let folder: string
let tokens: RegistryTokens
/** Of another process, so that `tokens` verifies what it issues. */
let issuer: RegistryTokens

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: new Date('2026-11-22T12:00:00Z') })
  folder = await mkdtemp(path.join(tmpdir(), 'stele-tokens-'))
  tokens = new RegistryTokens(new FolderKeys(folder))
  issuer = new RegistryTokens(new FolderKeys(folder))
})
afterEach(async () => {
  vi.useRealTimers()
  await rm(folder, { recursive: true, force: true })
})

const issue = async () => (await issuer.issue(holder, 'cri-1', access)).token
const after = (seconds: number) => vi.setSystemTime(Date.now() + seconds * 1000)

/** What the server signs with, read from where it is kept. */
async function readSigningKey() {
  const content = await readFile(path.join(folder, 'keys', 'registry-tokens.json'), 'utf8')
  const { keys } = JSON.parse(content) as { keys: { jwk: { kid: string; kty: string; crv: string; x: string } }[] }
  const [key] = keys
  if (key === undefined) throw new Error('no key')
  return key.jwk
}

test('a token lives as long as is set', async () => {
  const { token, lifetimeSeconds } = await new RegistryTokens(new FolderKeys(folder), 3600).issue(
    holder,
    'cri-1',
    access,
  )
  expect(lifetimeSeconds).toBe(3600)
  after(3599)
  expect((await tokens.verify(token, 'cri-1')).holder).toEqual(holder)
  after(1)
  await expect(tokens.verify(token, 'cri-1')).rejects.toMatchObject({ code: 'TOKEN_INVALID' })
})

test('a token says who was proven, for which instance, and what was granted, in Docker’s form; nothing else', async () => {
  const token = await issue()
  expect(decodeProtectedHeader(token)).toEqual({ alg: 'EdDSA', typ: 'JWT', kid: (await readSigningKey()).kid })
  const now = Date.now() / 1000
  expect(decodeJwt(token)).toEqual({
    ...{ iss: 'stele', sub: 'usr-1', aud: 'cri-1', iat: now, nbf: now - 60, exp: now + 300 },
    ...{ kind: 'user', name: 'jane', credential: 'password', mark: 'mark' },
    access: [
      { type: 'repository', name: 'test/example', actions: ['pull', 'push'], id: 'crr-1' },
      { type: 'registry', name: 'catalog', actions: ['*'] },
    ],
  })
  expect(await tokens.verify(token, 'cri-1')).toMatchObject({ holder, instanceId: 'cri-1', access })
})

test('a token without anything granted is a token', async () => {
  const none = { ...parseTokenScopes(''), boundTo: new Map<string, string>() }
  const { token } = await issuer.issue(holder, 'cri-1', none)
  expect((await tokens.verify(token, 'cri-1')).access).toEqual(none)
})

test('a token that was issued here needs no verification, and ends with its time', async () => {
  const { token } = await tokens.issue(holder, 'cri-1', access)
  const recalled = tokens.recall(token)
  expect(recalled).toMatchObject({ holder, instanceId: 'cri-1', access })
  expect(recalled).toEqual(await issuer.verify(token, 'cri-1'))
  after(300)
  expect(tokens.recall(token)).toBeNull()
})

test('a token that was issued here ends with its key', async () => {
  const { token } = await tokens.issue(holder, 'cri-1', access)
  await rotateSigningKeys(new FolderKeys(folder), { revokeFormer: true })
  await vi.waitFor(async () => expect(tokens.verify(token, 'cri-1')).rejects.toThrow(invalid), { timeout: 5000 })
})

describe('time', () => {
  test.each([
    ['a clock 59 s behind', -59, true],
    ['a clock 61 s behind', -61, false],
    ['its end', 299, true],
    ['a second after its end', 301, false],
  ])('at %s', async (_, seconds, isValid) => {
    const token = await issue()
    after(seconds)
    const verified = tokens.verify(token, 'cri-1')
    await (isValid ? expect(verified).resolves.toBeDefined() : expect(verified).rejects.toThrow(invalid))
  })

  test('being remembered does not prolong it', async () => {
    const token = await issue()
    await tokens.verify(token, 'cri-1')
    after(299)
    await tokens.verify(token, 'cri-1')
    after(2)
    await expect(tokens.verify(token, 'cri-1')).rejects.toThrow('the token has expired')
  })
})

test('a token is good at its own instance only, remembered or not', async () => {
  const token = await issue()
  await expect(tokens.verify(token, 'cri-2')).rejects.toThrow(invalid)
  await tokens.verify(token, 'cri-1')
  await expect(tokens.verify(token, 'cri-2')).rejects.toThrow(invalid)
})

describe('rotation', () => {
  test('tokens of before stay good for their life, and new ones are signed by the new key', async () => {
    const before = await issue()
    await tokens.verify(before, 'cri-1')
    const kid = await rotateSigningKeys(new FolderKeys(folder))
    const other = new RegistryTokens(new FolderKeys(folder))
    const made = (await other.issue(holder, 'cri-1', access)).token
    expect(decodeProtectedHeader(made).kid).toBe(kid)
    // This one has not looked at the file since.
    expect(await tokens.verify(made, 'cri-1')).toMatchObject({ holder })
    expect(await tokens.verify(before, 'cri-1')).toMatchObject({ holder })
  })

  test('once its key is gone, a token that is remembered is worth nothing', async () => {
    const token = await issue()
    await tokens.verify(token, 'cri-1')
    await rm(path.join(folder, 'keys', 'registry-tokens.json'))
    await vi.waitFor(async () => expect(tokens.verify(token, 'cri-1')).rejects.toThrow(invalid), { timeout: 5000 })
  })
})

describe('a token that somebody else made is refused', () => {
  const payload = {
    ...{ sub: 'usr-1', aud: 'cri-1', iss: 'stele', kind: 'user', name: 'jane', credential: 'password', mark: 'mark' },
    access: [{ type: 'repository', name: 'test/example', actions: ['pull', 'push'] }],
  }
  const times = () => ({ iat: Date.now() / 1000, nbf: Date.now() / 1000, exp: Date.now() / 1000 + 300 })
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')

  test('by another server', async () => {
    const elsewhere = await mkdtemp(path.join(tmpdir(), 'stele-tokens-'))
    const { token } = await new RegistryTokens(new FolderKeys(elsewhere)).issue(holder, 'cri-1', access)
    await rm(elsewhere, { recursive: true })
    await expect(tokens.verify(token, 'cri-1')).rejects.toThrow(invalid)
  })

  test('by another server under the name of this one’s key', async () => {
    await issue()
    const { kid } = await readSigningKey()
    const { privateKey } = await crypto.subtle.generateKey('Ed25519', true, ['sign', 'verify']).then((pair) => pair)
    const token = await new SignJWT({ ...payload, ...times() })
      .setProtectedHeader({ alg: 'EdDSA', typ: 'JWT', kid })
      .sign(privateKey)
    await expect(tokens.verify(token, 'cri-1')).rejects.toThrow(invalid)
  })

  test.each(['none', 'None', 'NONE', ''])('without a signature (alg %o)', async (alg) => {
    await issue()
    const { kid } = await readSigningKey()
    for (const signature of ['', '.', '.AAAA']) {
      const token = `${encode({ alg, typ: 'JWT', kid })}.${encode({ ...payload, ...times() })}${signature}`
      await expect(tokens.verify(token, 'cri-1')).rejects.toThrow(invalid)
    }
  })

  test('signed by HMAC with the public key as its secret', async () => {
    await issue()
    const { kid, kty, crv, x } = await readSigningKey()
    const publicKey = createPublicKey({ key: { kty, crv, x }, format: 'jwk' })
    for (const secret of [publicKey.export({ type: 'spki', format: 'pem' }), Buffer.from(x, 'base64url'), x]) {
      const signed = `${encode({ alg: 'HS256', typ: 'JWT', kid })}.${encode({ ...payload, ...times() })}`
      const token = `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`
      await expect(tokens.verify(token, 'cri-1')).rejects.toThrow(invalid)
    }
  })

  test('with its own key inside, or none named', async () => {
    await issue()
    const { publicKey, privateKey } = await crypto.subtle.generateKey('Ed25519', true, ['sign', 'verify'])
    const jwk = (await crypto.subtle.exportKey('jwk', publicKey)) as { kty: string; crv: string; x: string }
    for (const header of [{ jwk }, { jku: 'http://127.0.0.1/keys' }, { kid: '../../etc/passwd' }, {}]) {
      const token = await new SignJWT({ ...payload, ...times() })
        .setProtectedHeader({ alg: 'EdDSA', typ: 'JWT', ...header })
        .sign(privateKey)
      await expect(tokens.verify(token, 'cri-1')).rejects.toThrow(invalid)
    }
  })

  test('a changed payload', async () => {
    const [header, , signature] = (await issue()).split('.')
    const token = `${header}.${encode({ ...payload, ...times(), name: 'root' })}.${signature}`
    await expect(tokens.verify(token, 'cri-1')).rejects.toThrow(invalid)
  })

  test.each([
    ['no end', { exp: undefined }],
    ['another issuer', { iss: 'somebody' }],
    ['several audiences', { aud: ['cri-1', 'cri-2'] }],
    ['no beginning', { nbf: undefined }],
    ['no holder', { kind: undefined }],
  ])('signed by our key, but with %s', async (_, change) => {
    await issue()
    const jwk = await readSigningKey()
    const key = await importJWK(jwk, 'EdDSA')
    const token = await new SignJWT({ ...payload, ...times(), ...change } as JWTPayload)
      .setProtectedHeader({ alg: 'EdDSA', typ: 'JWT', kid: jwk.kid })
      .sign(key)
    await expect(tokens.verify(token, 'cri-1')).rejects.toThrow(invalid)
  })

  test.each(['', 'x', 'a.b', 'a.b.c', '..', 'a.b.c.d.e', '%00', 'ey.ey.ey'])('%o is no token', async (token) => {
    await expect(tokens.verify(token, 'cri-1')).rejects.toThrow(invalid)
  })
})
