import { execFile } from 'node:child_process'
import { cp, mkdtemp, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { Client } from 'pg'
import Sqlite from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { DatabaseLocation } from './database'
import { tagOrdersMigration } from './fill-tags'
import { totalsMigration } from './fill-totals'
import { assertMigrated, migrate } from './migrate'
import { additiveMark } from './migration'
import { openDatabase } from './open-database'
import { getInstanceTotals, getRepositoryTotals } from '../totals'
import { versionKey } from '@/lib/domain/version-key'
import { checkedInMigrations, createTestDatabase } from '@/lib/testing/test-database'

let folder: string
let location: DatabaseLocation
let drop: () => Promise<void>
let migrations: string

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'stele-migrate-'))
  ;({ location, drop } = await createTestDatabase(folder))
  migrations = path.join(folder, 'prisma')
  await cp(checkedInMigrations, migrations, { recursive: true, dereference: true })
})
afterEach(async () => {
  await drop()
  await rm(folder, { recursive: true, force: true })
})

async function addMigration(name: string, sql: string) {
  const target = path.join(migrations, location.provider, 'migrations', name)
  await mkdir(target, { recursive: true })
  await writeFile(path.join(target, 'migration.sql'), sql)
}

/** Moves a migration and those after it away; returns what puts them back. */
async function setAsideFrom(name: string): Promise<() => Promise<void>> {
  const present = path.join(migrations, location.provider, 'migrations')
  const aside = path.join(folder, 'aside')
  await mkdir(aside)
  const names = (await readdir(present)).filter((one) => /^\d/.test(one) && one >= name)
  for (const one of names) await rename(path.join(present, one), path.join(aside, one))
  return async () => {
    for (const one of names) await rename(path.join(aside, one), path.join(present, one))
  }
}

/** Runs one statement and returns its rows. */
async function run(sql: string): Promise<unknown[]> {
  if (location.provider === 'sqlite') {
    const db = new Sqlite(location.file)
    try {
      const statement = db.prepare(sql)
      if (statement.reader) return statement.all()
      statement.run()
      return []
    } finally {
      db.close()
    }
  }
  const client = new Client({ connectionString: location.url })
  await client.connect()
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows
  } finally {
    await client.end()
  }
}

async function tables(): Promise<string[]> {
  const rows = await run(
    location.provider === 'sqlite'
      ? `SELECT name FROM sqlite_master WHERE type = 'table'`
      : `SELECT tablename AS name FROM pg_tables`,
  )
  return (rows as { name: string }[]).map(({ name }) => name)
}

describe('migrate', () => {
  test('creates the database once', async () => {
    expect(await migrate(location, migrations)).not.toEqual([])
    expect(await migrate(location, migrations)).toEqual([])
    expect(await tables()).toContain('Tag')
  })

  test('a migrated SQLite database is not locked by a start, and its rows are not checked again', async () => {
    await migrate(location, migrations)
    if (location.provider !== 'sqlite') return
    const server = new Sqlite(location.file)
    try {
      server.pragma('foreign_keys = OFF')
      server.exec(`INSERT INTO "Tag" ("repositoryId", "name", "digest", "createdAt", "updatedAt", "updatedBy")
        VALUES ('crr-none', 'v1', 'sha256:0', '', '', '')`)
      server.exec('BEGIN IMMEDIATE')
      expect(await migrate(location, migrations)).toEqual([])
    } finally {
      server.close()
    }
  })

  test('a start renews the statistics of a SQLite table that has grown', async () => {
    await migrate(location, migrations)
    if (location.provider !== 'sqlite') return
    const db = new Sqlite(location.file)
    try {
      db.pragma('foreign_keys = OFF')
      const insert =
        db.prepare(`INSERT INTO "Tag" ("repositoryId", "name", "digest", "createdAt", "updatedAt", "updatedBy")
        VALUES ('crr-none', ?, 'sha256:0', '', '', '')`)
      db.transaction(() => Array.from({ length: 1000 }, (_, n) => insert.run(`v${n}`)))()
      const rows = () =>
        db.prepare(`SELECT max(CAST("stat" AS INTEGER)) FROM sqlite_stat1 WHERE "tbl" = 'Tag'`).pluck().get()
      expect(rows()).toBeLessThan(10)
      await migrate(location, migrations)
      expect(rows()).toBeGreaterThan(900)
    } finally {
      db.close()
    }
  })

  test('several processes that start at once apply each migration once', async () => {
    const script = `
      const { migrate } = await import(${JSON.stringify(path.resolve(import.meta.dirname, 'migrate.ts'))})
      process.stdout.write(JSON.stringify(await migrate(${JSON.stringify(location)}, ${JSON.stringify(migrations)})))`
    const start = () => promisify(execFile)(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script])
    const outputs = await Promise.all(Array.from({ length: 3 }, start))
    const applied = outputs.flatMap(({ stdout }) => JSON.parse(stdout) as string[])
    expect(applied).not.toEqual([])
    expect(applied).toHaveLength(new Set(applied).size)
  })

  test('a migration that fails half way leaves the database as it was', async () => {
    await migrate(location, migrations)
    await addMigration('99990101000000_bad', 'CREATE TABLE "Half" (id TEXT); CREATE TABLE "Tag" (id TEXT);')
    await expect(migrate(location, migrations)).rejects.toThrow(/Tag/)
    expect(await tables()).not.toContain('Half')
  })

  test('the Immutable checkbox becomes mode enforce with latest exempt, and what was not ticked stays off', async () => {
    const putBack = await setAsideFrom('20261128180000_immutability_policy')
    await migrate(location, migrations)
    const time = `'2026-01-01 00:00:00'`
    await run(`INSERT INTO "Instance" ("id", "regionId", "name", "specification", "isDefault", "createdAt", "updatedAt")
      VALUES ('i', 'r', 'i', 'BASIC', true, ${time}, ${time})`)
    for (const ticked of [true, false]) {
      await run(`INSERT INTO "Namespace" ("id", "instanceId", "name", "autoCreateRepository", "defaultRepositoryType",
          "defaultTagImmutability", "createdAt", "updatedAt")
        VALUES ('n-${ticked}', 'i', 'n-${ticked}', true, 'PRIVATE', ${ticked}, ${time}, ${time})`)
      await run(`INSERT INTO "Repository" ("id", "instanceId", "namespaceId", "name", "path", "type", "tagImmutability",
          "summary", "description", "createdAt", "updatedAt", "updatedBy")
        VALUES ('r-${ticked}', 'i', 'n-true', '${ticked}', 'n-true/${ticked}', 'PRIVATE', ${ticked}, '', '', ${time}, ${time}, '')`)
    }
    await putBack()
    await migrate(location, migrations)
    expect(
      await run(`SELECT "id", "immutabilityMode", "exemptTags", "immutabilitySource" FROM "Repository" ORDER BY "id"`),
    ).toEqual([
      { id: 'r-false', immutabilityMode: 'off', exemptTags: 'latest', immutabilitySource: 'repository' },
      { id: 'r-true', immutabilityMode: 'enforce', exemptTags: 'latest', immutabilitySource: 'repository' },
    ])
    expect(
      await run(`SELECT "id", "defaultImmutabilityMode", "defaultExemptTags" FROM "Namespace" ORDER BY "id"`),
    ).toEqual([
      { id: 'n-false', defaultImmutabilityMode: null, defaultExemptTags: null },
      { id: 'n-true', defaultImmutabilityMode: 'enforce', defaultExemptTags: 'latest' },
    ])
  })

  test('tags that exist get the order of versions, their sizes and kinds', async () => {
    const putBack = await setAsideFrom(tagOrdersMigration)
    await migrate(location, migrations)
    const time = `'2026-01-01 00:00:00'`
    await run(`INSERT INTO "Instance" ("id", "regionId", "name", "specification", "isDefault", "createdAt", "updatedAt")
      VALUES ('i', 'r', 'i', 'BASIC', true, ${time}, ${time})`)
    await run(`INSERT INTO "Namespace" ("id", "instanceId", "name", "autoCreateRepository", "defaultRepositoryType",
      "createdAt", "updatedAt") VALUES ('n', 'i', 'n', true, 'PRIVATE', ${time}, ${time})`)
    await run(`INSERT INTO "Repository" ("id", "instanceId", "namespaceId", "name", "path", "type", "summary",
      "description", "createdAt", "updatedAt", "updatedBy")
      VALUES ('r', 'i', 'n', 'r', 'n/r', 'PRIVATE', '', '', ${time}, ${time}, '')`)
    const bytes = location.provider === 'sqlite' ? `x'7b7d'` : `'\\x7b7d'`
    const technical = `sha256-${'a'.repeat(64)}.sig`
    const given: [tag: string, artifactType: string, sizeBytes: number][] = [
      ['v1.10', 'NULL', 10],
      ['v1.9', `'application/vnd.oci.image.config.v1+json'`, 4_000_000_000],
      ['chart-1', `'application/vnd.cncf.helm.config.v1+json'`, 30],
      [technical, `'application/vnd.dev.cosign.artifact.sig.v1+json'`, 40],
    ]
    for (const [tag, artifactType, sizeBytes] of given) {
      await run(`INSERT INTO "Manifest" ("repositoryId", "digest", "mediaType", "artifactType", "content", "sizeBytes",
          "totalSizeBytes", "platforms", "pushedBy", "createdAt", "seenAt")
        VALUES ('r', 'sha256:${tag}', 'm', ${artifactType}, ${bytes}, 2, ${sizeBytes}, '', '', ${time}, ${time})`)
      await run(`INSERT INTO "Tag" ("repositoryId", "name", "digest", "createdAt", "updatedAt", "updatedBy")
        VALUES ('r', '${tag}', 'sha256:${tag}', ${time}, ${time}, '')`)
    }
    await putBack()
    await migrate(location, migrations)
    const rows = (await run(
      `SELECT "name", "versionKey", "sizeBytes", "kind", "isTechnical" FROM "Tag" ORDER BY "versionKey"`,
    )) as Record<'name' | 'versionKey' | 'sizeBytes' | 'kind' | 'isTechnical', unknown>[]
    expect(
      rows.map((row) => ({ ...row, sizeBytes: Number(row.sizeBytes), isTechnical: Boolean(row.isTechnical) })),
    ).toEqual([
      { name: 'chart-1', versionKey: versionKey('chart-1'), sizeBytes: 30, kind: 'helmChart', isTechnical: false },
      { name: technical, versionKey: versionKey(technical), sizeBytes: 40, kind: 'artifact', isTechnical: true },
      { name: 'v1.9', versionKey: versionKey('v1.9'), sizeBytes: 4_000_000_000, kind: 'image', isTechnical: false },
      { name: 'v1.10', versionKey: versionKey('v1.10'), sizeBytes: 10, kind: 'image', isTechnical: false },
    ])
  })

  test('repositories and instances that exist get their totals', async () => {
    const putBack = await setAsideFrom(totalsMigration)
    await migrate(location, migrations)
    const time = `'2026-01-01 00:00:00'`
    await run(`INSERT INTO "Instance" ("id", "regionId", "name", "specification", "isDefault", "createdAt", "updatedAt")
      VALUES ('i', 'r', 'i', 'BASIC', true, ${time}, ${time})`)
    await run(`INSERT INTO "Namespace" ("id", "instanceId", "name", "autoCreateRepository", "defaultRepositoryType",
      "createdAt", "updatedAt") VALUES ('n', 'i', 'n', true, 'PRIVATE', ${time}, ${time})`)
    await run(`INSERT INTO "Blob" ("digest", "sizeBytes", "createdAt", "seenAt")
      VALUES ('shared', 5000000000, ${time}, ${time}), ('own', 10, ${time}, ${time}), ('gone', 100, ${time}, ${time})`)
    for (const [id, isDeleted] of [
      ['a', false],
      ['b', false],
      ['empty', false],
      ['gone', true],
    ] as const) {
      await run(`INSERT INTO "Repository" ("id", "instanceId", "namespaceId", "name", "path", "type", "summary",
          "description", "createdAt", "updatedAt", "updatedBy", "isDeleted")
        VALUES ('${id}', 'i', 'n', '${id}', 'n/${id}', 'PRIVATE', '', '', ${time}, ${time}, '', ${isDeleted})`)
    }
    const links = [
      ['a', 'shared'],
      ['a', 'own'],
      ['b', 'shared'],
      ['gone', 'shared'],
      ['gone', 'gone'],
    ]
    for (const [repository, blob] of links) {
      await run(`INSERT INTO "RepositoryBlob" ("repositoryId", "digest", "createdAt", "seenAt")
        VALUES ('${repository}', '${blob}', ${time}, ${time})`)
    }
    const tags = [
      ['a', 'v1', 'image', false],
      ['a', 'chart', 'helmChart', false],
      ['a', 's.sig', 'artifact', true],
      ['gone', 'v1', 'image', false],
    ]
    for (const [repository, name, kind, isTechnical] of tags) {
      await run(`INSERT INTO "Manifest" ("repositoryId", "digest", "mediaType", "content", "sizeBytes",
          "totalSizeBytes", "platforms", "pushedBy", "createdAt", "seenAt")
        VALUES ('${repository}', '${name}', 'm', '', 7, 2, '', '', ${time}, ${time})`)
      await run(`INSERT INTO "Tag" ("repositoryId", "name", "digest", "createdAt", "updatedAt", "updatedBy", "kind", "isTechnical")
        VALUES ('${repository}', '${name}', '${name}', ${time}, ${time}, '', '${kind}', ${isTechnical})`)
    }
    for (const [kind, at] of [
      ['CREATED', 1],
      ['MOVED', 2],
      ['REFUSED', 3],
    ]) {
      await run(`INSERT INTO "TagEvent" ("instanceId", "repositoryId", "repositoryPath", "tag", "kind", "actor",
          "credential", "address", "userAgent", "createdAt", "lastAt")
        VALUES ('i', 'a', 'n/a', 'v1', '${kind}', '', '', '', '', '2026-01-0${at} 00:00:00', ${time})`)
    }
    await putBack()
    await migrate(location, migrations)
    const db = await openDatabase(location)
    try {
      const ofRepository = await getRepositoryTotals(db, ['a', 'b', 'empty'])
      const second = new Date(location.provider === 'sqlite' ? '2026-01-02 00:00:00' : '2026-01-02T00:00:00Z')
      expect(['a', 'b', 'empty'].map(ofRepository)).toEqual([
        { tagCount: 3, sizeBytes: 5_000_000_031, lastPushedAt: second },
        { tagCount: 0, sizeBytes: 5_000_000_000, lastPushedAt: null },
        { tagCount: 0, sizeBytes: 0, lastPushedAt: null },
      ])
      const ofInstance = await getInstanceTotals(db, null, ['i'])
      expect(ofInstance('i')).toMatchObject({ repositoryCount: 3, tagCount: 3, storageBytes: 5_000_000_110 })
    } finally {
      await db.close()
    }
  })

  test('goes on with the database of a newer version that only adds to it, and says so', async () => {
    await addMigration('99990101000000_future', `${additiveMark}\nCREATE TABLE "Future" (id TEXT);`)
    await migrate(location, migrations)
    const ahead: string[] = []
    expect(await migrate(location, checkedInMigrations, { noteAhead: (names) => ahead.push(...names) })).toEqual([])
    expect(ahead).toContain('99990101000000_future')
    await assertMigrated(location, checkedInMigrations)
    await addMigration('99990102000000_breaking', 'DROP TABLE "Future";')
    await migrate(location, migrations)
    await expect(migrate(location, checkedInMigrations)).rejects.toThrow(/newer version.*99990102000000_breaking/)
  })

  test('gives way to a server that uses a table for long, and then changes it', async () => {
    if (location.provider === 'sqlite') return
    await migrate(location, migrations)
    await addMigration('99990101000000_column', 'ALTER TABLE "Tag" ADD COLUMN "note" TEXT;')
    const server = new Client({ connectionString: location.url })
    await server.connect()
    try {
      await server.query('BEGIN')
      await server.query('SELECT 1 FROM "Tag"')
      const migrated = migrate(location, migrations)
      // It waits for the table, gives up, and comes again: in between, others get to it.
      const waiting = async () =>
        (await run(`SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'relation'`))
          .length
      await expect.poll(waiting, { timeout: 10_000 }).toBe(1)
      await expect.poll(waiting, { timeout: 10_000 }).toBe(0)
      await server.query('COMMIT')
      expect(await migrated).toEqual(['99990101000000_column'])
    } finally {
      await server.end()
    }
  })

  test('changes nothing when the sealed keys are refused, which are shown before', async () => {
    await migrate(location, migrations)
    await run(`INSERT INTO "SealedKey" ("name", "version", "sealedWith", "sealed", "changedAt")
      VALUES ('secrets', 1, 'with', 'sealed', '2026-01-01 00:00:00')`)
    await addMigration('99990101000000_more', 'CREATE TABLE "More" (id TEXT);')
    const shown: unknown[] = []
    const refused = migrate(location, migrations, {
      inspectKeys(keys) {
        shown.push(...keys)
        throw new Error('sealed with another one')
      },
    })
    await expect(refused).rejects.toThrow('sealed with another one')
    expect(shown).toEqual([
      expect.objectContaining({ name: 'secrets', version: 1, sealedWith: 'with', sealed: 'sealed' }),
    ])
    expect(await migrate(location, migrations)).toEqual(['99990101000000_more'])
  })

  test('refuses a database of a newer version', async () => {
    await addMigration('99990101000000_future', 'CREATE TABLE "Future" (id TEXT);')
    await migrate(location, migrations)
    await expect(migrate(location, checkedInMigrations)).rejects.toThrow(/newer version.*99990101000000_future/)
  })

  test('refuses a migration that was changed after it was applied', async () => {
    await addMigration('99990101000000_more', 'CREATE TABLE "More" (id TEXT);')
    await migrate(location, migrations)
    await addMigration('99990101000000_more', 'CREATE TABLE "Other" (id TEXT);')
    await expect(migrate(location, migrations)).rejects.toThrow(/99990101000000_more was changed/)
  })
})
