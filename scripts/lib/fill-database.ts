import { createHash } from 'node:crypto'
import Sqlite from 'better-sqlite3'
import { Client, escapeIdentifier } from 'pg'
import { technicalTagOf } from '@/lib/domain/content-kind'
import { versionKey } from '@/lib/domain/version-key'
import { firstPreviousHash, hashAuditEvent } from '@/lib/metadata/audit-chain'
import type { DatabaseLocation, SqlSource } from '@/lib/metadata/engine/database'
import { fillTotals } from '@/lib/metadata/engine/fill-totals'
import type { HotReadTarget } from '@/lib/testing/hot-reads'

/**
 * How much a big database has. It gets 2 blobs of its own for each manifest and a base layer for each repository, an
 * entry of the ledger for each tag and a refused push for each tenth, and a tenth as many audit events and reserved names.
 */
export interface DatabaseSize {
  readonly tags: number
  /** Of these, a twentieth has no tag, and half of those refer to another manifest. */
  readonly manifests: number
  readonly repositories: number
  /**
   * `spread`: all repositories have as many tags. `one`: the first repository has all but one tag of each of the others.
   */
  readonly shape: 'spread' | 'one'
}

/** The objects of `fillDatabase` that tests and measurements name. */
const bigDatabase = {
  instance: { id: 'cri-0000000000000big', regionId: 'cn-hangzhou', name: 'example' },
  /** The one with most tags in shape `one`. */
  firstRepository: { id: 'crr-00000000', path: 'team-0/app-0' },
} as const

/** Repositories of a namespace. */
const namespaceSize = 100

/** When the first tag was pushed. The next came half a minute later, and so on. */
const start = Date.UTC(2025, 10, 1)
const stepMs = 30_000

/** Rows of one statement on PostgreSQL. */
const pageSize = 5000

type Value = string | number | boolean | Buffer | null

/** A column, and its type on PostgreSQL. */
type Columns = Readonly<Record<string, string>>

interface Writer {
  insert(table: string, columns: Columns, rows: Iterable<readonly Value[]>): Promise<void>
  close(): Promise<void>
}

/**
 * Fills the migrated, empty database: one default instance with repositories, manifests (whose digests are right), tags,
 * links, ledger and audit trail. No user and no bytes of blobs: the server makes its administrator at its first start,
 * and a blob can be asked for, but not read. The database has statistics afterwards.
 */
export async function fillDatabase(location: DatabaseLocation, size: DatabaseSize): Promise<void> {
  const writer = location.provider === 'sqlite' ? openSqlite(location.file) : await openPostgresql(location.url)
  try {
    const { id, regionId, name } = bigDatabase.instance
    await writer.insert(
      'Instance',
      { id: 'text', regionId: 'text', name: 'text', specification: 'text', isDefault: 'boolean', ...times },
      [[id, regionId, name, 'Enterprise_Basic', true, at(0), at(0)]],
    )
    await writer.insert('Namespace', namespaceColumns, namespaces(size))
    await writer.insert('Repository', repositoryColumns, repositories(size))
    await writer.insert('Blob', { digest: 'text', sizeBytes: 'bigint', createdAt: time, seenAt: time }, blobs(size))
    await writer.insert(
      'RepositoryBlob',
      { repositoryId: 'text', digest: 'text', createdAt: time, seenAt: time },
      links(size),
    )
    await writer.insert('Manifest', manifestColumns, manifests(size))
    await writer.insert('ManifestReference', referenceColumns, references(size))
    await writer.insert('Tag', tagColumns, tags(size))
    await writer.insert('TagEvent', tagEventColumns, tagEvents(size))
    await writer.insert('Tombstone', tombstoneColumns, tombstones(size))
    await writer.insert('AuditEvent', auditEventColumns, auditEvents(size))
    await writer.insert('AuditHead', { id: 'int', eventId: 'int', hash: 'text' }, [[1, auditCount(size), lastHash]])
  } finally {
    await writer.close()
  }
}

const time = 'timestamp'
const times = { createdAt: time, updatedAt: time }

function openSqlite(file: string): Writer {
  const db = new Sqlite(file)
  db.pragma('synchronous = OFF')
  db.pragma('foreign_keys = OFF')
  db.pragma('cache_size = -500000')
  // They are made at the end, from sorted rows.
  const made = db
    .prepare<[], { type: string; name: string; sql: string }>(
      `SELECT type, name, sql FROM sqlite_master WHERE type IN ('index', 'trigger') AND sql IS NOT NULL`,
    )
    .all()
  for (const { type, name } of made) db.exec(`DROP ${type} "${name}"`)
  const toValue = (value: Value) => (typeof value === 'boolean' ? Number(value) : value)
  return {
    insert(table, columns, rows) {
      const names = Object.keys(columns)
      const statement = db.prepare(
        `INSERT INTO "${table}" (${names.map((name) => `"${name}"`).join(', ')})
         VALUES (${names.map(() => '?').join(', ')})`,
      )
      db.transaction(() => {
        for (const row of rows) statement.run(...row.map(toValue))
      })()
      return Promise.resolve()
    },
    close() {
      for (const sql of [...fillTotals, ...made.map(({ sql }) => sql)]) db.exec(sql)
      db.exec('ANALYZE')
      db.pragma('wal_checkpoint(TRUNCATE)')
      db.close()
      return Promise.resolve()
    },
  }
}

async function openPostgresql(url: string): Promise<Writer> {
  const client = new Client({ connectionString: url })
  await client.connect()
  // Without the checks of foreign keys and without triggers.
  await client.query(
    `SET session_replication_role = replica; SET synchronous_commit = off; SET maintenance_work_mem = '512MB'`,
  )
  const { rows: made } = await client.query<{ name: string; sql: string }>(
    `SELECT i.indexname AS name, i.indexdef AS sql FROM pg_indexes i WHERE i.schemaname = current_schema() AND NOT EXISTS (
       SELECT 1 FROM pg_constraint c JOIN pg_class k ON k.oid = c.conindid WHERE k.relname = i.indexname)
       AND i.indexdef NOT LIKE 'CREATE UNIQUE%'`,
  )
  for (const { name } of made) await client.query(`DROP INDEX ${escapeIdentifier(name)}`)
  return {
    async insert(table, columns, rows) {
      const names = Object.keys(columns)
      const types = Object.values(columns)
      const text = `INSERT INTO "${table}" (${names.map((name) => `"${name}"`).join(', ')})
        SELECT * FROM unnest(${types.map((type, index) => `$${index + 1}::${type}[]`).join(', ')})`
      let page: Value[][] = names.map(() => [])
      const write = async () => {
        if (page[0]?.length) await client.query({ name: table, text, values: page })
        page = names.map(() => [])
      }
      for (const row of rows) {
        row.forEach((value, index) => page[index]?.push(value))
        if (page[0]?.length === pageSize) await write()
      }
      await write()
    },
    async close() {
      for (const sql of [...fillTotals, ...made.map(({ sql }) => sql)]) await client.query(sql)
      for (const table of ['TagEvent', 'AuditEvent']) {
        await client.query(
          `SELECT setval(pg_get_serial_sequence('"${table}"', 'id'), (SELECT coalesce(max("id"), 1) FROM "${table}"))`,
        )
      }
      await client.query('VACUUM ANALYZE')
      await client.end()
    },
  }
}

/** Both databases read it; SQLite compares it as text with what the server writes. */
function at(number: number): string {
  return new Date(start + number * stepMs).toISOString().replace('Z', '+00:00')
}

function* upTo(count: number): Generator<number> {
  for (let number = 0; number < count; number++) yield number
}

function* map<T, U>(items: Iterable<T>, make: (item: T) => U): Generator<U> {
  for (const item of items) yield make(item)
}

function sha256(content: string): string {
  return `sha256:${createHash('sha256').update(content).digest('hex')}`
}

const pad = (number: number) => String(number).padStart(8, '0')
const repositoryId = (repository: number) => `crr-${pad(repository)}`
const namespaceOf = (repository: number) => Math.floor(repository / namespaceSize)
const repositoryPath = (repository: number) => `team-${namespaceOf(repository)}/app-${repository}`

/** The repository of a manifest. */
function home(manifest: number, { repositories, shape }: DatabaseSize): number {
  return shape === 'spread' ? manifest % repositories : manifest < repositories ? manifest : 0
}

/** How many manifests have tags: the first ones. */
function taggedManifests({ manifests }: DatabaseSize): number {
  return Math.max(1, Math.floor(manifests * 0.95))
}

/** The manifest that a tag points at. */
function target(tag: number, size: DatabaseSize): number {
  const tagged = taggedManifests(size)
  if (tag < tagged || size.shape === 'spread') return tag % tagged
  return tagged > size.repositories ? size.repositories + (tag % (tagged - size.repositories)) : 0
}

function tagName(tag: number): string {
  if (tag % 20 === 7) return `sha256-${createHash('sha256').update(String(tag)).digest('hex')}.sig`
  if (tag % 10 === 3) return `main-${createHash('sha256').update(String(tag)).digest('hex').slice(0, 12)}`
  const version = `${Math.floor(tag / 10_000)}.${Math.floor(tag / 100) % 100}.${tag % 100}`
  return tag % 10 === 5 ? `${version}-rc.${tag % 7}` : `v${version}`
}

const layerSize = (manifest: number) => 1_000_000 + ((manifest * 7919) % 50_000_000)
const baseSize = (base: number) => 30_000_000 + base * 1000
const configSize = 4096
const layerOf = (manifest: number) => sha256(`layer ${manifest}`)
const configOf = (manifest: number) => sha256(`config ${manifest}`)
const baseCount = 1000
const baseDigests = Array.from({ length: baseCount }, (_, base) => sha256(`base ${base}`))
const baseOf = (repository: number) => baseDigests[repository % baseCount] ?? ''

/** Digests of manifests, which cost a hash each. */
let digests: readonly string[] = []

interface Made {
  readonly content: Buffer
  readonly digest: string
  readonly subject: string | null
  readonly totalSizeBytes: number
}

function makeManifest(manifest: number, size: DatabaseSize, made: readonly string[]): Made {
  const repository = home(manifest, size)
  // Of those without tags, every second is a signature of the first manifest of its repository.
  const isReferrer = manifest >= taggedManifests(size) && manifest % 2 === 0 && repository !== manifest
  const subject = isReferrer ? (made[repository] ?? null) : null
  const content = JSON.stringify({
    schemaVersion: 2,
    mediaType: manifestType,
    ...(isReferrer && { artifactType: signatureType }),
    config: { mediaType: 'application/vnd.oci.image.config.v1+json', digest: configOf(manifest), size: configSize },
    layers: [
      { mediaType: layerType, digest: baseOf(repository), size: baseSize(repository % baseCount) },
      { mediaType: layerType, digest: layerOf(manifest), size: layerSize(manifest) },
    ],
    ...(subject !== null && { subject: { mediaType: manifestType, digest: subject, size: 700 } }),
    annotations: {
      'org.opencontainers.image.created': at(manifest),
      'org.opencontainers.image.revision': pad(manifest),
    },
  })
  return {
    content: Buffer.from(content),
    digest: sha256(content),
    subject,
    totalSizeBytes: content.length + configSize + baseSize(repository % baseCount) + layerSize(manifest),
  }
}

const manifestType = 'application/vnd.oci.image.manifest.v1+json'
const layerType = 'application/vnd.oci.image.layer.v1.tar+gzip'
const signatureType = 'application/vnd.cncf.notary.signature'

const namespaceColumns: Columns = {
  ...{ id: 'text', instanceId: 'text', name: 'text', autoCreateRepository: 'boolean' },
  ...{ defaultRepositoryType: '"RepositoryType"', ...times },
}

function namespaces({ repositories }: DatabaseSize): Iterable<readonly Value[]> {
  return map(upTo(Math.ceil(repositories / namespaceSize)), (namespace) => [
    ...[`crn-${pad(namespace)}`, bigDatabase.instance.id, `team-${namespace}`, false, 'PRIVATE'],
    ...[at(namespace), at(namespace)],
  ])
}

const repositoryColumns: Columns = {
  ...{ id: 'text', instanceId: 'text', namespaceId: 'text', name: 'text', path: 'text', type: '"RepositoryType"' },
  ...{ immutabilityMode: '"ImmutabilityMode"', summary: 'text', description: 'text', ...times, updatedBy: 'text' },
}

function repositories(size: DatabaseSize): Iterable<readonly Value[]> {
  return map(upTo(size.repositories), (repository) => [
    ...[repositoryId(repository), bigDatabase.instance.id, `crn-${pad(namespaceOf(repository))}`],
    ...[`app-${repository}`, repositoryPath(repository), repository % 10 === 1 ? 'PUBLIC' : 'PRIVATE'],
    ...[repository % 3 === 0 ? 'enforce' : 'off', `Summary ${repository}`, ''],
    ...[at(repository), at(size.repositories + ((repository * 7919) % size.repositories)), 'admin'],
  ])
}

function* blobs(size: DatabaseSize): Iterable<readonly Value[]> {
  for (const [base, digest] of baseDigests.entries()) yield [digest, baseSize(base), at(base), at(base)]
  for (const manifest of upTo(size.manifests)) {
    yield [configOf(manifest), configSize, at(manifest), at(manifest)]
    yield [layerOf(manifest), layerSize(manifest), at(manifest), at(manifest)]
  }
}

function* links(size: DatabaseSize): Iterable<readonly Value[]> {
  for (const repository of upTo(size.repositories)) {
    yield [repositoryId(repository), baseOf(repository), at(repository), at(repository)]
  }
  for (const manifest of upTo(size.manifests)) {
    const id = repositoryId(home(manifest, size))
    yield [id, configOf(manifest), at(manifest), at(manifest)]
    yield [id, layerOf(manifest), at(manifest), at(manifest)]
  }
}

const manifestColumns: Columns = {
  ...{ repositoryId: 'text', digest: 'text', mediaType: 'text', artifactType: 'text', subjectDigest: 'text' },
  ...{ annotations: 'text', seenAt: time, content: 'bytea', sizeBytes: 'int', totalSizeBytes: 'bigint' },
  ...{ platforms: 'text', pushedBy: 'text', createdAt: time },
}

function* manifests(size: DatabaseSize): Iterable<readonly Value[]> {
  const made: string[] = []
  digests = made
  for (const manifest of upTo(size.manifests)) {
    const { content, digest, subject, totalSizeBytes } = makeManifest(manifest, size, made)
    made.push(digest)
    yield [
      ...[repositoryId(home(manifest, size)), digest, manifestType, subject === null ? null : signatureType, subject],
      ...[
        subject === null ? null : '{}',
        at(manifest),
        content,
        content.length,
        totalSizeBytes,
        'linux/amd64',
        'admin',
      ],
      at(manifest),
    ]
  }
}

const referenceColumns: Columns = {
  ...{ repositoryId: 'text', parentDigest: 'text', childDigest: 'text', kind: '"ReferenceKind"' },
  ...{ fingerprint: 'text', count: 'int' },
}

function* references(size: DatabaseSize): Iterable<readonly Value[]> {
  for (const manifest of upTo(size.manifests)) {
    const repository = home(manifest, size)
    const parent = [repositoryId(repository), digests[manifest] ?? '']
    yield [...parent, configOf(manifest), 'CONFIG', 'config', 1]
    yield [...parent, layerOf(manifest), 'LAYER', 'layer', 1]
    yield [...parent, baseOf(repository), 'LAYER', 'layer', 1]
  }
}

const tagColumns: Columns = {
  ...{ repositoryId: 'text', name: 'text', digest: 'text', ...times, updatedBy: 'text', sizeBytes: 'bigint' },
  ...{ versionKey: 'text', kind: 'text', isTechnical: 'boolean' },
}

function tags(size: DatabaseSize): Iterable<readonly Value[]> {
  return map(upTo(size.tags), (tag) => {
    const manifest = target(tag, size)
    const repository = home(manifest, size)
    const name = tagName(tag)
    const bytes = configSize + baseSize(repository % baseCount) + layerSize(manifest) + 700
    return [
      ...[repositoryId(repository), name, digests[manifest] ?? '', at(tag), at(tag), 'admin', bytes, versionKey(name)],
      ...[tag % 50 === 11 ? 'helmChart' : 'image', technicalTagOf(name) !== null],
    ]
  })
}

const tagEventColumns: Columns = {
  ...{ instanceId: 'text', repositoryId: 'text', repositoryPath: 'text', tag: 'text', kind: '"TagEventKind"' },
  ...{ currentDigest: 'text', pushedDigest: 'text', actor: 'text', credential: 'text', address: 'text' },
  ...{ userAgent: 'text', createdAt: time, lastAt: time },
}

function* tagEvents(size: DatabaseSize): Iterable<readonly Value[]> {
  for (const tag of upTo(size.tags)) {
    const manifest = target(tag, size)
    const repository = home(manifest, size)
    const digest = digests[manifest] ?? ''
    const about = [bigDatabase.instance.id, repositoryId(repository), repositoryPath(repository), tagName(tag)]
    const by = ['admin', 'password', '192.0.2.1', 'docker/27.0.0', at(tag), at(tag)]
    yield [...about, 'CREATED', null, digest, ...by]
    if (tag % 10 === 0) yield [...about, 'REFUSED', digest, layerOf(manifest), ...by]
  }
}

const tombstoneColumns: Columns = {
  ...{ instanceId: 'text', repositoryPath: 'text', repositoryId: 'text', tag: 'text', digest: 'text', reason: 'text' },
  ...{ createdAt: time, createdBy: 'text' },
}

function tombstones(size: DatabaseSize): Iterable<readonly Value[]> {
  return map(upTo(Math.floor(size.tags / 10)), (number) => {
    const repository = home(number, size)
    return [
      ...[bigDatabase.instance.id, repositoryPath(repository), repositoryId(repository), `old-${number}`],
      ...[layerOf(number), 'replaced', at(number), 'admin'],
    ]
  })
}

const auditEventColumns: Columns = {
  ...{ action: 'text', targetType: 'text', targetId: 'text', targetName: 'text', instanceId: 'text', before: 'text' },
  ...{ after: 'text', reason: 'text', actor: 'text', credential: 'text', address: 'text', userAgent: 'text' },
  ...{ createdAt: time, previousHash: 'text', hash: 'text' },
}

const auditCount = ({ tags }: DatabaseSize) => Math.floor(tags / 10)

/** The hash of the last audit event that was made. */
let lastHash = firstPreviousHash

function* auditEvents(size: DatabaseSize): Iterable<readonly Value[]> {
  lastHash = firstPreviousHash
  for (const number of upTo(auditCount(size))) {
    const repository = number % size.repositories
    const event = {
      ...{ id: number + 1, action: 'UPDATE', targetType: 'REPOSITORY', targetId: repositoryId(repository) },
      ...{ targetName: repositoryPath(repository), instanceId: bigDatabase.instance.id, before: '{}', after: '{}' },
      ...{ reason: null, actor: 'admin', credential: 'session', address: '192.0.2.1', userAgent: 'Firefox' },
      createdAt: new Date(start + number * stepMs),
    }
    const previousHash = lastHash
    lastHash = hashAuditEvent(previousHash, event)
    yield [
      ...[
        event.action,
        event.targetType,
        event.targetId,
        event.targetName,
        event.instanceId,
        event.before,
        event.after,
      ],
      ...[event.reason, event.actor, event.credential, event.address, event.userAgent],
      ...[event.createdAt.toISOString().replace('Z', '+00:00'), previousHash, lastHash],
    ]
  }
}

/** Some of what a database of `fillDatabase` has: the repository with most tags, a tag and a blob of it. */
export async function findTarget(source: SqlSource): Promise<HotReadTarget> {
  const { instance, firstRepository } = bigDatabase
  const [tag] = await source.read.$queryRaw<{ name: string; digest: string }[]>`
    SELECT "name", "digest" FROM "Tag" WHERE "repositoryId" = ${firstRepository.id} AND NOT "isTechnical"
    ORDER BY "name" LIMIT 1 OFFSET 5`
  const [blob] = await source.read.$queryRaw<{ digest: string }[]>`
    SELECT "childDigest" AS "digest" FROM "ManifestReference"
    WHERE "repositoryId" = ${firstRepository.id} AND "parentDigest" = ${tag?.digest ?? ''} AND "kind" = 'CONFIG'`
  return {
    instanceId: instance.id,
    repositoryId: firstRepository.id,
    path: firstRepository.path,
    tag: tag?.name ?? '',
    digest: tag?.digest ?? '',
    blob: blob?.digest ?? '',
  }
}
