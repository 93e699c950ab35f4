/**
 * `npm run db:diff -- <name>` writes a migration from the state of the checked-in migrations to prisma/models.prisma,
 * for both providers. It needs no database and no network.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { additiveMark } from '@/lib/metadata/engine/migration'
import { findBreaking } from './lib/additive'
import { diffMigrationsToModels, migrationsFolder, PROVIDERS, readMigrations } from './lib/schema-engine'

const root = join(import.meta.dirname, '..')
const { positionals } = parseArgs({ allowPositionals: true })
const [name] = positionals

if (positionals.length !== 1 || !/^[a-z][a-z0-9_]*$/.test(name ?? '')) {
  fail('Usage: npm run db:diff -- <name in snake_case>')
}

const folder = `${timestamp(new Date())}_${name}`

for (const provider of PROVIDERS) {
  const migrations = readMigrations(root, provider)
  const sql = await diffMigrationsToModels(root, provider, migrations)
  if (sql === null) {
    console.log(`prisma/${provider}: nothing changed`)
    continue
  }
  const target = join(migrationsFolder(root, provider), folder)
  mkdirSync(target, { recursive: true })
  const written = provider === 'postgresql' ? collateByBytes(sql) : sql
  const breaking = findBreaking(written)
  writeFileSync(join(target, 'migration.sql'), breaking.length === 0 ? `${additiveMark}\n${written}` : written)
  for (const statement of breaking) {
    console.log(`prisma/${provider}: servers of the version before cannot run beside this: ${statement}`)
  }
  console.log(`prisma/${provider}/migrations/${folder}/migration.sql: read it before you commit it`)
}

/** Text is compared by bytes, independent of the database's locale, as in SQLite, so that lists have the same order. */
function collateByBytes(sql: string): string {
  return sql.replace(/("\w+" TEXT)(?= |,|;|$)/gm, '$1 COLLATE "C"')
}

/** UTC, as Prisma names its migrations. */
function timestamp(now: Date): string {
  return now.toISOString().slice(0, 19).replaceAll(/[-:T]/g, '')
}

function fail(message: string): never {
  console.error(message)
  process.exit(1)
}
