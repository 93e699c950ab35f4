import type { Digest } from '@/lib/domain/digest'
import { type Referrer, listReferrers as listReferrerRows } from '@/lib/metadata/referrers'
import type { Context } from './context'
import type { Repository } from './open-repository'

/**
 * Most referrers of a page. Large, because common clients read one page only; with annotations of usual size a page
 * stays below the 4 MiB that clients take.
 */
const pageMax = 1000

/** A page of referrers, and the digest to go on after; null on the last page. */
export interface ReferrerPage {
  readonly referrers: readonly Referrer[]
  readonly next: string | null
}

/** Manifests whose subject is `subject`, which need not exist, by digest after `after`; of one artifact type, or all. */
export async function listReferrers(
  ctx: Context,
  repository: Repository,
  subject: Digest,
  { artifactType, after }: { readonly artifactType: string | null; readonly after: string },
): Promise<ReferrerPage> {
  const rows = await listReferrerRows(ctx.db, repository.id, subject, { artifactType, after, limit: pageMax + 1 })
  const referrers = rows.slice(0, pageMax)
  return { referrers, next: rows.length > pageMax ? (referrers.at(-1)?.digest ?? null) : null }
}
