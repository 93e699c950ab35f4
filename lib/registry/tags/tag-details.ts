import { type ImmutabilityRule, isProtected } from '@/lib/domain/immutability'
import type { TagRow } from '@/lib/metadata/tag-listing'

/** A tag as the console and the API show it. Times are UTC, ISO 8601. */
export interface TagDetails {
  readonly name: string
  readonly digest: string
  readonly mediaType: string
  readonly artifactType: string | null
  readonly platforms: string[]
  readonly sizeBytes: number
  readonly isProtected: boolean
  readonly pushedAt: string
  readonly pushedBy: string
  readonly createdAt: string
}

/** Returns the details of a tag in a repository with this immutability policy. */
export function toTagDetails(rule: ImmutabilityRule, row: TagRow): TagDetails {
  return {
    name: row.name,
    digest: row.digest,
    mediaType: row.mediaType,
    artifactType: row.artifactType,
    platforms: row.platforms.split(',').filter((platform) => platform !== ''),
    // A push may not state more. A row that does must not make the whole list fail.
    sizeBytes: Math.min(Number(row.totalSizeBytes), Number.MAX_SAFE_INTEGER),
    isProtected: isProtected(rule, row.name),
    pushedAt: row.updatedAt.toISOString(),
    pushedBy: row.updatedBy,
    createdAt: row.createdAt.toISOString(),
  }
}
