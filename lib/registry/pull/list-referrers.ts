import type { Principal } from '@/lib/domain/principal'
import type { Digest } from '@/lib/domain/digest'
import { annotationsOfChildren } from '@/lib/domain/manifest'
import { referrersTag } from '@/lib/domain/referrers-tag'
import {
  type ListedReferrer,
  type SubjectReferrer,
  findIndexContent,
  listReferrersUnderTag,
  listReferrers as listSubjectReferrers,
} from '@/lib/metadata/referrers'
import type { Context } from '@/lib/context'
import { type OpenedRepository, assertOpened } from '@/lib/registry/traffic/opened-repository'

/**
 * Maximum number of referrers in a page. Large, because common clients read one page only.
 */
const pageMax = 1000

/**
 * The most that the texts of a page may take, in bytes: together less than the 4 MiB that clients accept. A page has at
 * least one referrer of each kind that follows, whatever its size.
 */
const namingMaxBytes = 2 * 1024 * 1024
const listedMaxBytes = 1024 * 1024

/** Largest index whose annotations are shown, in bytes: each page reads the index again. */
const indexMaxBytes = 512 * 1024

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
  const slice = { artifactType, after, limit: pageMax }
  const [naming, listed] = await Promise.all([
    listSubjectReferrers(ctx.db, repository.id, subject, { ...slice, maxBytes: namingMaxBytes }),
    listReferrersUnderTag(ctx.db, repository.id, referrersTag(subject), { ...slice, maxBytes: listedMaxBytes }),
  ])
  // Behind the end of a list that has more, the order of both is not known.
  const ends = [naming, listed].flatMap(({ rows, hasMore }) => (hasMore ? (rows.at(-1)?.digest ?? []) : []))
  const end = ends.sort()[0]
  const rows = [...naming.rows, ...(await annotate(ctx, repository.id, listed.rows))].sort(byDigest)
  const known = end === undefined ? rows : rows.filter(({ digest }) => digest <= end)
  const referrers = known.slice(0, pageMax)
  const hasMore = end !== undefined || known.length > pageMax
  return { referrers, next: hasMore ? (referrers.at(-1)?.digest ?? null) : null }
}

/**
 * Adds the annotations in the index, unless that is large: those of a manifest without a subject are not stored apart
 * from its bytes.
 */
async function annotate(
  ctx: Context,
  repositoryId: string,
  listed: readonly ListedReferrer[],
): Promise<SubjectReferrer[]> {
  const [first] = listed
  if (first === undefined) return []
  const index = await findIndexContent(ctx.db, repositoryId, first.indexDigest, indexMaxBytes)
  const annotations = index === null ? new Map<string, never>() : annotationsOfChildren(index)
  return listed.map(({ indexDigest: _, ...row }) => ({
    ...row,
    annotations: JSON.stringify(annotations.get(row.digest) ?? {}),
  }))
}

function byDigest(a: SubjectReferrer, b: SubjectReferrer): number {
  return a.digest < b.digest ? -1 : 1
}
