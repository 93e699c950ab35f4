import { setImmediate } from 'node:timers/promises'
import type { Source, SqlSource } from './engine/database'
import { Prisma } from './generated/sqlite/client'
import { type Slice, type Sql, allOf, contains, inOrder } from './engine/listing'

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
const selectTags = Prisma.sql`
  SELECT t."name", t."digest", t."createdAt", t."updatedAt", t."updatedBy",
    m."mediaType", m."totalSizeBytes", ${shownArtifactType}, ${shownPlatforms}
  FROM "Tag" t JOIN "Manifest" m ON m."repositoryId" = t."repositoryId" AND m."digest" = t."digest"`

/** Which tags of a repository a list shows: whose name holds a text. */
export interface TagFilter {
  readonly repositoryId: string
  readonly search?: string | undefined
}

/** What a list of tags can be sorted by. */
export type TagSortKey = 'name' | 'pushedAt'

const sortColumns: Record<TagSortKey, Sql> = { name: Prisma.sql`t."name"`, pushedAt: Prisma.sql`t."updatedAt"` }

/** The tag with its manifest, or null. */
export async function findTagDetails(db: Source, repositoryId: string, name: string): Promise<TagRow | null> {
  const [row] = await db.read.$queryRaw<TagRow[]>`
    ${selectTags} WHERE t."repositoryId" = ${repositoryId} AND t."name" = ${name}`
  return row ?? null
}

/** Tags of a repository, sorted; those with equal keys by name. */
export async function listTags(db: Source, filter: TagFilter, sortKey: TagSortKey, slice: Slice): Promise<TagRow[]> {
  return db.read.$queryRaw<TagRow[]>`
    ${selectTags} WHERE ${matching(filter)} ${inOrder(sortColumns[sortKey], Prisma.sql`t."name"`, slice)}`
}

/** How many tags the list has. */
export async function countTags(db: Source, filter: TagFilter): Promise<number> {
  const [row] = await db.read.$queryRaw<{ count: bigint }[]>`
    SELECT count(*) AS "count" FROM "Tag" t WHERE ${matching(filter)}`
  return Number(row?.count)
}

/** Names of one page: enough that reading 100,000 takes few statements, and few enough that none holds others up. */
const namesOfPage = 5000

/**
 * The names of all tags of a repository in byte order, in pages; other requests run between two pages. A page is one
 * row, because reading thousands of rows takes ten times as long.
 */
export async function* readTagNamePages(source: SqlSource, repositoryId: string): AsyncGenerator<readonly string[]> {
  for (let last = ''; ;) {
    const [page] = await source.read.$queryRaw<{ names: string | null }[]>`
      SELECT string_agg("name", ' ') AS "names" FROM (
        SELECT "name" FROM "Tag" WHERE "repositoryId" = ${repositoryId} AND "name" > ${last}
        ORDER BY "name" LIMIT ${namesOfPage}) AS page`
    if (typeof page?.names !== 'string') return
    const names = page.names.split(' ').sort()
    yield names
    last = names.at(-1) ?? ''
    await setImmediate()
  }
}

function matching({ repositoryId, search }: TagFilter): Sql {
  return allOf([
    Prisma.sql`t."repositoryId" = ${repositoryId}`,
    search === undefined ? undefined : contains(Prisma.sql`t."name"`, search),
  ])
}
