import { randomUUID } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import { Client } from 'pg'
import { afterEach, beforeEach, describe, expect, inject, test } from 'vitest'
import { type TcpProxy, startTcpProxy } from '@/scripts/lib/tcp-proxy.mjs'
import { PostgresqlLocks } from './postgresql-locks'

// Two instances, as in two processes.
let ours: PostgresqlLocks
let theirs: PostgresqlLocks
let name: string

beforeEach(() => {
  const url = inject('postgresqlUrl') ?? ''
  ours = new PostgresqlLocks(url)
  theirs = new PostgresqlLocks(url)
  name = randomUUID()
})
afterEach(async () => {
  await ours.close()
  await theirs.close()
})

test('of everybody who asks at once, in one process or two, one gets the lock', async () => {
  const asked = [ours, theirs, ours, theirs, ours, theirs].map((locks) => locks.tryTake(name))
  expect((await Promise.all(asked)).filter((lock) => lock !== null)).toHaveLength(1)
})

test('what is given back can be taken by another process', async () => {
  const lock = await ours.tryTake(name)
  expect(await theirs.tryTake(name)).toBeNull()
  await lock?.release()
  expect(await theirs.tryTake(name)).not.toBeNull()
})

test('a process that ends gives back what it held', async () => {
  expect(await ours.tryTake(name)).not.toBeNull()
  await ours.close()
  await expect.poll(() => theirs.tryTake(name)).not.toBeNull()
})

test('who lost the lock with its connection is told, and can take locks again', async () => {
  const lock = await ours.tryTake(name)
  const client = new Client({ connectionString: inject('postgresqlUrl') ?? '' })
  await client.connect()
  const { rows } = await client.query<{ pid: number }>(
    `SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted
       AND ((classid::bigint << 32) | objid::bigint) = hashtextextended($1, 0)`,
    [name],
  )
  await client.query('SELECT pg_terminate_backend($1)', [rows[0]?.pid])
  await client.end()
  await expect(lock?.release()).rejects.toMatchObject({ code: 'UNAVAILABLE' })
  expect(await ours.tryTake(name)).not.toBeNull()
})

describe('over a network that swallows everything', () => {
  const times = { beatMs: 50, answerMs: 200, unusedMs: 500 }
  let proxy: TcpProxy
  let far: PostgresqlLocks

  beforeEach(async () => {
    const address = new URL(inject('postgresqlUrl') ?? '')
    proxy = await startTcpProxy(Number(address.port))
    address.port = String(proxy.port)
    far = new PostgresqlLocks(address.href, times)
  })
  afterEach(async () => {
    proxy.pass()
    await far.close()
    await proxy.close()
  })

  test('a lock is kept while it is held, however long that takes', async () => {
    const lock = await far.tryTake(name)
    await setTimeout(3 * times.unusedMs)
    expect(await theirs.tryTake(name)).toBeNull()
    await lock?.release()
    expect(await theirs.tryTake(name)).not.toBeNull()
  })

  test('a lock ends soon, its holder is told, and questions do not wait for ever', async () => {
    const lock = await far.tryTake(name)
    proxy.swallow()
    await expect.poll(() => theirs.tryTake(name), { timeout: 5_000 }).not.toBeNull()
    await expect(lock?.release()).rejects.toMatchObject({ code: 'UNAVAILABLE' })
    await expect(far.tryTake(randomUUID())).rejects.toMatchObject({ code: 'UNAVAILABLE' })
    proxy.cut()
    proxy.pass()
    expect(await far.tryTake(randomUUID())).not.toBeNull()
  })
})
