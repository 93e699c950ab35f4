import type { SqlSource } from '@/lib/metadata/engine/database'
import { listManifestSummaries } from '@/lib/metadata/manifests'
import { type TagTarget, listTagsReaching } from '@/lib/metadata/tags'
import { findRetentionDays } from '@/lib/metadata/untagged'

/** What garbage collection frees, and when, once a tag is deleted. */
export interface DeletionEffect {
  /** The manifest that no tag reaches any more. */
  readonly digest: string
  /** Size in bytes of the manifest and all that it refers to: what is freed unless other content refers to it. */
  readonly sizeBytes: number
  /** For how many days it is kept; 0: for ever. */
  readonly keptDays: number
  /** The earliest time of its removal, in ISO 8601; null when it is kept for ever. */
  readonly removedAfter: string | null
}

const dayMs = 24 * 3_600_000

/** Returns what the deletion of a tag at `now` frees; null when other tags still reach the manifest. */
export async function findDeletionEffect(
  source: SqlSource,
  repositoryId: string,
  { name, digest }: TagTarget,
  now: Date,
): Promise<DeletionEffect | null> {
  const reaching = await listTagsReaching(source, repositoryId, digest, 2)
  if (reaching.some((other) => other !== name)) return null
  const [manifest] = await listManifestSummaries(source, repositoryId, [digest])
  const keptDays = await findRetentionDays(source, repositoryId)
  return {
    digest,
    sizeBytes: Math.min(Number(manifest?.totalSizeBytes ?? 0), Number.MAX_SAFE_INTEGER),
    keptDays,
    removedAfter: removalTime(now, keptDays),
  }
}

/** The earliest time at which a manifest is removed that was reached until `since`, in ISO 8601; null: never. */
export function removalTime(since: Date, keptDays: number): string | null {
  return keptDays === 0 ? null : new Date(since.getTime() + keptDays * dayMs).toISOString()
}
