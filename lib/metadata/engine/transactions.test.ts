import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { addUser, countMatchingUsers, insertUser } from '@/lib/metadata/users'
import { openTestDatabase } from '@/lib/testing/test-database'
import type { Database, Source } from './database'
import { isUniqueViolation } from './failures'

let db: Database
let close: () => Promise<void>

beforeAll(async () => ({ db, close } = await openTestDatabase()))
afterAll(() => close())
beforeEach(async () => {
  await db.prisma.user.deleteMany()
})

function user(name: string) {
  return { id: `usr-${name}`, name, role: 'MEMBER', passwordHash: null } as const
}

async function namesIn(source: Source): Promise<string[]> {
  const rows = await source.prisma.user.findMany({ select: { name: true }, orderBy: { name: 'asc' } })
  return rows.map(({ name }) => name)
}

/** A use case: it starts a transaction of its own in the database that it is given. */
async function addInOwnTransaction(given: Database, name: string): Promise<void> {
  await given.transaction((tx) => insertUser(tx, user(name)))
}

describe('a transaction in place of the database', () => {
  test('takes the transactions of a use case as parts of it: they go when it goes', async () => {
    const failed = db.transaction(async (tx) => {
      await addInOwnTransaction(tx, 'inner')
      expect(await namesIn(tx)).toEqual(['inner'])
      throw new Error('enough')
    })
    await expect(failed).rejects.toThrow('enough')
    expect(await namesIn(db)).toEqual([])
  })

  test.each(['transaction', 'sqlTransaction'] as const)('a %s in it that throws is undone alone', async (kind) => {
    await db.transaction(async (tx) => {
      await addInOwnTransaction(tx, 'before')
      const failed = tx[kind](async (inner) => {
        await inner.$executeRaw`UPDATE "User" SET "name" = 'changed'`
        throw new Error('enough')
      })
      await expect(failed).rejects.toThrow('enough')
      await addInOwnTransaction(tx, 'later')
    })
    expect(await namesIn(db)).toEqual(['before', 'later'])
  })

  test('goes on after the database has refused a row in an inner one, and the refusal keeps its form', async () => {
    await db.transaction(async (tx) => {
      await addInOwnTransaction(tx, 'taken')
      const refused = addInOwnTransaction(tx, 'taken')
      await expect(refused).rejects.toSatisfy(isUniqueViolation)
      await addInOwnTransaction(tx, 'other')
    })
    expect(await namesIn(db)).toEqual(['other', 'taken'])
  })

  test('three deep, the middle one takes the innermost with it', async () => {
    await db.transaction(async (outer) => {
      await addInOwnTransaction(outer, 'outer')
      const failed = outer.transaction(async (middle) => {
        await addInOwnTransaction(middle, 'inner')
        throw new Error('enough')
      })
      await expect(failed).rejects.toThrow('enough')
    })
    expect(await namesIn(db)).toEqual(['outer'])
  })

  test('takes no lock by name, whose holder would have it longer than the transaction', async () => {
    await db.transaction(async (tx) => {
      await expect(tx.tryLock('upload 1')).rejects.toThrow('a transaction takes no lock that outlasts it')
    })
    const lock = await db.tryLock('upload 1')
    expect(lock).not.toBeNull()
    await lock?.release()
  })
})

describe('plain SQL reads', () => {
  test('in a transaction what it has written, outside what was committed last', async () => {
    await db.transaction(async (tx) => {
      await addUser(tx, { ...user('new'), displayName: '', isDisabled: false, passwordHash: 'hash' })
      expect(await countMatchingUsers(tx, {})).toBe(1)
      expect(await countMatchingUsers(db, {})).toBe(0)
    })
    expect(await countMatchingUsers(db, {})).toBe(1)
  })
})

describe('a failure of the database is UNAVAILABLE, with nothing of its text', () => {
  const unavailable = { code: 'UNAVAILABLE', message: expect.not.stringContaining('Nothing') as string }

  test.each<[string, () => Promise<unknown>]>([
    ['of a model', () => db.prisma.user.findMany({ take: 1, skip: -1 })],
    ['of a read', () => db.read.$queryRaw`SELECT * FROM "Nothing"`],
    ['of a read in a transaction', () => db.transaction((tx) => tx.read.$queryRaw`SELECT * FROM "Nothing"`)],
    ['of a write in a transaction', () => db.transaction((tx) => tx.$executeRaw`DELETE FROM "Nothing"`)],
    [
      'of a write in an inner transaction',
      () => db.transaction((tx) => tx.sqlTransaction((inner) => inner.$executeRaw`DELETE FROM "Nothing"`)),
    ],
  ])('%s', async (_, fail) => {
    await expect(fail()).rejects.toMatchObject(unavailable)
  })
})
