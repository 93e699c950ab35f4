import { randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Client } from 'pg'
import { afterEach, beforeEach, expect, inject, test } from 'vitest'
import { contextOfRegistry } from '@/lib/server/create-context'
import { openContext } from '@/lib/server/open-context'
import { digestOf } from '@/lib/storage/hash'
import { TestRegistry, startTestRegistry } from '@/lib/testing/test-registry'
import { createRegistryHandler } from './handler'

/*
 * Two processes over one database and one data folder. SQLite has no lock between them, because a second server does not
 * start (lib/server/serving-lock.ts); PostgreSQL's ends with its connection, perhaps before the work that it protects.
 */

const name = 'test/example'

let first: TestRegistry
let second: TestRegistry
const closers: (() => Promise<unknown>)[] = []

beforeEach(async () => {
  const { registry, close } = await startTestRegistry()
  closers.push(close)
  first = registry
  const ctx = await openContext(registry.ctx.config)
  const server = createServer(createRegistryHandler(contextOfRegistry(ctx)))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closers.unshift(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
    await ctx.db.close()
  })
  second = new TestRegistry(ctx, (server.address() as AddressInfo).port, server)
})
afterEach(async () => {
  for (const close of closers.splice(0)) await close()
})

async function startUpload(): Promise<string> {
  return (await first.send('POST', `/v2/${name}/blobs/uploads/`)).headers.location ?? ''
}

/** Ends the connections that hold locks, as a restart of the database does. */
async function loseLocks(): Promise<void> {
  const { database } = first.ctx.config
  if (database.provider === 'sqlite') return
  const client = new Client({ connectionString: inject('postgresqlUrl') ?? '' })
  await client.connect()
  await client.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'stele locks' AND datname = $1`,
    [new URL(database.url).pathname.slice(1)],
  )
  await client.end()
}

test('an upload that both write to is published with the bytes of its digest, or not at all', async () => {
  const [ours, theirs] = [randomBytes(2_000_000), randomBytes(2_000_000)]
  const location = await startUpload()
  let taken = 0
  const late = await first.send('PATCH', location, {
    body: ours,
    async beforeBody() {
      await loseLocks()
      taken = (await second.send('PATCH', location, { body: theirs })).status
    },
  })
  expect(taken).toBe(202)
  expect(late.status).toBeGreaterThanOrEqual(400)

  const wrong = await first.send('PUT', `${location}?digest=${digestOf(ours)}`)
  expect([wrong.status, wrong.json.errors?.[0]?.code]).toEqual([400, 'DIGEST_INVALID'])
  expect((await second.send('PUT', `${location}?digest=${digestOf(theirs)}`)).status).toBe(201)
  const { body } = await first.send('GET', `/v2/${name}/blobs/${digestOf(theirs)}`)
  expect(digestOf(body)).toBe(digestOf(theirs))
})

test('an upload goes on in the other process after each of its requests', async () => {
  const bytes = randomBytes(300_000)
  const location = await startUpload()
  for (const [registry, start] of [
    [second, 0],
    [first, 100_000],
    [second, 200_000],
  ] as const) {
    const patched = await registry.send('PATCH', location, { body: bytes.subarray(start, start + 100_000) })
    expect([patched.status, patched.headers.range]).toEqual([202, `0-${start + 99_999}`])
  }
  expect((await first.send('PUT', `${location}?digest=${digestOf(bytes)}`)).status).toBe(201)
  const { body } = await second.send('GET', `/v2/${name}/blobs/${digestOf(bytes)}`)
  expect(digestOf(body)).toBe(digestOf(bytes))
})
