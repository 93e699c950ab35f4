import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

/*
 * Every write to these tables is in one file each, to the outbox in two (docs/architecture.md, "One writer"), so that one
 * file shows every way in which a tag, the ledger, a reserved name or an opening can change.
 */

const root = join(import.meta.dirname, '..')

const writers = {
  Tag: 'lib/metadata/tags.ts',
  TagEvent: 'lib/metadata/ledger.ts',
  Tombstone: 'lib/metadata/tombstones.ts',
  TagOpening: 'lib/metadata/openings.ts',
  // What happens to tags with their entries of the ledger, in one statement.
  OutboxEvent: ['lib/metadata/ledger.ts', 'lib/metadata/outbox.ts'],
  OutboxReader: 'lib/metadata/outbox-readers.ts',
  TransparencyLog: 'lib/metadata/transparency-logs.ts',
  TransparencyLeaf: 'lib/metadata/transparency-logs.ts',
  TransparencyTile: 'lib/metadata/transparency-logs.ts',
  ServedCheckpoint: 'lib/metadata/served-checkpoints.ts',
  LogWitness: 'lib/metadata/log-witnesses.ts',
  TagPulls: 'lib/metadata/pull-counts.ts',
  RepositoryPulls: 'lib/metadata/pull-counts.ts',
  TransparencyHeld: 'lib/metadata/held-events.ts',
  // Besides the triggers.
  RepositoryTotals: 'lib/metadata/totals-check.ts',
  InstanceTotals: 'lib/metadata/totals-check.ts',
  InstanceBlob: 'lib/metadata/totals-check.ts',
} as const

/** Parts of migrations, which run before anything else does. */
const migrations = ['fill-tags.ts', 'fill-totals.ts'].map((file) => join('lib', 'metadata', 'engine', file))

/** The folders of production code. Tests and their helpers may create rows themselves. */
const sources = ['app', 'lib', 'components']
  .flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((file) => join(folder, file)),
  )
  .concat(['server.ts', 'command.ts', 'instrumentation.ts'])
  .filter(
    (file) =>
      /\.tsx?$/.test(file) &&
      !/\.test\.tsx?$|^lib\/testing\/|^lib\/metadata\/generated\//.test(file) &&
      !migrations.includes(file),
  )

/** Matches a statement that writes to `table`, as plain SQL or through the models. */
function writeTo(table: string): RegExp {
  const sql = `(?:INSERT\\s+INTO|UPDATE|DELETE\\s+FROM|MERGE\\s+INTO|REPLACE\\s+INTO|TRUNCATE)\\s+(?:ONLY\\s+)?"?${table}"?(?![\\w"])`
  const model = table.charAt(0).toLowerCase() + table.slice(1)
  return new RegExp(`${sql}|\\.${model}\\s*\\.\\s*(?:create|update|upsert|delete)\\w*`, 'i')
}

test.each(Object.entries<string | readonly string[]>(writers))('%s is written by %s alone', (table, writer) => {
  const pattern = writeTo(table)
  expect(sources.filter((file) => pattern.test(readFileSync(join(root, file), 'utf8')))).toEqual([writer].flat())
})

test.each([
  'INSERT INTO "Tag" ("name")',
  'update "Tag" set',
  'DELETE FROM "Tag"\n WHERE',
  'db.prisma.tag.createMany(',
  'tx.tag\n  .upsert({',
])('%j would be found', (statement) => {
  expect(writeTo('Tag').test(statement)).toBe(true)
})

test.each(['INSERT INTO "TagEvent" ("tag")', 'SELECT 1 FROM "Tag"', 'db.tag.findMany(', 'FOR UPDATE OF r'])(
  '%j is no write to Tag',
  (statement) => {
    expect(writeTo('Tag').test(statement)).toBe(false)
  },
)
