import { isDeepStrictEqual } from 'node:util'
import { requestedPolicy } from '@/lib/domain/immutability'
import type { Principal } from '@/lib/domain/principal'
import type { SqlSource } from '@/lib/metadata/engine/database'
import {
  type ManagedRepository,
  type RepositoryFilter,
  countManagedRepositories,
  countRepositories,
  listManagedRepositories,
} from '@/lib/metadata/repository-listing'
import { authorizeManagerIn, viewerOf } from '@/lib/registry/authorize'
import type { Context } from '@/lib/context'
import { turns } from '@/lib/registry/give-turns'
import { type PolicyPreview, previewPolicy } from './preview-policy'
import type { ChangeRequest } from './start-immutability-change'

/** Most repositories that a preview looks at. */
const repositoriesMax = 1000

/** After how many tags it looks at no further repository. */
const tagsMax = 200_000

/** Repositories that are read at once. */
const pageSize = 100

/** Repositories that are listed with their own figures. */
const listedRepositoriesMax = 100

/** Items of every other list. */
const listedMax = 10

interface RecentMove {
  readonly repositoryId: string
  readonly repository: string
  readonly tag: string
  readonly movedAt: string
  readonly movedBy: string
  readonly moveCount: number
}

interface PusherSum {
  readonly name: string
  readonly tagCount: number
  readonly moveCount: number
}

interface RepositoryEffect {
  readonly repositoryId: string
  readonly repository: string
  readonly newlyProtectedCount: number
  readonly newlyAuditedCount: number
  readonly freedCount: number
  readonly movedRecentlyCount: number
}

/** What a change of many repositories would do. `immutabilityChangePreview` of the API explains the fields. */
interface ImmutabilityChangePreview {
  readonly selectedCount: number
  readonly deniedCount: number
  readonly missingCount: number
  readonly examinedCount: number
  readonly isCapped: boolean
  readonly tagCount: number
  readonly changeCount: number
  readonly unchangedCount: number
  readonly unchanged: string[]
  readonly protectedRepositoryCount: number
  readonly newlyProtectedCount: number
  readonly newlyAuditedCount: number
  readonly freedCount: number
  readonly freeCount: number
  readonly free: { readonly pattern: string; readonly count: number }[]
  readonly movedRecentlyCount: number
  readonly movedRecentlyRepositoryCount: number
  readonly movedRecently: RecentMove[]
  readonly pushers: PusherSum[]
  readonly pusherCount: number
  readonly wouldHaveBeenRefusedCount: number
  readonly repositories: RepositoryEffect[]
}

/**
 * Says what `startImmutabilityChange` would do with the same request: the sums of the previews of the repositories that
 * it would change. Looks at 1,000 repositories at most, and at no further one after 200,000 tags; other requests run
 * meanwhile. Throws NOT_FOUND for the instance, and DENIED for a principal that manages nothing in it.
 */
export async function previewImmutabilityChange(
  ctx: Context,
  principal: Principal,
  instanceId: string,
  { immutability, repositoryIds, filter = {} }: ChangeRequest,
): Promise<ImmutabilityChangePreview> {
  await authorizeManagerIn(ctx, principal, instanceId)
  const wanted: RepositoryFilter = {
    ...(repositoryIds === undefined ? filter : { ids: repositoryIds }),
    instanceId,
    viewer: viewerOf(principal),
  }
  const now = new Date()
  const [selectedCount, managedCount] = await Promise.all([
    countRepositories(ctx.db, wanted),
    countManagedRepositories(ctx.db, wanted),
  ])
  const sum = new PreviewSum()
  let examinedCount = 0
  const giveTurn = turns()
  for await (const repository of readManaged(ctx.db, wanted, now)) {
    if (sum.tagCount >= tagsMax) break
    examinedCount += 1
    const rule = requestedPolicy(repository, { immutability })
    const { immutabilityMode, exemptTags } = repository
    if (isDeepStrictEqual(rule, { immutabilityMode, exemptTags })) sum.addUnchanged(repository)
    else sum.add(repository, await previewPolicy(ctx.db, repository, rule, now))
    await giveTurn()
  }
  return {
    selectedCount,
    deniedCount: selectedCount - managedCount,
    missingCount: repositoryIds === undefined ? 0 : repositoryIds.length - selectedCount,
    examinedCount,
    isCapped: examinedCount < managedCount,
    ...sum.result(),
  }
}

/** The first `repositoriesMax` of the repositories, read in pages. */
async function* readManaged(
  source: SqlSource,
  filter: RepositoryFilter,
  createdUntil: Date,
): AsyncGenerator<ManagedRepository> {
  let last = ''
  for (let left = repositoriesMax; left > 0; left -= pageSize) {
    const page = await listManagedRepositories(source, filter, { last, limit: pageSize, createdUntil })
    yield* page
    if (page.length < pageSize) return
    last = page.at(-1)?.path ?? ''
  }
}

/** Adds up previews. */
class PreviewSum {
  tagCount = 0
  #unchangedCount = 0
  readonly #unchanged: string[] = []
  readonly #counts = {
    changeCount: 0,
    protectedRepositoryCount: 0,
    newlyProtectedCount: 0,
    newlyAuditedCount: 0,
    freedCount: 0,
    freeCount: 0,
    movedRecentlyCount: 0,
    movedRecentlyRepositoryCount: 0,
    wouldHaveBeenRefusedCount: 0,
  }
  readonly #free = new Map<string, number>()
  readonly #pushers = new Map<string, PusherSum>()
  #moves: RecentMove[] = []
  readonly #repositories: RepositoryEffect[] = []

  addUnchanged({ path }: ManagedRepository): void {
    this.#unchangedCount += 1
    if (this.#unchanged.length < listedMax) this.#unchanged.push(path)
  }

  add({ id, path }: ManagedRepository, preview: PolicyPreview): void {
    const { newlyProtectedCount, newlyAuditedCount, freedCount, movedRecentlyCount } = preview
    this.tagCount += preview.tagCount
    const counts = this.#counts
    counts.changeCount += 1
    if (newlyProtectedCount > 0) counts.protectedRepositoryCount += 1
    counts.newlyProtectedCount += newlyProtectedCount
    counts.newlyAuditedCount += newlyAuditedCount
    counts.freedCount += freedCount
    counts.freeCount += preview.freeCount
    counts.movedRecentlyCount += movedRecentlyCount
    if (movedRecentlyCount > 0) counts.movedRecentlyRepositoryCount += 1
    counts.wouldHaveBeenRefusedCount += preview.wouldHaveBeenRefusedCount
    for (const { pattern, count } of preview.free) {
      if (count > 0) this.#free.set(pattern, (this.#free.get(pattern) ?? 0) + count)
    }
    this.#addMoves(id, path, preview.movedRecently)
    if (this.#repositories.length < listedRepositoriesMax) {
      const effect = { newlyProtectedCount, newlyAuditedCount, freedCount, movedRecentlyCount }
      this.#repositories.push({ repositoryId: id, repository: path, ...effect })
    }
  }

  #addMoves(repositoryId: string, repository: string, moves: PolicyPreview['movedRecently']): void {
    const added = moves.map(({ tag, movedAt, movedBy, pushers }) => {
      const moveCount = pushers.find(({ name }) => name === movedBy)?.moveCount ?? 0
      return { repositoryId, repository, tag, movedAt, movedBy, moveCount }
    })
    this.#moves = [...this.#moves, ...added]
      .sort((one, other) => (one.movedAt < other.movedAt ? 1 : -1))
      .slice(0, listedMax)
    for (const { name, moveCount } of moves.flatMap(({ pushers }) => pushers)) {
      const sum = this.#pushers.get(name) ?? { name, tagCount: 0, moveCount: 0 }
      this.#pushers.set(name, { name, tagCount: sum.tagCount + 1, moveCount: sum.moveCount + moveCount })
    }
  }

  result() {
    const free = [...this.#free].map(([pattern, count]) => ({ pattern, count }))
    const pushers = [...this.#pushers.values()]
    return {
      ...this.#counts,
      tagCount: this.tagCount,
      unchangedCount: this.#unchangedCount,
      unchanged: this.#unchanged,
      free: free.sort((one, other) => other.count - one.count).slice(0, listedMax),
      movedRecently: this.#moves,
      pushers: pushers.sort((one, other) => other.moveCount - one.moveCount).slice(0, listedMax),
      pusherCount: pushers.length,
      repositories: this.#repositories,
    }
  }
}
