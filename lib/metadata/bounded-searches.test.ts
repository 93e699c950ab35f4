import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { tagEventKinds } from '@/lib/domain/ledger'
import type { HotReadTarget } from '@/lib/testing/hot-reads'
import { checkedInMigrations, createTestDatabase } from '@/lib/testing/test-database'
import { fillDatabase, findTarget } from '../../scripts/lib/fill-database'
import { migrate } from './engine/migrate'
import { type OpenDatabase, openDatabase } from './engine/open-database'
import type { Position } from './engine/listing'
import {
  type LedgerFilter,
  type LedgerPosition,
  type TagEventRow,
  countTagEvents,
  listAllTagEvents,
  listTagEvents,
  searchTagEvents,
} from './ledger-listing'
import { type TagFilter, type TagSortKey, countFoundTags, countTags, listTags, searchTags } from './tag-listing'

/* A search that looks at some rows at a time finds, in the end, what one that looks at all finds, in the same order. */

let folder: string
let drop: () => Promise<void>
let db: OpenDatabase
let target: HotReadTarget

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'stele-searches-'))
  const made = await createTestDatabase(folder)
  drop = made.drop
  await migrate(made.location, checkedInMigrations)
  await fillDatabase(made.location, { tags: 400, manifests: 100, repositories: 3, shape: 'one' })
  db = await openDatabase(made.location)
  target = await findTarget(db)
}, 60_000)
afterAll(async () => {
  await db.close()
  await drop()
  await rm(folder, { recursive: true, force: true })
})

const keys = ['name', 'pushedAt', 'version', 'size'] satisfies TagSortKey[]
const filters: readonly Partial<TagFilter>[] = [
  { search: '3' },
  { search: '.1', withTechnical: false },
  { search: 'v0', kind: 'image' },
  { search: 'nothing' },
]

describe.each(keys)('tags by %s', (key) => {
  test.each(filters.flatMap((filter) => [false, true].map((descending) => ({ ...filter, descending }))))(
    '%j',
    async ({ descending, ...rest }) => {
      const filter = { ...rest, repositoryId: target.repositoryId }
      const all = await listTags(db, filter, key, { descending, after: null, limit: 1000 })
      const found: string[] = []
      let after: Position | null = null
      for (let reads = 0; reads < 500; reads += 1) {
        const part: Awaited<ReturnType<typeof searchTags>> = await searchTags(
          db,
          filter,
          key,
          { descending, after, limit: 5 },
          50,
        )
        found.push(...part.rows.map(({ name }) => name))
        const last = part.rows.at(-1)
        const keyOf = { name: last?.name, pushedAt: last?.updatedAt, version: last?.versionKey, size: last?.sizeBytes }
        after = part.rows.length === 5 && last ? { key: keyOf[key] ?? '', tie: last.name } : part.stoppedAt
        if (after === null) break
      }
      expect(found).toEqual(all.map(({ name }) => name))
      expect(await countFoundTags(db, filter, key, descending, 1000)).toEqual({
        count: await countTags(db, filter),
        isCapped: false,
      })
      const first = await countFoundTags(db, filter, key, descending, 50)
      expect(first.isCapped).toBe(true)
      expect(first.count).toBeLessThanOrEqual(all.length)
    },
  )
})

test('a digest, whole or its beginning, finds the tags that point at it', async () => {
  const { repositoryId, digest } = target
  const slice = { descending: false, after: null, limit: 1000 }
  const pointing = (await listTags(db, { repositoryId }, 'name', slice)).filter((tag) => tag.digest === digest)
  expect(pointing.length).toBeGreaterThan(0)
  for (const search of [digest, digest.slice(7), digest.slice(7, 30), digest.slice(0, 20)]) {
    expect(await listTags(db, { repositoryId, search }, 'name', slice)).toEqual(pointing)
  }
})

test.each(['newest first', 'oldest first'] as const)('entries of the ledger, the %s', async (order) => {
  const { instanceId, repositoryId } = target
  const scopes: readonly LedgerFilter['scope'][] = [{ instanceId }, { repositoryId }]
  for (const filter of scopes.flatMap((scope) => [
    { scope, text: '3' },
    { scope, text: '.sig' },
    { scope, actor: 'x' },
  ])) {
    const all = await listTagEvents(db, filter, { order, after: null, limit: 10_000 })
    const found: TagEventRow[] = []
    let after: LedgerPosition | null = null
    for (let reads = 0; reads < 500; reads += 1) {
      const part: Awaited<ReturnType<typeof searchTagEvents>> = await searchTagEvents(
        db,
        filter,
        { order, after, limit: 7 },
        { most: 20, step: 20 },
      )
      found.push(...part.rows)
      after = part.rows.length === 7 ? (part.rows.at(-1) ?? null) : part.stoppedAt
      if (after === null) break
    }
    expect(found).toEqual(all)
    expect(await countTagEvents(db, filter)).toEqual({ count: all.length, isCapped: false })
  }
})

test.each([1, 7, 1000])(
  'all entries of the ledger, at most %i of a kind at a time, each once and in order',
  async (batchSize) => {
    const { instanceId, repositoryId, tag } = target
    const filters: readonly LedgerFilter[] = [
      { scope: { instanceId } },
      { scope: { repositoryId } },
      { scope: { repositoryId }, tag },
      { scope: { instanceId }, kind: 'CREATED' },
      { scope: { instanceId }, text: '3' },
      { scope: { repositoryId }, actor: 'x' },
    ]
    for (const filter of filters) {
      const all = await listTagEvents(db, filter, { order: 'oldest first', after: null, limit: 10_000 })
      const throughId = all.at(-3)?.id ?? 0
      const found: TagEventRow[] = []
      for await (const part of listAllTagEvents(db, filter, { throughId, batchSize })) {
        expect(part.length).toBeLessThanOrEqual(batchSize * tagEventKinds.length)
        found.push(...part)
      }
      expect(found).toEqual(all.filter(({ id }) => id <= throughId))
    }
    const ofInstance = await listTagEvents(
      db,
      { scope: { instanceId } },
      { order: 'oldest first', after: null, limit: 10_000 },
    )
    expect(new Set(ofInstance.map(({ kind }) => kind)).size).toBeGreaterThan(1)
  },
)
