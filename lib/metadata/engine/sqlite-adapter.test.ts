import { setImmediate } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Database, Source, SqlTransaction } from './database'
import { openTestDatabase } from '@/lib/testing/test-database'

let db: Database
let close: () => Promise<void>

beforeEach(async () => ({ db, close } = await openTestDatabase()))
afterEach(() => close())

// Async, both of these: a promise of Prisma's does nothing before somebody waits for it.
async function addInstance(client: Source, name: string) {
  return await client.prisma.instance.create({
    data: { id: `cri-${name}`, name, regionId: 'cn-hangzhou', specification: 'Enterprise_Basic', isDefault: false },
  })
}

/** A write that answers rows: to the adapter a query, like a SELECT. */
async function addUser(client: Database, id: string) {
  return await client.prisma.$queryRaw`
    INSERT INTO "User" ("id", "name", "passwordHash", "role") VALUES (${id}, ${id}, '', 'MEMBER') RETURNING "id"`
}

async function executeAddUser(client: Database, id: string) {
  return await client.prisma.$executeRaw`
    INSERT INTO "User" ("id", "name", "passwordHash", "role") VALUES (${id}, ${id}, '', 'MEMBER')`
}

/** A promise and the function that resolves it: how the tests force an interleaving instead of hoping for one. */
function gate() {
  let open = () => {}
  const opened = new Promise<void>((resolve) => (open = resolve))
  return { open, opened }
}

describe('the SQLite adapter', () => {
  test('a read outside a transaction never sees what the transaction has not committed', async () => {
    const written = gate()
    const mayEnd = gate()
    const running = db.transaction(async (tx) => {
      await addInstance(tx, 'inside')
      written.open()
      await mayEnd.opened
      throw new Error('roll back')
    })
    await written.opened
    expect(await db.prisma.instance.count()).toBe(0)
    mayEnd.open()
    await expect(running).rejects.toThrow('roll back')
    expect(await db.prisma.instance.count()).toBe(0)
  })

  test('a write outside a transaction survives that transaction’s rollback', async () => {
    const started = gate()
    const mayEnd = gate()
    const running = db.transaction(async (tx) => {
      await addInstance(tx, 'inside')
      started.open()
      await mayEnd.opened
      throw new Error('roll back')
    })
    await started.opened
    const outside = [addInstance(db, 'outside'), addUser(db, 'queried'), executeAddUser(db, 'executed')]
    await setImmediate()
    mayEnd.open()
    await expect(running).rejects.toThrow('roll back')
    await Promise.all(outside)
    expect((await db.prisma.instance.findMany()).map((row) => row.name)).toEqual(['outside'])
    expect(await db.prisma.user.count()).toBe(2)
  })

  test('fifty concurrent read-then-write transactions lose no update', async () => {
    await addInstance(db, 'counter')
    await Promise.all(
      Array.from({ length: 50 }, () =>
        db.transaction(async (tx) => {
          const { version } = await tx.prisma.instance.findUniqueOrThrow({ where: { id: 'cri-counter' } })
          await tx.prisma.instance.update({ where: { id: 'cri-counter' }, data: { version: version + 1 } })
        }),
      ),
    )
    expect((await db.prisma.instance.findUniqueOrThrow({ where: { id: 'cri-counter' } })).version).toBe(51)
  })

  test('commits are durable and references enforced', async () => {
    // In a transaction: the PRAGMA of the connection that writes is what must be known.
    const [synchronous] = await db.transaction((tx) => tx.$queryRaw<{ synchronous: bigint }[]>`PRAGMA synchronous`)
    expect(Number(synchronous?.synchronous)).toBe(2)
    // The other connection that writes is synced too, also after a transaction that may be lost.
    const inSql = async (mayBeLost: boolean) => {
      const query = (tx: SqlTransaction) => tx.$queryRaw<{ synchronous: number }[]>`PRAGMA synchronous`
      return (await db.sqlTransaction(query, { mayBeLost })).map((row) => row.synchronous)
    }
    for (const mayBeLost of [false, true, false]) expect(await inSql(mayBeLost)).toEqual([mayBeLost ? 1 : 2])
    await expect(
      db.prisma.tag.create({
        data: {
          repositoryId: 'crr-none',
          name: 'v1',
          digest: 'sha256:0',
          createdAt: new Date(),
          updatedAt: new Date(),
          updatedBy: 'x',
        },
      }),
    ).rejects.toMatchObject({ code: 'P2003' })
  })
})
