import { hash } from 'node:crypto'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { openTestDatabase } from '@/lib/testing/test-database'
import type { CommitMark, Database, DirectReads, FirstRow } from './engine/database'
import { gather } from './engine/gathered-reads'
import { Prisma } from './generated/sqlite/client'
import { type PullQuery, Pulls } from './pulls'

let db: Database
let close: () => Promise<void>

beforeAll(async () => ({ db, close } = await openTestDatabase()))
afterAll(() => close())

const query: PullQuery = { instance: 'default', path: 'team/app', reference: 'v1' }

/** A database that counts its statements, and commits when it is told to. */
class Reads implements DirectReads {
  mark = 1
  statements = 0
  content = Buffer.from('{}')
  duringStatement = () => {}

  firstSince<T>(mark: CommitMark | undefined): FirstRow<T> | null | Promise<FirstRow<T> | null> {
    const current = this.mark
    if (mark === current) return null
    this.statements++
    this.duringStatement()
    const { content } = this
    const repository = { id: 'crr-1', instanceId: 'cri-1', namespaceId: 'crn-1', path: 'team/app', type: 'PUBLIC' }
    const manifest = { digest: `sha256:${hash('sha256', content)}`, mediaType: 'application/json', content }
    const row = {
      ...repository,
      allowAnonymousPull: true,
      rank: 0,
      ...manifest,
      sizeBytes: 2,
      seenAt: new Date(0),
    } as T
    return { row, mark: current }
  }
}

test('an answer is remembered until the next commit, for each subject and reference', () => {
  const reads = new Reads()
  const pulls = new Pulls(reads)
  const first = pulls.findManifest('', query)
  expect(pulls.findManifest('', query)).toBe(first)
  expect(reads.statements).toBe(1)
  void pulls.findManifest('usr-1', query)
  void pulls.findManifest('', { ...query, reference: 'v2' })
  void pulls.findManifest('', { ...query, instance: { name: 'other', regionId: 'cn-hangzhou' } })
  void pulls.findBlob('', query)
  expect(reads.statements).toBe(5)

  reads.mark = 2
  expect(pulls.findManifest('', query)).not.toBe(first)
  expect(reads.statements).toBe(6)
})

test('a commit while the statement runs makes it run again the next time', () => {
  const reads = new Reads()
  const pulls = new Pulls(reads)
  reads.duringStatement = () => void (reads.mark = 2)
  void pulls.findManifest('', query)
  void pulls.findManifest('', query)
  expect(reads.statements).toBe(2)
})

test('a large manifest is found, and not remembered', () => {
  const reads = new Reads()
  const pulls = new Pulls(reads)
  reads.content = Buffer.alloc(200 * 1024)
  expect(pulls.findManifest('', query)).not.toBeNull()
  expect(pulls.findManifest('', query)).not.toBeNull()
  expect(reads.statements).toBe(2)
})

test('however many are asked for, a bounded number of bytes is remembered', () => {
  const reads = new Reads()
  const pulls = new Pulls(reads)
  reads.content = Buffer.alloc(100 * 1024)
  const ask = (count: number) => {
    for (let i = 0; i < count; i++) void pulls.findManifest('', { ...query, reference: `v${i}` })
  }
  ask(200)
  ask(200)
  expect(reads.statements).toBe(400)
})

test('neither statement reads a table from start to end, but the instances for the default one', async () => {
  const plans: string[] = []
  const explain: DirectReads = {
    async firstSince(_, { query: strings, values }) {
      const isSqlite = inject('provider') === 'sqlite'
      const [start = '', ...rest] = isSqlite ? strings : gather(strings)
      const asked = isSqlite ? values : values.map((value) => [value, 'another'])
      const statement = Prisma.sql([`${isSqlite ? 'EXPLAIN QUERY PLAN' : 'EXPLAIN'} ${start}`, ...rest], ...asked)
      const read = async (from: Pick<Database, 'read'>) => {
        const rows = await from.read.$queryRaw<Record<string, unknown>[]>(statement)
        plans.push(rows.map((row) => String(row['detail'] ?? row['QUERY PLAN'])).join('\n'))
      }
      if (isSqlite) await read(db)
      else
        await db.sqlTransaction(async (tx) => {
          // So few rows are in no table that PostgreSQL would use an index.
          await tx.$executeRaw`SET LOCAL enable_seqscan = off`
          await read(tx)
        })
      return { row: undefined, mark: 0 }
    },
  }
  await new Pulls(explain).findManifest('usr-1', query)
  await new Pulls(explain).findBlob('usr-1', query)
  expect(plans).toHaveLength(2)
  for (const plan of plans) {
    expect(plan).toMatch(/INDEX|Index/)
    const scans = plan.match(/SCAN \w+|Seq Scan on "\w+" \w+/g) ?? []
    expect(scans.filter((scan) => !/ d$/.test(scan))).toEqual([])
  }
})
