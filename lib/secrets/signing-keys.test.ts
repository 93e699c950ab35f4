import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { FolderKeys } from './folder-keys'
import { SigningKeys, rotateSigningKeys } from './signing-keys'

let folder: string
let file: string
let store: FolderKeys

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'stele-keys-'))
  store = new FolderKeys(folder)
  file = path.join(folder, 'keys', 'registry-tokens.json')
})
afterEach(async () => {
  vi.useRealTimers()
  await rm(folder, { recursive: true, force: true })
})

interface Stored {
  keys: { jwk: Record<string, string>; retiredAt: string | null }[]
}

const read = async () => JSON.parse(await readFile(file, 'utf8')) as Stored

test('the first who asks makes the key, for the server’s user alone; processes that start together get the same', async () => {
  const names = await Promise.all([1, 2, 3, 4].map(async () => (await new SigningKeys(store).signing()).id))
  expect(new Set(names).size).toBe(1)
  expect((await stat(file)).mode & 0o777).toBe(0o600)
  expect((await stat(path.dirname(file))).mode & 0o777).toBe(0o700)
})

test('a rotation makes a new key, keeps the public part of the former, and is noticed by who runs', async () => {
  const keys = new SigningKeys(store)
  const former = await keys.signing()
  const name = await rotateSigningKeys(store)
  expect(name).not.toBe(former.id)
  expect(await keys.verifying(name)).not.toBeNull()
  expect((await keys.signing()).id).toBe(name)
  expect(await keys.verifying(former.id)).not.toBeNull()
  const [signing, retired, ...others] = (await read()).keys
  expect(others).toEqual([])
  expect(Object.keys(signing?.jwk ?? {}).sort()).toEqual(['crv', 'd', 'kid', 'kty', 'x'])
  expect(Object.keys(retired?.jwk ?? {}).sort()).toEqual(['crv', 'kid', 'kty', 'x'])
  expect((await stat(file)).mode & 0o777).toBe(0o600)
})

test('a retired key verifies until the last token it can have signed has expired, and then no more', async () => {
  vi.useFakeTimers({ toFake: ['Date'] })
  const { id } = await new SigningKeys(store).signing()
  await rotateSigningKeys(store)
  const keys = new SigningKeys(store)
  // The longest life of a token, an hour, and the tolerated minute, from its last moment on.
  vi.setSystemTime(Date.now() + 61 * 60_000 + 5_000)
  expect(await keys.verifying(id)).not.toBeNull()
  vi.setSystemTime(Date.now() + 10 * 60_000)
  expect(await keys.verifying(id)).toBeNull()
  await rotateSigningKeys(store)
  expect((await read()).keys.map(({ jwk }) => jwk['kid'])).not.toContain(id)
})

test('a rotation that cannot be recorded does not happen, and is no obstacle to the next', async () => {
  const { id } = await new SigningKeys(store).signing()
  const before = await read()
  const refused = () => Promise.reject(new Error('the database is away'))
  await expect(rotateSigningKeys(store, { record: refused })).rejects.toThrow('the database is away')
  expect(await read()).toEqual(before)
  expect((await new SigningKeys(store).signing()).id).toBe(id)
  const told: string[] = []
  expect(await rotateSigningKeys(store, { record: (made) => Promise.resolve(void told.push(made)) })).toBe(told[0])
})

test('a name that is no key’s is none', async () => {
  const keys = new SigningKeys(store)
  expect(await keys.verifying('nobody')).toBeNull()
  expect(await keys.verifying('__proto__')).toBeNull()
})

test('of two rotations at once one is refused, and none is lost', async () => {
  await new SigningKeys(store).signing()
  await writeFile(`${file}.next`, '')
  const before = await read()
  await expect(rotateSigningKeys(store)).rejects.toThrow(/registry-tokens\.json\.next exists/)
  expect(await read()).toEqual(before)
})
