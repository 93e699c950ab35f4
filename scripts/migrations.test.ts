import { join } from 'node:path'
import { expect, test } from 'vitest'
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
