import { join } from 'node:path'
import { expect, test } from 'vitest'
import { additiveMark } from '@/lib/metadata/engine/migration'
import { findBreaking } from './lib/additive'
import { diffMigrationsToModels, PROVIDERS, readMigrations } from './lib/schema-engine'

const root = join(import.meta.dirname, '..')

// Compiling PostgreSQL's WebAssembly takes seconds.
const timeout = 120_000

test.each(PROVIDERS)(
  'the migrations of %s make exactly what prisma/models.prisma says',
  { timeout },
  async (provider) => {
    expect(await diffMigrationsToModels(root, provider, readMigrations(root, provider))).toBeNull()
  },
)

test.each(PROVIDERS)('a column that no migration of %s makes is found', { timeout }, async (provider) => {
  const migrations = readMigrations(root, provider).map(({ name, sql }) => ({
    name,
    sql: sql.replace(/^ *"userAgent" TEXT.* NOT NULL,\n/m, ''),
  }))
  expect(await diffMigrationsToModels(root, provider, migrations)).toContain('"userAgent"')
})

test('both providers have the same migrations', () => {
  const [sqlite, postgresql] = PROVIDERS.map((provider) => readMigrations(root, provider).map(({ name }) => name))
  expect(postgresql).toEqual(sqlite)
})

test('on PostgreSQL every text column is in byte order, whatever the locale of the database', () => {
  const columns = readMigrations(root, 'postgresql').flatMap(({ sql }) => sql.match(/"\w+" TEXT.*/g) ?? [])
  expect(columns.length).toBeGreaterThan(0)
  expect(columns.filter((column) => !column.includes('TEXT COLLATE "C"'))).toEqual([])
})

test.each(PROVIDERS)(
  'what %s migrations call additive is: servers that do not know them can run beside',
  (provider) => {
    for (const { name, sql } of readMigrations(root, provider)) {
      if (sql.startsWith(additiveMark)) expect(findBreaking(sql), name).toEqual([])
    }
  },
)

test.each([
  [true, 'CREATE TABLE "New" ("id" TEXT);\nCREATE UNIQUE INDEX "New_id" ON "New"("id");'],
  [true, 'ALTER TABLE "Tag" ADD COLUMN "note" TEXT;\nALTER TABLE "Tag" ADD COLUMN "count" INTEGER NOT NULL DEFAULT 0;'],
  [true, 'CREATE TABLE "New" ("id" TEXT REFERENCES "Tag"("id") ON DELETE CASCADE ON UPDATE CASCADE);'],
  [true, 'CREATE INDEX "Tag_note" ON "Tag"("note");'],
  [false, 'CREATE TABLE "New" ("id" TEXT REFERENCES "Tag"("id") ON DELETE RESTRICT ON UPDATE CASCADE);'],
  [false, 'CREATE UNIQUE INDEX "Tag_note" ON "Tag"("note");'],
  [false, 'ALTER TABLE "Tag" ADD COLUMN "note" TEXT NOT NULL;'],
  [false, 'ALTER TABLE "Tag" DROP COLUMN "note";'],
  [false, 'ALTER TABLE "Tag" RENAME TO "Other";'],
  [false, 'UPDATE "Tag" SET "name" = \'\';'],
])('is additive: %s, %s', (isAdditive, sql) => {
  expect(findBreaking(sql).length === 0).toBe(isAdditive)
})
