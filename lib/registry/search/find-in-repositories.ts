import type { Viewer } from '@/lib/metadata/access'
import type { SqlSource } from '@/lib/metadata/engine/database'
import { findVisiblePaths } from '@/lib/metadata/repository-listing'
import {
  type Found,
  type Searched,
  type TextRange,
  type VisibleRepository,
  findFirstInEach,
  findNamingInEach,
  listAcrossRepositories,
  listInEach,
  listNaming,
} from '@/lib/metadata/search'
import { turns } from '@/lib/registry/give-turns'

/** How many finds of a kind are counted. */
export const countedMax = 100

/**
 * Most repositories that are asked one by one from the start. Who sees no more is never answered from the index of all
 * repositories, so that not even the time tells what others have.
 */
const askedOneByOneMax = 2000

/**
 * Rows of the index of all repositories that are read before the repositories are asked one by one: few at first, because
 * mostly the caller may see enough of them.
 */
const readAcross = [200, 2000]

/** Repositories of one statement: SQLite blocks the process while it runs. */
const firstsOfStatement = 1000
const listsOfStatement = 20

/** The repositories that a caller may see. */
export interface VisibleRepositories {
  readonly viewer: Viewer | null
  readonly repositories: readonly VisibleRepository[]
  /** False when the caller may see more. */
  readonly isComplete: boolean
}

/** What was found of one kind, in order; at most one more than are counted. */
export interface Finds<T> {
  readonly found: readonly T[]
  /** Whether there are or may be more. */
  readonly isMore: boolean
}

/** Something that was found, and in which repository. */
export interface PlacedFind extends Found {
  readonly path: string
}

/**
 * Finds tags or manifests whose text is in a range: the first `limit` by text and path, and others to count. Which of
 * more than are counted are the first ones is not defined for a caller who sees many repositories.
 */
export async function findInRepositories(
  source: SqlSource,
  visible: VisibleRepositories,
  searched: Searched,
  range: TextRange,
  limit: number,
): Promise<Finds<PlacedFind>> {
  if (visible.repositories.length > askedOneByOneMax) {
    for (const limitAcross of readAcross) {
      const finds = await findAcross(source, visible, searched, range, limitAcross)
      if (finds !== null) return finds
    }
  }
  return findOneByOne(source, visible, searched, range, limit)
}

/** Null when what the caller may not see is in the way. */
async function findAcross(
  source: SqlSource,
  visible: VisibleRepositories,
  searched: Searched,
  range: TextRange,
  limit: number,
): Promise<Finds<PlacedFind> | null> {
  const rows = await listAcrossRepositories(source, searched, range, limit)
  const ids = [...new Set(rows.map(({ repositoryId }) => repositoryId))]
  const paths = await findVisiblePaths(source, visible.viewer, ids)
  const found = rows.flatMap((row) => {
    const path = paths.get(row.repositoryId)
    return path === undefined ? [] : [{ ...row, path }]
  })
  const isAll = rows.length < limit
  if (!isAll && found.length <= countedMax) return null
  return { found: found.slice(0, countedMax + 1).sort(byTextAndPath), isMore: found.length > countedMax }
}

async function findOneByOne(
  source: SqlSource,
  { repositories, isComplete }: VisibleRepositories,
  searched: Searched,
  range: TextRange,
  limit: number,
): Promise<Finds<PlacedFind>> {
  const turn = turns()
  const paths = new Map(repositories.map(({ id, path }) => [id, path]))
  const placed = (rows: readonly Found[]) => rows.map((row) => ({ ...row, path: paths.get(row.repositoryId) ?? '' }))
  const firsts: PlacedFind[] = []
  for (const part of piecesOf(repositories, firstsOfStatement)) {
    const ids = part.map(({ id }) => id)
    firsts.push(...placed(await findFirstInEach(source, searched, range, ids)))
    await turn()
  }
  firsts.sort(byTextAndPath)
  const found: PlacedFind[] = []
  for (const part of piecesOf(firsts, listsOfStatement)) {
    const border = found.length > countedMax ? found.sort(byTextAndPath)[limit - 1] : undefined
    const [next] = part
    // What follows comes after all that is answered, and more is not counted.
    if (border !== undefined && next !== undefined && byTextAndPath(next, border) > 0) break
    const ids = part.map(({ repositoryId }) => repositoryId)
    found.push(...placed(await listInEach(source, searched, range, ids, countedMax + 1)))
    await turn()
  }
  return {
    found: found.sort(byTextAndPath).slice(0, countedMax + 1),
    isMore: found.length > countedMax || !isComplete,
  }
}

/** Finds manifests that name a digest as a layer, config or child. */
export async function findNaming(
  source: SqlSource,
  { repositories, isComplete }: VisibleRepositories,
  digest: string,
): Promise<Finds<PlacedFind>> {
  const turn = turns()
  const paths = new Map(repositories.map(({ id, path }) => [id, path]))
  const found: PlacedFind[] = []
  for (const part of piecesOf(repositories, firstsOfStatement)) {
    const ids = await findNamingInEach(
      source,
      digest,
      part.map(({ id }) => id),
    )
    await turn()
    for (const id of ids) {
      if (found.length > countedMax) break
      const digests = await listNaming(source, id, digest, countedMax + 1)
      found.push(...digests.map((text) => ({ repositoryId: id, text, path: paths.get(id) ?? '' })))
      await turn()
    }
    if (found.length > countedMax) break
  }
  return {
    found: found.slice(0, countedMax + 1).sort(byTextAndPath),
    isMore: found.length > countedMax || !isComplete,
  }
}

function byTextAndPath(one: PlacedFind, other: PlacedFind): number {
  if (one.text !== other.text) return one.text < other.text ? -1 : 1
  if (one.path !== other.path) return one.path < other.path ? -1 : 1
  return one.repositoryId < other.repositoryId ? -1 : 1
}

function piecesOf<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, at) => items.slice(at * size, (at + 1) * size))
}
