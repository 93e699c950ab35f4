import type { Principal } from '@/lib/domain/principal'
import type { Digest } from '@/lib/domain/digest'
import { annotationsOfChildren } from '@/lib/domain/manifest'
import { referrersTag } from '@/lib/domain/referrers-tag'
import { findManifest } from '@/lib/metadata/manifests'
import {
  type ListedReferrer,
  type SubjectReferrer,
  listReferrersUnderTag,
  listReferrers as listSubjectReferrers,
} from '@/lib/metadata/referrers'
import type { Context } from '@/lib/context'
import { type OpenedRepository, assertOpened } from '@/lib/registry/traffic/opened-repository'

/**
 * Maximum number of referrers in a page. Large, because common clients read one page only; with annotations of usual
 * size a page stays below the 4 MiB that clients accept.
 */
const pageMax = 1000

/** A page of referrers; `next` is the digest after which the next page starts, null on the last page. */
export interface ReferrerPage {
  readonly referrers: readonly SubjectReferrer[]
  readonly next: string | null
}

/**
 * Returns the referrers of `subject`, which need not exist, sorted by digest and after `after`; of one artifact type,
 * or of all. Referrers are the manifests that have it as their subject, and those without a subject that the index under
 * the subject's referrers tag lists. Clients maintain that tag for registries without this API
 * (docs/decisions/0010-fallback-referrers.md).
 */
export async function listReferrers(
  ctx: Context,
  principal: Principal,
  repository: OpenedRepository,
  subject: Digest,
  { artifactType, after }: { readonly artifactType: string | null; readonly after: string },
): Promise<ReferrerPage> {
  assertOpened(repository, principal, 'pull')
  const slice = { artifactType, after, limit: pageMax + 1 }
  const [naming, listed] = await Promise.all([
    listSubjectReferrers(ctx.db, repository.id, subject, slice),
    listReferrersUnderTag(ctx.db, repository.id, referrersTag(subject), slice),
  ])
  const rows = [...naming, ...(await annotate(ctx, repository.id, listed))].sort(byDigest)
  const referrers = rows.slice(0, pageMax)
  return { referrers, next: rows.length > pageMax ? (referrers.at(-1)?.digest ?? null) : null }
}

/** Adds the annotations in the index: those of a manifest without a subject are not stored apart from its bytes. */
async function annotate(
  ctx: Context,
  repositoryId: string,
  listed: readonly ListedReferrer[],
): Promise<SubjectReferrer[]> {
  const [first] = listed
  if (first === undefined) return []
  const index = await findManifest(ctx.db, repositoryId, first.indexDigest)
  const annotations = index === null ? new Map<string, never>() : annotationsOfChildren(index.content)
  return listed.map(({ indexDigest: _, ...row }) => ({ ...row, annotations: annotations.get(row.digest) ?? {} }))
}

function byDigest(a: SubjectReferrer, b: SubjectReferrer): number {
  return a.digest < b.digest ? -1 : 1
}
