import type { Context } from '@/lib/context'
import { type ContentKind, kindOf } from '@/lib/domain/content-kind'
import { isProtected } from '@/lib/domain/immutability'
import type { Principal } from '@/lib/domain/principal'
import type { SqlSource } from '@/lib/metadata/engine/database'
import { listInstances } from '@/lib/metadata/instances'
import {
  type FoundRepository,
  type TextRange,
  describeFoundManifests,
  describeFoundRepositories,
  describeFoundTags,
  listFoundRobots,
  listTagsOfFound,
  listVisibleRepositories,
} from '@/lib/metadata/search'
import { listUsers } from '@/lib/metadata/users'
import { authorizeProven, viewerOf } from '@/lib/registry/authorize'
import {
  type Finds,
  type PlacedFind,
  type VisibleRepositories,
  countedMax,
  findInRepositories,
  findNaming,
} from './find-in-repositories'
import { digestQueryOf, tagQueryOf } from './search-query'

/** Most repositories that a search looks into. A caller who sees more learns that there may be more finds. */
const repositoriesMax = 20_000

/** Tags that a manifest is shown with. */
const tagsOfManifest = 3

/** What was found of one kind: some of it, and how many there are. */
interface Hits<T> {
  readonly items: T[]
  /** At most 100. */
  readonly totalCount: number
  readonly isMore: boolean
}

/** Where an instance is. */
interface Place {
  readonly instanceId: string
  readonly instanceName: string
  readonly regionId: string
}

/** Where a find of a repository is. */
interface InRepository extends Place {
  readonly repositoryId: string
  readonly repositoryPath: string
}

/** What a search has found. Times are UTC, ISO 8601. */
export interface SearchResult {
  readonly instances: Hits<Place>
  readonly repositories: Hits<InRepository & { readonly isImmutable: boolean; readonly type: 'PUBLIC' | 'PRIVATE' }>
  readonly tags: Hits<
    InRepository & {
      readonly tag: string
      readonly digest: string
      readonly isProtected: boolean
      readonly pushedAt: string
    }
  >
  readonly manifests: Hits<
    InRepository & {
      readonly digest: string
      readonly kind: ContentKind
      readonly tags: string[]
      readonly pushedAt: string
      /** The layer or config that was asked for. */
      readonly via: string | null
    }
  >
  readonly users: Hits<{
    readonly id: string
    readonly name: string
    readonly displayName: string
    readonly role: 'ADMINISTRATOR' | 'MEMBER'
  }>
  readonly robots: Hits<Place & { readonly id: string; readonly name: string }>
}

/** A query of one caller: its text without spaces at its ends, and how many finds of each kind are answered. */
interface SearchRequest {
  readonly q: string
  readonly limit: number
}

/**
 * Finds, of what the caller may see, instances, repositories, tags, manifests, users and robots. Users are found by
 * administrators, robots by those who manage their instance. Throws UNAVAILABLE when the caller has too many searches
 * under way.
 */
export async function searchRegistry(
  ctx: Context,
  principal: Principal,
  request: SearchRequest,
): Promise<SearchResult> {
  authorizeProven(principal)
  return ctx.searchTurns.pass(principal.id, () => search(ctx, principal, request))
}

async function search(
  { db }: Pick<Context, 'db'>,
  principal: Principal,
  { q, limit }: SearchRequest,
): Promise<SearchResult> {
  const viewer = viewerOf(principal)
  const all = await listVisibleRepositories(db, viewer, repositoriesMax + 1)
  const repositories = all.slice(0, repositoriesMax)
  const visible = { viewer, repositories, isComplete: all.length === repositories.length }
  const slice = { descending: false, after: null, limit: countedMax + 1 }
  const instances = await listInstances(db, { viewer, search: q }, slice)
  const users = viewer === null ? await listUsers(db, { search: q }, 'name', slice) : []
  const robots = await listFoundRobots(db, viewer, q, countedMax + 1)
  return {
    instances: hitsOf(
      instances.map(({ id, name, regionId }) => ({ instanceId: id, instanceName: name, regionId })),
      limit,
    ),
    repositories: await findRepositories(db, visible, q, limit),
    tags: await findTags(db, visible, q, limit),
    manifests: await findManifests(db, visible, q, limit),
    users: hitsOf(
      users.map(({ id, name, displayName, role }) => ({ id, name, displayName, role })),
      limit,
    ),
    robots: hitsOf(robots, limit),
  }
}

function hitsOf<T>(found: readonly T[], limit: number, isMore = false): Hits<T> {
  return {
    items: found.slice(0, limit),
    totalCount: Math.min(found.length, countedMax),
    isMore: isMore || found.length > countedMax,
  }
}

/** Of repositories that hold the text: first those of this name, then those that begin with it. */
async function findRepositories(
  db: SqlSource,
  { repositories, isComplete }: VisibleRepositories,
  q: string,
  limit: number,
): Promise<SearchResult['repositories']> {
  const text = q.toLowerCase()
  const rank = (path: string) => {
    const name = path.slice(path.indexOf('/') + 1)
    if (path === text || name === text) return 0
    return name.startsWith(text) ? 1 : path.startsWith(text) ? 2 : 3
  }
  const found = repositories
    .filter(({ path }) => path.includes(text))
    .map((repository) => ({ ...repository, rank: rank(repository.path) }))
    .sort((one, other) => one.rank - other.rank || (one.path < other.path ? -1 : 1))
  const hits = hitsOf(found, limit, !isComplete)
  const described = await describeFoundRepositories(
    db,
    hits.items.map(({ id }) => id),
  )
  const items = hits.items.flatMap(({ id }) => {
    const repository = described.get(id)
    if (repository === undefined) return []
    const { type, immutabilityMode } = repository
    return [{ ...placeOf(repository), type, isImmutable: immutabilityMode === 'enforce' }]
  })
  return { ...hits, items }
}

function placeOf({ instanceId, instanceName, regionId, repositoryId, repositoryPath }: FoundRepository): InRepository {
  return { instanceId, instanceName, regionId, repositoryId, repositoryPath }
}

async function findTags(
  db: SqlSource,
  visible: VisibleRepositories,
  q: string,
  limit: number,
): Promise<SearchResult['tags']> {
  const { exact, ranges } = tagQueryOf(q)
  const { found, isMore } = await findInRanges(db, visible, 'tag', ranges, limit)
  const isExact = ({ text }: PlacedFind) => exact.includes(text)
  const sorted = [...found.filter(isExact), ...found.filter((find) => !isExact(find))]
  const hits = hitsOf(sorted, limit, isMore)
  const tags = byKey(await describeFoundTags(db, hits.items))
  const repositories = await describeFoundRepositories(db, repositoryIdsOf(hits.items))
  const items = hits.items.flatMap((find) => {
    const [tag, repository] = [tags.get(keyOf(find)), repositories.get(find.repositoryId)]
    if (tag === undefined || repository === undefined) return []
    const { text, digest, updatedAt } = tag
    const isProtectedNow = isProtected(repository, text)
    return [
      {
        ...placeOf(repository),
        ...{ tag: text, digest, isProtected: isProtectedNow, pushedAt: updatedAt.toISOString() },
      },
    ]
  })
  return { ...hits, items }
}

async function findManifests(
  db: SqlSource,
  visible: VisibleRepositories,
  q: string,
  limit: number,
): Promise<SearchResult['manifests']> {
  const query = digestQueryOf(q)
  if (query === null) return hitsOf([], limit)
  const { whole, ranges } = query
  const own = await findInRanges(db, visible, 'manifest', ranges, limit)
  const [asked] = whole
  const isNamed = own.found.length === 0 && asked !== undefined
  const { found, isMore } = isNamed ? await findNaming(db, visible, asked) : own
  const hits = hitsOf(found, limit, isMore)
  const manifests = byKey(await describeFoundManifests(db, hits.items))
  const repositories = await describeFoundRepositories(db, repositoryIdsOf(hits.items))
  const tags = await listTagsOfFound(db, hits.items, tagsOfManifest)
  const items = hits.items.flatMap((find) => {
    const [manifest, repository] = [manifests.get(keyOf(find)), repositories.get(find.repositoryId)]
    if (manifest === undefined || repository === undefined) return []
    const { text: digest, mediaType, artifactType, createdAt } = manifest
    const isOwn = (tag: { readonly repositoryId: string; readonly digest: string }) =>
      tag.repositoryId === find.repositoryId && tag.digest === digest
    return [
      {
        ...placeOf(repository),
        digest,
        kind: kindOf(mediaType, artifactType),
        tags: tags.filter(isOwn).map(({ name }) => name),
        pushedAt: createdAt.toISOString(),
        via: isNamed ? asked : null,
      },
    ]
  })
  return { ...hits, items }
}

/** What is found in any of the ranges, which have nothing in common; those of an earlier range first. */
async function findInRanges(
  db: SqlSource,
  visible: VisibleRepositories,
  searched: 'tag' | 'manifest',
  ranges: readonly TextRange[],
  limit: number,
): Promise<Finds<PlacedFind>> {
  const finds: Finds<PlacedFind>[] = []
  for (const range of ranges) finds.push(await findInRepositories(db, visible, searched, range, limit))
  return { found: finds.flatMap(({ found }) => found), isMore: finds.some(({ isMore }) => isMore) }
}

function repositoryIdsOf(finds: readonly PlacedFind[]): string[] {
  return [...new Set(finds.map(({ repositoryId }) => repositoryId))]
}

function keyOf({ repositoryId, text }: { readonly repositoryId: string; readonly text: string }): string {
  return `${repositoryId} ${text}`
}

function byKey<Row extends { readonly repositoryId: string; readonly text: string }>(
  rows: readonly Row[],
): ReadonlyMap<string, Row> {
  return new Map(rows.map((row) => [keyOf(row), row]))
}
