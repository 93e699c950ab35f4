/**
 * `node --import tsx scripts/measure-search.ts` measures the search with 1,000,000 tags in 10,000 repositories on both
 * databases: for callers who see everything, nothing, few, 1,000 and half of the repositories, the median and the worst
 * of 20 searches, and how long the longest statement kept the process. It takes minutes and 3 GB in the folder for
 * temporary files.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from 'pg'
import Sqlite from 'better-sqlite3'
import type { Context } from '@/lib/context'
import type { Principal } from '@/lib/domain/principal'
import { Turnstiles } from '@/lib/limits/turnstile'
import type { Database, DatabaseLocation } from '@/lib/metadata/engine/database'
import { migrate } from '@/lib/metadata/engine/migrate'
import { openDatabase } from '@/lib/metadata/engine/open-database'
import { searchRegistry } from '@/lib/registry/search/search-registry'
import { startPostgresql } from './lib/postgresql.mjs'

const repositories = 10_000
const tags = 1_000_000
const rounds = 20

/** Callers, as `fillStatements` makes them, and what they search for. */
const callers = ['admin', 'none', 'few', 'many', 'other']
const queries: Readonly<Record<string, string>> = {
  'all tags': 'v',
  'an exact tag': 'v1.7.3',
  'a number': '1.7',
  nothing: 'nothing-here',
  repositories: 'app-0000',
  'a short word': 's',
  'four digits of a digest': 'abcd',
  'a common layer': `sha256:${'a'.repeat(64)}`,
  'a digest of nothing': `sha256:${'c'.repeat(64)}`,
}

const folder = mkdtempSync(join(tmpdir(), 'stele-search-'))
const cluster = await startPostgresql({ fsync: false })
try {
  await measure({ provider: 'sqlite', file: join(folder, 'stele.db') })
  await measure({ provider: 'postgresql', url: await cluster.createDatabase('search') })
} finally {
  await cluster.stop()
  rmSync(folder, { recursive: true })
}

async function measure(location: DatabaseLocation): Promise<void> {
  await migrate(location, join(import.meta.dirname, '..', 'prisma'))
  await fill(location)
  const db = await openDatabase(location)
  console.log(`\n| ${location.provider} | caller | median, ms | worst, ms | longest statement, ms | found |`)
  console.log('| --- | --- | ---: | ---: | ---: | --- |')
  for (const [name, q] of Object.entries(queries)) {
    for (const caller of callers) console.log(`| ${name} | ${caller} | ${await measureOne(db, caller, q)} |`)
  }
  await db.close()
}

async function measureOne(db: Database, caller: string, q: string): Promise<string> {
  const principal: Principal = {
    ...{ kind: 'user', id: `usr-${caller}`, name: caller, role: caller === 'admin' ? 'ADMINISTRATOR' : 'MEMBER' },
    ...{ credential: 'session', token: null, address: '', userAgent: '' },
  }
  let longest = 0
  const read = {
    $queryRaw<T>(...query: Parameters<Database['read']['$queryRaw']>): Promise<T> {
      const start = performance.now()
      const answer = db.read.$queryRaw<T>(...query)
      longest = Math.max(longest, performance.now() - start)
      return answer
    },
  }
  const observed = new Proxy(db, {
    get: (target, name) => (name === 'read' ? read : (Reflect.get(target, name) as unknown)),
  })
  // The search uses nothing else of the context.
  const ctx = { db: observed, searchTurns: new Turnstiles({ atOnce: 1, waitingMax: 1 }) } as unknown as Context
  const times: number[] = []
  let found = ''
  for (let round = 0; round < rounds; round += 1) {
    const start = performance.now()
    const result = await searchRegistry(ctx, principal, { q, limit: 5 })
    times.push(performance.now() - start)
    found = Object.entries(result)
      .filter(([, hits]) => (hits as { totalCount: number }).totalCount > 0)
      .map(([kind, hits]) => `${kind} ${(hits as { totalCount: number }).totalCount}`)
      .join(', ')
  }
  times.sort((one, other) => one - other)
  return [times[rounds / 2], times[rounds - 1], longest].map((time = 0) => time.toFixed(1)).join(' | ') + ` | ${found}`
}

async function fill(location: DatabaseLocation): Promise<void> {
  const statements = fillStatements(location.provider)
  if (location.provider === 'sqlite') {
    const db = new Sqlite(location.file)
    for (const sql of statements) db.exec(sql)
    db.close()
    return
  }
  const client = new Client({ connectionString: location.url })
  await client.connect()
  // Without the checks of foreign keys, which take most of the time.
  await client.query('SET session_replication_role = replica')
  for (const sql of statements) await client.query(sql)
  await client.query('VACUUM ANALYZE')
  await client.end()
}

/**
 * Statements that fill the database of a new server, on both databases: of 10,000 repositories, the half in instance
 * `cri-a` have 200 tags `v…` each with a manifest of its own, all of which share a config, and 100,000 of which share a
 * layer; the half in `cri-b` have none. Members: `none`, `few` (3 repositories), `many` (1,000), `other` (`cri-b`).
 */
function fillStatements(provider: 'sqlite' | 'postgresql'): string[] {
  const half = repositories / 2
  const perRepository = tags / half
  const now = `'2026-11-28T00:00:00.000${provider === 'sqlite' ? '+00:00' : ''}'`
  const numbers = (from: number, to: number) =>
    provider === 'sqlite'
      ? `(WITH RECURSIVE s(i) AS (SELECT ${from} UNION ALL SELECT i + 1 FROM s WHERE i < ${to}) SELECT i FROM s)`
      : `(SELECT i FROM generate_series(${from}, ${to}) AS g(i))`
  const text = (number: string) => `CAST(${number} AS TEXT)`
  const padded = (number: string, length: number) =>
    `substr('${'0'.repeat(length)}' || ${text(number)}, length(${text(number)}) + 1)`
  // Spread over all beginnings, as digests are: multiplied by an odd number.
  const hex =
    provider === 'sqlite'
      ? `lower(printf('%08x', ((r.i * ${perRepository} + n.i) * 2654435761) % 4294967296))`
      : `lpad(to_hex(((r.i * ${perRepository} + n.i)::bigint * 2654435761) % 4294967296), 8, '0')`
  const digest = `'sha256:' || ${hex} || '${'0'.repeat(56)}'`
  const empty = provider === 'sqlite' ? `x'7b7d'` : `'\\x7b7d'::bytea`
  const layer = `'sha256:${'a'.repeat(64)}'`
  const config = `'sha256:${'b'.repeat(64)}'`
  const grant = (user: string, id: string, instance: string, repository: string | null) =>
    `SELECT 'crg-${user}' || ${id}, 'usr-${user}', 'usr-${user}', '${instance}', ${repository === null ? 'NULL, NULL' : `'crn-a', ${repository}`}, ${repository ?? `'${instance}'`}, 'PULL', ${now}, 'admin'`
  const grants = `INSERT INTO "Grant" ("id", "subjectId", "userId", "instanceId", "namespaceId", "repositoryId", "scopeId", "permission", "createdAt", "createdBy")`

  const isFalse = provider === 'sqlite' ? '0' : 'false'
  return [
    ...['a', 'b'].flatMap((name) => [
      `INSERT INTO "Instance" ("id", "regionId", "name", "specification", "isDefault", "createdAt", "updatedAt")
        VALUES ('cri-${name}', 'cn-hangzhou', 'bench-${name}', 'Enterprise_Basic', ${isFalse}, ${now}, ${now})`,
      `INSERT INTO "Namespace" ("id", "instanceId", "name", "autoCreateRepository", "defaultRepositoryType", "createdAt", "updatedAt")
        VALUES ('crn-${name}', 'cri-${name}', 'team', ${isFalse}, 'PRIVATE', ${now}, ${now})`,
      `INSERT INTO "Repository" ("id", "instanceId", "namespaceId", "name", "path", "type", "summary", "description", "createdAt", "updatedAt", "updatedBy")
        SELECT 'crr-${name}' || ${padded('i', 8)}, 'cri-${name}', 'crn-${name}', 'app-' || ${padded('i', 8)}, 'team/app-' || ${padded('i', 8)}, 'PRIVATE', '', '', ${now}, ${now}, 'admin'
        FROM ${numbers(0, half - 1)} AS r`,
    ]),
    `INSERT INTO "Manifest" ("repositoryId", "digest", "mediaType", "content", "sizeBytes", "totalSizeBytes", "platforms", "pushedBy", "createdAt", "seenAt")
      SELECT 'crr-a' || ${padded('r.i', 8)}, ${digest}, 'application/vnd.oci.image.manifest.v1+json', ${empty}, 2, 2, '', 'admin', ${now}, ${now}
      FROM ${numbers(0, half - 1)} AS r CROSS JOIN ${numbers(0, perRepository - 1)} AS n`,
    `INSERT INTO "Tag" ("repositoryId", "name", "digest", "createdAt", "updatedAt", "updatedBy")
      SELECT 'crr-a' || ${padded('r.i', 8)}, 'v1.' || ${text('n.i')} || '.' || ${text('r.i % 50')}, ${digest}, ${now}, ${now}, 'admin'
      FROM ${numbers(0, half - 1)} AS r CROSS JOIN ${numbers(0, perRepository - 1)} AS n`,
    `INSERT INTO "ManifestReference" ("repositoryId", "parentDigest", "childDigest", "kind", "fingerprint", "count")
      SELECT "repositoryId", "digest", ${config}, 'CONFIG', 'config', 1 FROM "Manifest" WHERE "repositoryId" < 'crr-a00000500'`,
    `INSERT INTO "ManifestReference" ("repositoryId", "parentDigest", "childDigest", "kind", "fingerprint", "count")
      SELECT "repositoryId", "digest", ${layer}, 'LAYER', 'layer', 1 FROM "Manifest" WHERE "repositoryId" < 'crr-a00000500'`,
    ...['none', 'few', 'many', 'other'].flatMap((name) => [
      `INSERT INTO "User" ("id", "name", "role", "createdAt", "updatedAt") VALUES ('usr-${name}', '${name}', 'MEMBER', ${now}, ${now})`,
    ]),
    `${grants} ${grant('few', text('r.i'), 'cri-a', `'crr-a' || ${padded('r.i', 8)}`)} FROM ${numbers(4997, 4999)} AS r`,
    `${grants} ${grant('many', text('r.i'), 'cri-a', `'crr-a' || ${padded('r.i', 8)}`)} FROM ${numbers(4000, 4999)} AS r`,
    `${grants} ${grant('other', `'1'`, 'cri-b', null)}`,
  ]
}
