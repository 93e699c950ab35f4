import { setImmediate } from 'node:timers/promises'
import type { ListedKind } from '@/lib/domain/listed-kinds'
import { asJsonKeys, isOneOf } from './engine/batches'
import type { Source, SqlSource } from './engine/database'
import { Prisma } from './generated/sqlite/client'
import { type Count, type Part, type Slice, type Sql, allOf, contains, countMax, inOrder } from './engine/listing'

/** A tag with what is known of the manifest it points at. */
export interface TagRow {
  readonly name: string
  readonly digest: string
  readonly createdAt: Date
  /** When it came to point at `digest`. */
  readonly updatedAt: Date
  readonly updatedBy: string
  readonly mediaType: string
  /** Null also when it is too long to be one. */
  readonly artifactType: string | null
  /** Comma-separated; empty also when there are too many to show. */
  readonly platforms: string
  readonly totalSizeBytes: bigint
  /** What lists by size are sorted by. */
  readonly sizeBytes: bigint
  /** What lists by version are sorted by. */
  readonly versionKey: string
}

/** Longest texts of a manifest that a list shows, in bytes. A push may send 4 MiB of each. */
const artifactTypeMaxBytes = 255
const platformsMaxBytes = 4096

/** The artifact type of manifest `m`, for lists. */
export const shownArtifactType = Prisma.sql`
  CASE WHEN octet_length(m."artifactType") <= ${artifactTypeMaxBytes} THEN m."artifactType" END AS "artifactType"`

/** The platforms of manifest `m`, for lists. */
export const shownPlatforms = Prisma.sql`
  CASE WHEN octet_length(m."platforms") <= ${platformsMaxBytes} THEN m."platforms" ELSE '' END AS "platforms"`

// Not the manifest's content: a page of them may be megabytes.
const shownColumns = Prisma.sql`
  t."name", t."digest", t."createdAt", t."updatedAt", t."updatedBy", t."versionKey", m."mediaType", m."totalSizeBytes",
  t."sizeBytes", ${shownArtifactType}, ${shownPlatforms}`

/** Which tags of a repository a list shows; what is absent does not matter. */
export interface TagFilter {
  readonly repositoryId: string
  /** Part of the name, or the beginning of the digest. */
  readonly search?: string | undefined
  readonly kind?: ListedKind | undefined
  /** False: none that a client made for itself. */
  readonly withTechnical?: boolean | undefined
  /** Only these. */
  readonly names?: readonly string[] | undefined
  /** None of these. */
  readonly otherThan?: readonly string[] | undefined
}

/** What a list of tags can be sorted by. */
export type TagSortKey = 'name' | 'pushedAt' | 'version' | 'size'

const sortColumns: Record<TagSortKey, Sql> = {
  name: Prisma.sql`t."name"`,
  pushedAt: Prisma.sql`t."updatedAt"`,
  version: Prisma.sql`t."versionKey"`,
  size: Prisma.sql`t."sizeBytes"`,
}

/** The tag with its manifest, or null. */
export async function findTagDetails(db: Source, repositoryId: string, name: string): Promise<TagRow | null> {
  const [row] = await db.read.$queryRaw<TagRow[]>`
    SELECT ${shownColumns}
    FROM "Tag" t JOIN "Manifest" m ON m."repositoryId" = t."repositoryId" AND m."digest" = t."digest"
    WHERE t."repositoryId" = ${repositoryId} AND t."name" = ${name}`
  return row ?? null
}

/** Tags of a repository, sorted; those with equal keys by name. */
export async function listTags(db: SqlSource, filter: TagFilter, sortKey: TagSortKey, slice: Slice): Promise<TagRow[]> {
  return (await searchTags(db, filter, sortKey, slice, Infinity)).rows
}

/** Tags of a repository, as `listTags`; of those after the position, the first `examinedMax` are searched for a text. */
export async function searchTags(
  db: SqlSource,
  filter: TagFilter,
  sortKey: TagSortKey,
  slice: Slice,
  examinedMax = searchedMax,
): Promise<Part<TagRow>> {
  if (filter.search === undefined || (await countTagsOfKind(db, withoutKind(filter))) <= examinedMax) {
    return {
      rows: await readTags(db, filter, sortKey, slice, await selectAll(db, filter, sortKey, slice)),
      stoppedAt: null,
    }
  }
  const rows = await readTags(db, filter, sortKey, slice, selectExamined(db, filter, sortKey, slice, examinedMax))
  if (rows.length === slice.limit) return { rows, stoppedAt: null }
  const order = inOrder(sortColumns[sortKey], Prisma.sql`t."name"`, { ...slice, limit: 1, skip: examinedMax - 1 })
  const [stop] = await db.read.$queryRaw<{ key: string | Date | bigint; tie: string }[]>`
    SELECT ${sortColumns[sortKey]} AS "key", t."name" AS "tie" FROM "Tag" t
    WHERE t."repositoryId" = ${filter.repositoryId} ${order}`
  return { rows, stoppedAt: stop ?? null }
}

/** How many tags are searched for a text at once: some 20 ms. */
const searchedMax = 50_000

/** How many tags a list with a text has: of a large repository, among those that are searched for its first page. */
export async function countFoundTags(
  db: SqlSource,
  filter: TagFilter,
  sortKey: TagSortKey,
  descending: boolean,
  examinedMax = searchedMax,
): Promise<Count> {
  if ((await countTagsOfKind(db, withoutKind(filter))) <= examinedMax) {
    return { count: await countTags(db, filter), isCapped: false }
  }
  const slice = { descending, after: null, limit: countMax }
  const page = selectExamined(db, filter, sortKey, slice, examinedMax)
  const [row] = await db.read.$queryRaw<{ count: bigint }[]>`SELECT count(*) AS "count" FROM (${page}) AS page`
  return { count: Number(row?.count), isCapped: true }
}

function withoutKind({ repositoryId }: TagFilter): TagFilter {
  return { repositoryId }
}

/**
 * Names of the page, of the first `examinedMax` tags after its position. They are read in the index of the order, which
 * has the names; what else decides is looked up for those whose name matches.
 */
function selectExamined(
  source: SqlSource,
  { search = '', ...rest }: TagFilter,
  sortKey: TagSortKey,
  slice: Slice,
  examinedMax: number,
): Sql {
  const key = sortColumns[sortKey]
  const { descending, limit, skip = 0 } = slice
  const examined = inOrder(key, Prisma.sql`t."name"`, { ...slice, limit: examinedMax, skip: 0 })
  const found = inOrder(Prisma.sql`examined."key"`, Prisma.sql`examined."name"`, {
    ...{ descending, after: null, limit, skip },
  })
  const { repositoryId } = rest
  return Prisma.sql`SELECT "name" FROM (
      SELECT t."name", ${key} AS "key" FROM "Tag" t WHERE t."repositoryId" = ${repositoryId} ${examined}) AS examined
    WHERE ${containsOrPointsAt(Prisma.sql`examined."name"`, repositoryId, search)}
      AND EXISTS (SELECT 1 FROM "Tag" t WHERE ${matching(source, rest)} AND t."name" = examined."name") ${found}`
}

async function selectAll(db: SqlSource, filter: TagFilter, sortKey: TagSortKey, slice: Slice): Promise<Sql> {
  const [key, name] = [sortColumns[sortKey], Prisma.sql`t."name"`]
  return (await isOfFew(db, filter))
    ? // By kind, and then sorted: in the index of the order, most tags would be of other kinds.
      Prisma.sql`SELECT "name" FROM (
          SELECT t."name", ${key} AS "key" FROM "Tag" t WHERE ${matching(db, filter)} AND t."kind" <> 'image'
          LIMIT ${fewMax}) AS few
        WHERE 1 = 1 ${inOrder(Prisma.sql`few."key"`, Prisma.sql`few."name"`, slice)}`
    : Prisma.sql`SELECT "name" FROM "Tag" t WHERE ${matching(db, filter)} ${inOrder(key, name, slice)}`
}

/** Reads a page, of which `page` selects the names. */
async function readTags(
  db: SqlSource,
  filter: TagFilter,
  sortKey: TagSortKey,
  slice: Slice,
  page: Sql,
): Promise<TagRow[]> {
  const [key, name] = [sortColumns[sortKey], Prisma.sql`t."name"`]
  // The page first, in an index alone: what is stepped over is not looked up. CROSS JOIN: SQLite takes the tables in this
  // order, where it might otherwise read all manifests of the repository.
  return db.read.$queryRaw<TagRow[]>`
    SELECT ${shownColumns} FROM (${page}) AS page
    CROSS JOIN "Tag" t CROSS JOIN "Manifest" m
    WHERE t."repositoryId" = ${filter.repositoryId} AND t."name" = page."name"
      AND m."repositoryId" = ${filter.repositoryId} AND m."digest" = t."digest"
    ${inOrder(key, name, { ...slice, after: null, skip: 0 })}`
}

/** How many tags of a kind are read and sorted for a page. */
const fewMax = 5000

/** Whether few tags of the repository are of the kind that the list shows. `image` has no index: usually most are. */
async function isOfFew(db: SqlSource, { repositoryId, kind }: TagFilter): Promise<boolean> {
  if (kind === undefined || kind === 'image') return false
  return (await countTagsOfKind(db, { repositoryId, kind })) < fewMax
}

/** How many tags the list has: from the totals where kinds and some names decide, else counted. */
export async function countTags(db: SqlSource, filter: TagFilter): Promise<number> {
  if (filter.search !== undefined || filter.names !== undefined) return countMatching(db, filter)
  const ofKind = await countTagsOfKind(db, filter)
  const { otherThan, ...wanted } = filter
  return otherThan === undefined ? ofKind : ofKind - (await countMatching(db, { ...wanted, names: otherThan }))
}

async function countMatching(db: SqlSource, filter: TagFilter): Promise<number> {
  const [row] = await db.read.$queryRaw<{ count: bigint }[]>`
    SELECT count(*) AS "count" FROM "Tag" t WHERE ${matching(db, filter)}`
  return Number(row?.count)
}

const kept = {
  all: [Prisma.sql`"tags"`, Prisma.sql`"technicalTags"`],
  helmChart: [Prisma.sql`"helmCharts"`, Prisma.sql`"technicalHelmCharts"`],
  artifact: [Prisma.sql`"artifacts"`, Prisma.sql`"technicalArtifacts"`],
  image: [
    Prisma.sql`"tags" - "helmCharts" - "artifacts"`,
    Prisma.sql`"technicalTags" - "technicalHelmCharts" - "technicalArtifacts"`,
  ],
} as const satisfies Record<ListedKind | 'all', readonly [tags: Sql, technicalTags: Sql]>

async function countTagsOfKind(source: SqlSource, { repositoryId, kind, withTechnical }: TagFilter): Promise<number> {
  const [tags, technicalTags] = kept[kind ?? 'all']
  const wanted = withTechnical === false ? Prisma.sql`(${tags}) - (${technicalTags})` : tags
  const [row] = await source.read.$queryRaw<{ count: bigint | number | null }[]>`
    SELECT sum(${wanted}) AS "count" FROM "RepositoryTotals" WHERE "repositoryId" = ${repositoryId}`
  return Number(row?.count ?? 0)
}

/** Names of one page: enough that reading 100,000 takes few statements, and few enough that none holds others up. */
const namesOfPage = 5000

/**
 * The names of the tags of a repository that begin with one of `beginnings`, of which none begins with another; in pages,
 * those of a beginning in byte order. Other requests run between two pages. A page is one row, because reading thousands
 * of rows takes ten times as long.
 */
export async function* readTagNamePages(
  source: SqlSource,
  repositoryId: string,
  beginnings: readonly string[],
): AsyncGenerator<readonly string[]> {
  for (const beginning of beginnings) {
    for (let last: string | null = null; ;) {
      const rows: { names: string | null }[] = await source.read.$queryRaw<{ names: string | null }[]>`
        SELECT string_agg("name", ' ') AS "names" FROM (
          SELECT "name" FROM "Tag" WHERE "repositoryId" = ${repositoryId} AND ${beginsWith(beginning, last)}
          ORDER BY "name" LIMIT ${namesOfPage}) AS page`
      const found = rows[0]?.names
      if (typeof found !== 'string') break
      const names = found.split(' ').sort()
      yield names
      last = names.at(-1) ?? ''
      await setImmediate()
    }
  }
}

/** That the name of a tag begins with a text, and is after `last`. */
export function beginsWith(beginning: string, last: string | null): Sql {
  const start = last === null ? Prisma.sql`"name" >= ${beginning}` : Prisma.sql`"name" > ${last}`
  // No name has this character.
  return beginning === '' ? start : Prisma.sql`${start} AND "name" < ${`${beginning}\x7f`}`
}

function matching(source: SqlSource, { repositoryId, search, kind, withTechnical, names, otherThan }: TagFilter): Sql {
  return allOf([
    Prisma.sql`t."repositoryId" = ${repositoryId}`,
    withTechnical === false ? Prisma.sql`NOT t."isTechnical"` : undefined,
    search === undefined ? undefined : containsOrPointsAt(Prisma.sql`t."name"`, repositoryId, search),
    kind === undefined ? undefined : Prisma.sql`t."kind" = ${kind}`,
    names && Prisma.sql`${isOneOf(source, Prisma.sql`t."name"`, names)}`,
    otherThan && Prisma.sql`t."name" NOT IN (SELECT "key" FROM json_each(${asJsonKeys(otherThan)}))`,
  ])
}

/** Fewer digits would be found in names that mean no digest. */
const digitsMin = 6

function containsOrPointsAt(name: Sql, repositoryId: string, search: string): Sql {
  const inName = contains(name, search)
  const [, algorithm = 'sha256', digits] = /^(?:(sha256|sha512):)?([0-9a-f]+)$/i.exec(search) ?? []
  if (digits === undefined || (digits.length < digitsMin && !search.includes(':'))) return inName
  const digest = `${algorithm}:${digits}`.toLowerCase()
  // `g` is after all hexadecimal digits.
  const pointsAt = Prisma.sql`${name} IN (
    SELECT p."name" FROM "Tag" p
    WHERE p."repositoryId" = ${repositoryId} AND p."digest" >= ${digest} AND p."digest" < ${`${digest}g`})`
  // No name has a colon.
  return search.includes(':') ? pointsAt : Prisma.sql`(${inName} OR ${pointsAt})`
}
