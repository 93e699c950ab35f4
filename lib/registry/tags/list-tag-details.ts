import { AppError } from '@/lib/domain/errors'
import { beginningsOf, preparePatterns } from '@/lib/domain/tag-patterns'
import type { ImmutabilityRule } from '@/lib/domain/immutability'
import type { Principal } from '@/lib/domain/principal'
import { type AttachmentCounts, countAttachmentsOfTags } from '@/lib/metadata/attachment-counts'
import { getPullsOfTags } from '@/lib/metadata/pull-counts'
import {
  type TagFilter as TagRowFilter,
  type TagRow,
  type TagSortKey,
  countFoundTags,
  countTags,
  readTagNamePages,
  searchTags,
} from '@/lib/metadata/tag-listing'
import { authorize } from '@/lib/registry/authorize'
import type { Context } from '@/lib/context'
import { eachInTurns, turns } from '@/lib/registry/give-turns'
import { type Page, type PageRequest, type Sort, parseSort, readPage } from '@/lib/registry/page'
import { requireRepository } from '@/lib/registry/repositories/repository-details'
import { type TagDetails, listOpen, toTagDetails } from './tag-details'

/** Which tags a list shows; what is absent does not matter. */
export interface TagFilter extends Omit<TagRowFilter, 'names' | 'otherThan'> {
  /** `open`: the policy protects it, but an administrator has opened it. */
  readonly protection?: 'protected' | 'free' | 'open' | undefined
}

/** A tag of a list. */
interface ListedTag extends TagDetails {
  readonly attachments: AttachmentCounts
}

/**
 * Returns a page of a repository's tags and what they point at. Throws NOT_FOUND for the repository, PAGE_INVALID,
 * and BAD_REQUEST for a protection that too many tags are exempt from.
 */
export async function listTagDetails(
  ctx: Context,
  principal: Principal,
  { sort, pageSize, cursor, page: number, ...wanted }: TagFilter & PageRequest & { readonly sort: Sort<TagSortKey> },
): Promise<Page<ListedTag>> {
  const { repositoryId } = wanted
  await authorize(ctx, principal, 'pull', { repositoryId })
  const repository = await requireRepository(ctx.db, repositoryId)
  const open = await listOpen(ctx.db, repositoryId, new Date())
  const filter = await toRowFilter(
    ctx,
    repository,
    wanted,
    open.map(({ tag }) => tag),
  )
  const { key, descending } = parseSort(sort)
  const page = await readPage(
    { pageSize, cursor, page: number },
    { sort, descending, byTime: key === 'pushedAt', byNumber: key === 'size' },
    {
      read: (slice) => searchTags(ctx.db, filter, key, slice),
      count: () =>
        filter.search === undefined ? countTags(ctx.db, filter) : countFoundTags(ctx.db, filter, key, descending),
      positionOf: (row) => ({ key: keyOf(row, key), tie: row.name }),
    },
  )
  const attachmentsOf = await countAttachmentsOfTags(
    ctx.db,
    repositoryId,
    page.items.map(({ digest }) => digest),
  )
  const pullsOf = await getPullsOfTags(
    ctx.db,
    repositoryId,
    page.items.map(({ name }) => name),
  )
  return {
    ...page,
    items: page.items.map((row) => ({
      ...toTagDetails(repository, row, open, pullsOf(row.name)),
      attachments: attachmentsOf(row.digest),
    })),
  }
}

function keyOf(row: TagRow, key: TagSortKey): string | Date | bigint {
  const keys = { name: row.name, pushedAt: row.updatedAt, version: row.versionKey, size: row.sizeBytes }
  return keys[key]
}

/** The filter with the names that a protection stands for. */
async function toRowFilter(
  ctx: Context,
  rule: ImmutabilityRule,
  { protection, ...filter }: TagFilter,
  open: readonly string[],
): Promise<TagRowFilter> {
  if (protection === undefined) return filter
  const isInForce = rule.immutabilityMode === 'enforce'
  if (!isInForce) return protection === 'free' ? filter : { ...filter, names: [] }
  const exempt = await listExempt(ctx, filter.repositoryId, rule.exemptTags)
  if (protection === 'free') return { ...filter, names: exempt }
  if (protection === 'protected') return { ...filter, otherThan: [...exempt, ...open] }
  const isExempt = new Set(exempt)
  return { ...filter, names: open.filter((name) => !isExempt.has(name)) }
}

/** How many exempt tags a filter by protection may have: their names are part of each statement. */
const exemptMax = 20_000

/**
 * The exempt tags of a repository. Patterns are compared here: the GLOB of a database takes exponential time on some of
 * them. Throws BAD_REQUEST where they are too many to filter by.
 */
async function listExempt(ctx: Context, repositoryId: string, patterns: readonly string[]): Promise<string[]> {
  if (!patterns.some((pattern) => /[*?]/.test(pattern))) return [...patterns]
  const firstMatch = preparePatterns(patterns)
  const giveTurn = turns()
  const exempt: string[] = []
  for await (const names of readTagNamePages(ctx.db, repositoryId, beginningsOf(patterns))) {
    await eachInTurns(names, giveTurn, (name) => {
      if (firstMatch(name) >= 0) exempt.push(name)
    })
    if (exempt.length > exemptMax) {
      const message = `more than ${exemptMax} tags are exempt: too many for this filter`
      throw new AppError('BAD_REQUEST', { message, fields: [{ path: 'protection', message }] })
    }
  }
  return exempt
}
