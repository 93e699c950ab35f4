import { setTimeout } from 'node:timers/promises'
import { Client } from 'pg'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type DatabaseLocation, question } from './database'
import { type OpenDatabase, openDatabase } from './open-database'
import { createMigratedDatabase } from '@/lib/testing/test-database'
import { type TcpProxy, startTcpProxy } from '@/scripts/lib/tcp-proxy.mjs'

/*
 * The connections of a server whose database goes away, comes back elsewhere, or takes no writes
 * (docs/decisions/0040-machines.md). `e2e/machines` shows the same of real servers and a real standby.
 */

let location: Extract<DatabaseLocation, { provider: 'postgresql' }>
let drop: () => Promise<void>
let proxy: TcpProxy
let db: OpenDatabase
let other: Client

beforeEach(async () => {
  const made = await createMigratedDatabase('')
  if (made.location.provider !== 'postgresql') throw new Error('these tests are PostgreSQL’s')
  ;({ location, drop } = { ...made, location: made.location })
  const address = new URL(location.url)
  proxy = await startTcpProxy(Number(address.port))
  address.port = String(proxy.port)
  db = await openDatabase({ provider: 'postgresql', url: address.href })
  other = new Client({ connectionString: location.url })
  await other.connect()
})
afterEach(async () => {
  proxy.pass()
  await db.close()
  await proxy.close()
  await other.end()
  await drop()
})

const unavailable = { code: 'UNAVAILABLE' }
const read = () => db.read.$queryRaw`SELECT 1 AS one`
const readModels = () => db.prisma.instance.count()
const name = 'crn'
const write = () =>
  db.sqlTransaction(
    (tx) => tx.$executeRaw`INSERT INTO "Lease" ("name", "holder", "expiresAt")
    VALUES (${name}, ${'test'}, ${new Date()}) ON CONFLICT ("name") DO UPDATE SET "holder" = excluded."holder"`,
  )
const writeModels = () => db.transaction((tx) => tx.prisma.lease.deleteMany())

const readInline = () => db.inline.read.$queryRaw`SELECT 1 AS one`
const readDirectly = async () => db.direct.firstSince(undefined, question`SELECT 1 AS one WHERE ${'a'} = 'a'`)

const all = { read, readModels, readInline, readDirectly, write, writeModels }

describe.each(Object.entries(all))('%s', (_, use) => {
  test('is UNAVAILABLE while connections are reset, and works again at once', async () => {
    await use()
    proxy.cut()
    await expect(use()).rejects.toMatchObject(unavailable)
    proxy.pass()
    await expect.poll(() => use().then(() => 'works', String), { timeout: 2_000 }).toBe('works')
  })

  test('is UNAVAILABLE on a server that takes no writes, which would be behind, and works when it takes some', async () => {
    const database = new URL(location.url).pathname.slice(1)
    await other.query(`ALTER DATABASE "${database}" SET default_transaction_read_only = on`)
    await expect(use()).rejects.toMatchObject(unavailable)
    await other.query('SET transaction_read_only = off')
    await other.query(`ALTER DATABASE "${database}" RESET default_transaction_read_only`)
    await use()
  })
})

const begun = {
  'plain SQL': (work: () => Promise<unknown>, isOver: boolean) =>
    db.sqlTransaction(async (tx) => {
      await tx.$queryRaw`SELECT 1`
      await work()
      if (!isOver) await tx.$queryRaw`SELECT 1`
    }),
  models: (work: () => Promise<unknown>, isOver: boolean) =>
    db.transaction(async (tx) => {
      await tx.prisma.lease.count()
      await work()
      if (!isOver) await tx.prisma.lease.count()
    }),
}

describe.each(Object.entries(begun))('a transaction of %s', (_, transact) => {
  test.each([
    ['before a statement', false],
    ['before its commit', true],
  ])('is UNAVAILABLE when its connection breaks %s', async (_when, isOver) => {
    const breakConnection = async () => {
      proxy.cut()
      await setTimeout(50)
    }
    await expect(transact(breakConnection, isOver)).rejects.toMatchObject(unavailable)
  })
})

test('an error of the work in a transaction is its own', async () => {
  const error = new Error('of the work')
  await expect(db.transaction(() => Promise.reject(error))).rejects.toBe(error)
  await expect(db.sqlTransaction(() => Promise.reject(error))).rejects.toBe(error)
})

test('a connection to a server that takes no writes any more is not used again', async () => {
  await write()
  // As a demoted server would refuse them: the setting is the connection's own, and goes with it.
  await db.read.$queryRaw`SELECT set_config('default_transaction_read_only', 'on', false)`
  await expect(write()).rejects.toMatchObject(unavailable)
  await write()
})

test('every connection has the settings that end it when its other side is gone', async () => {
  const rows = await db.read.$queryRaw<{ name: string; setting: string }[]>`
    SELECT name, setting FROM pg_settings WHERE name IN ('idle_in_transaction_session_timeout', 'tcp_keepalives_idle',
      'tcp_keepalives_interval', 'tcp_keepalives_count', 'tcp_user_timeout', 'client_connection_check_interval')
    ORDER BY name`
  expect(rows.map(({ name, setting }) => `${name} ${setting}`)).toEqual([
    'client_connection_check_interval 10000',
    'idle_in_transaction_session_timeout 30000',
    'tcp_keepalives_count 3',
    'tcp_keepalives_idle 15',
    'tcp_keepalives_interval 5',
    'tcp_user_timeout 30000',
  ])
})
