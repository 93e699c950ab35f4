import type { Context } from '@/lib/context'
import { AppError } from '@/lib/domain/errors'
import { tagHistoryKinds } from '@/lib/domain/ledger'
import type { Principal } from '@/lib/domain/principal'
import type { LedgerFilter, TagEventRow } from '@/lib/metadata/ledger-listing'
import { listManifestSummaries } from '@/lib/metadata/manifests'
import { findTagDetails } from '@/lib/metadata/tag-listing'
import type { Page, PageRequest } from '@/lib/registry/page'
import { authorizeLedger } from './ledger-access'
import { readLedgerPage } from './read-ledger-page'

/** An entry of a tag's history as the API shows it. Times are UTC, ISO 8601. */
export type TagHistoryEntry = ReturnType<typeof toHistoryEntry>

/** The history of a tag: a page of it, and what the tag points at now. */
interface TagHistory extends Page<TagHistoryEntry> {
  /** What the tag points at; null when there is no such tag now. */
  readonly currentDigest: string | null
  /** Since when the tag points there; null when there is no such tag now. */
  readonly unchangedSince: string | null
}

/**
 * Returns a page of the history of a tag, the newest entries first: every digest that it pointed at in this repository,
 * also of a tag that was deleted. With `withRefusals`, pushes that were refused are among the entries. Throws NOT_FOUND
 * for the repository and for a tag without a history, DENIED, PAGE_INVALID.
 */
export async function getTagHistory(
  ctx: Context,
  principal: Principal,
  { repositoryId, tag }: { readonly repositoryId: string; readonly tag: string },
  { withRefusals, ...request }: PageRequest & { readonly withRefusals: boolean },
): Promise<TagHistory> {
  await authorizeLedger(ctx, principal, { repositoryId })
  const kinds = [...tagHistoryKinds, ...(withRefusals ? ['REFUSED' as const] : [])]
  const filter: LedgerFilter = { scope: { repositoryId }, tag, kinds }
  const page = await readLedgerPage(ctx, filter, request)
  const current = await findTagDetails(ctx.db, repositoryId, tag)
  if (current === null && page.totalCount === 0) throw new AppError('NOT_FOUND')
  const digests = [...new Set(page.items.flatMap((row) => digestOf(row) ?? []))]
  const manifests = await listManifestSummaries(ctx.db, repositoryId, digests)
  const present = new Set(manifests.map(({ digest }) => digest))
  return {
    ...page,
    items: page.items.map((row) => toHistoryEntry(row, present)),
    currentDigest: current?.digest ?? null,
    unchangedSince: current?.updatedAt.toISOString() ?? null,
  }
}

/** The digest that an entry is about: where the tag pointed from then on, or until then. */
function digestOf({ pushedDigest, currentDigest }: TagEventRow): string | null {
  return pushedDigest ?? currentDigest
}

function toHistoryEntry(row: TagEventRow, present: ReadonlySet<string>) {
  const { id, kind, reason, actor, credential, address, userAgent, count } = row
  const digest = digestOf(row)
  return {
    ...{ id: String(id), kind, digest, reason, actor, credential, address, userAgent, count },
    previousDigest: row.pushedDigest === null ? null : row.currentDigest,
    at: row.createdAt.toISOString(),
    isManifestPresent: digest !== null && present.has(digest),
  }
}
