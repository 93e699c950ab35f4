import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import type { DatabaseLocation } from '@/lib/metadata/engine/database'
import { migrate } from '@/lib/metadata/engine/migrate'
import { type OpenDatabase, openDatabase } from '@/lib/metadata/engine/open-database'
import { Prisma } from '@/lib/metadata/generated/sqlite/client'
import { type HotReadTarget, hotReads } from '@/lib/testing/hot-reads'
import { findFaults, recordStatements } from '@/lib/testing/plans'
import { checkedInMigrations, createTestDatabase } from '@/lib/testing/test-database'
import { fillDatabase, findTarget } from '../../scripts/lib/fill-database'

/*
 * The statements of hot reads, as the database plans them with the statistics of many rows, most of them in one
 * repository: none may read all rows of a table that grows, or sort more than it answers with.
 */

/** Rows that a statement may read in one place: a page, and what belongs to it. */
const rowsMax = 1500

/** What may be read in full, by read: there are few of them, or the statement ends at its limit. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  // Of instances.
  'repository of a caller': ['SCAN i'],
  'totals of instances': ['SCAN t'],
  namespaces: [
    'SCAN i',
    'sorts after SCAN i',
    'for each row: SEARCH n USING INDEX Namespace_instanceId_name_key (instanceId=?)',
  ],
  // In the order of its key, from the newest.
  'audit events': ['SCAN AuditEvent'],
  // Some links that the caller gives.
  'whether a tag reaches a blob': ['SCAN l VIRTUAL TABLE INDEX 1:'],
  // Some names that the caller gives.
  'tags with names': ['sorts after SEARCH t USING INDEX Tag_name_repositoryId_idx (name=? AND repositoryId=?)'],
}

/** Lists that add up and sort the totals of all repositories: no index has the order of sums. */
const summing = ['repositories by -size', 'repositories by -tags', 'repositories by -lastPushedAt']

let folder: string
let location: DatabaseLocation
let drop: () => Promise<void>
let db: OpenDatabase
let target: HotReadTarget

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'stele-plans-'))
  ;({ location, drop } = await createTestDatabase(folder))
  await migrate(location, checkedInMigrations)
  await fillDatabase(location, { tags: 20_000, manifests: 10_000, repositories: 500, shape: 'one' })
  db = await openDatabase(location)
  target = await findTarget(db)
}, 120_000)
afterAll(async () => {
  await db.close()
  await drop()
  await rm(folder, { recursive: true, force: true })
})

async function faultsOf(name: string): Promise<string[]> {
  const statements = await recordStatements(db, async (observed) => hotReads[name]?.(observed, target))
  expect(statements.length).toBeGreaterThan(0)
  const faults: string[] = []
  for (const statement of statements) faults.push(...(await findFaults(db, statement, rowsMax)))
  return faults
}

test.each(Object.keys(hotReads).filter((name) => !summing.includes(name)))('%s', async (name) => {
  const faults = await faultsOf(name)
  expect(faults.filter((fault) => !allowed[name]?.includes(fault))).toEqual([])
})

test('a statement without an index for its order is found', async () => {
  const statement = Prisma.sql`SELECT "name" FROM "Tag" WHERE "repositoryId" = ${target.repositoryId}
    ORDER BY "previousDigest", "name" LIMIT 10`
  expect(await findFaults(db, { sql: statement, isKept: false }, rowsMax)).not.toEqual([])
})

test('a statement that reads a whole table is found', async () => {
  const statement = Prisma.sql`SELECT count(*) FROM "Manifest" WHERE "pushedBy" = 'nobody'`
  expect(await findFaults(db, { sql: statement, isKept: false }, rowsMax)).not.toEqual([])
})

test('a plan for all values that reads a whole repository is found', async ({ skip }) => {
  if (inject('provider') !== 'postgresql') skip('SQLite keeps no plan for all values')
  // Few of 500 repositories have many tags: any index of the repository's seems good enough.
  const sql = Prisma.sql`SELECT "name" FROM "Tag" WHERE "repositoryId" = ${target.repositoryId}
    AND "name" IN (SELECT "key" FROM json_each(${'{"v0.0.1":0}'}))`
  expect(await findFaults(db, { sql, isKept: false }, rowsMax)).toEqual([])
  expect(await findFaults(db, { sql, isKept: true }, rowsMax)).not.toEqual([])
})
