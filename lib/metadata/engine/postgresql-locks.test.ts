import { randomUUID } from 'node:crypto'
import { Client } from 'pg'
import { afterEach, beforeEach, expect, inject, test } from 'vitest'
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
