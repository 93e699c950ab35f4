import { randomBytes } from 'node:crypto'
import { readFile, truncate, utimes, writeFile } from 'node:fs/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Digest } from '@/lib/domain/digest'
import { blobPath } from '@/lib/storage/filesystem/filesystem-layout'
import { digestOf } from '@/lib/storage/hash'
import { type TestRegistry, startTestRegistry } from '@/lib/testing/test-registry'

const day = 24 * 3_600_000
const content = randomBytes(3_000_000)
const digest = digestOf(content)
const path = `/v2/test/example/blobs/${digest}`

let registry: TestRegistry
let close: () => Promise<void>

beforeEach(async () => {
  ;({ registry, close } = await startTestRegistry())
  await registry.pushBlob(content)
})
afterEach(() => close())

const fileOf = (named: Digest) => blobPath(registry.ctx.config.dataDir, named)

async function setAge(ms: number): Promise<void> {
  const time = new Date(Date.now() - ms)
  await utimes(fileOf(digest), time, time)
}

/** Flips a bit of the blob where it lies, and leaves it with this age. */
async function damage(ageMs: number): Promise<void> {
  const bytes = await readFile(fileOf(digest))
  bytes[0] = (bytes[0] ?? 0) ^ 1
  await writeFile(fileOf(digest), bytes)
  await setAge(ageMs)
}

/** The statuses of a pull: 0 for one that is cut off. */
async function pull(headers: Record<string, string> = {}): Promise<number> {
  return registry.send('GET', path, { headers }).then(
    ({ status }) => status,
    () => 0,
  )
}

async function isMarked(): Promise<boolean> {
  return (await registry.ctx.db.prisma.blob.count({ where: { corruptAt: { not: null } } })) > 0
}

test('a pull of changed bytes that were not verified for a day ends early; then they are unknown until a push', async () => {
  await damage(day)
  expect(await pull()).toBe(0)
  await expect.poll(isMarked).toBe(true)
  expect(await pull()).toBe(404)
  expect((await registry.send('HEAD', path)).status).toBe(404)
  await registry.pushBlob(content)
  expect(await pull()).toBe(200)
})

test('a sound blob is pulled whole, and verified once a day', async () => {
  await setAge(day)
  const { status, body } = await registry.send('GET', path)
  expect([status, digestOf(body)]).toEqual([200, digest])
  await damage(day)
  expect(await pull()).toBe(200)
  expect(await isMarked()).toBe(false)
})

test.each([
  ['by a push within the day', 1000, {}],
  ['for a range', day, { range: 'bytes=0-' }],
])('bytes are not verified again %s', async (_name, ageMs, headers) => {
  await damage(ageMs)
  expect([200, 206]).toContain(await pull(headers))
  expect(await isMarked()).toBe(false)
})

test('0 hours: never', async () => {
  Object.assign(registry.ctx.config.maintenance, { verifyHours: 0 })
  await damage(1000 * day)
  expect(await pull()).toBe(200)
})

test('a blob that has lost its end is unknown at once, and healed by a push', async () => {
  await truncate(fileOf(digest), 100)
  expect([await pull(), (await registry.send('HEAD', path)).status]).toEqual([404, 404])
  await registry.pushBlob(content)
  expect(await pull()).toBe(200)
})
