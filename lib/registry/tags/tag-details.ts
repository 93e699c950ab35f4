import { type ContentKind, kindOf } from '@/lib/domain/content-kind'
import { type ImmutabilityRule, isProtected } from '@/lib/domain/immutability'
import { endOfOpening } from '@/lib/domain/openings'
import type { SqlSource } from '@/lib/metadata/engine/database'
import { type OpeningRow, listOpenings } from '@/lib/metadata/openings'
import type { Pulls } from '@/lib/metadata/pull-counts'
import type { TagRow } from '@/lib/metadata/tag-listing'

/** A tag as the console and the API show it. Times are UTC, ISO 8601. */
export interface TagDetails {
  readonly name: string
  readonly digest: string
  readonly mediaType: string
  readonly artifactType: string | null
  readonly kind: ContentKind
  readonly platforms: string[]
  readonly sizeBytes: number
  readonly isProtected: boolean
  /** Until when it is open, in ISO 8601; null: it is not. */
  readonly openUntil: string | null
  readonly pushedAt: string
  readonly pushedBy: string
  readonly createdAt: string
  readonly pullCount: number
  /** Null: never, as far as it was counted. */
  readonly lastPulledAt: string | null
}

/**
 * Returns the details of a tag in a repository with this immutability policy. `openings` are those of its repository
 * that are open, `pulls` is how often the tag was pulled.
 */
export function toTagDetails(
  rule: ImmutabilityRule,
  row: TagRow,
  openings: readonly Pick<OpeningRow, 'tag' | 'closesAt'>[],
  { pullCount, lastPulledAt }: Pulls,
): TagDetails {
  return {
    name: row.name,
    digest: row.digest,
    mediaType: row.mediaType,
    artifactType: row.artifactType,
    kind: kindOf(row.mediaType, row.artifactType, { tag: row.name }),
    platforms: row.platforms.split(',').filter((platform) => platform !== ''),
    // A push may not state more. A row that does must not make the whole list fail.
    sizeBytes: Math.min(Number(row.totalSizeBytes), Number.MAX_SAFE_INTEGER),
    isProtected: isProtected(rule, row.name),
    openUntil: openings.find(({ tag }) => tag === row.name)?.closesAt.toISOString() ?? null,
    pushedAt: row.updatedAt.toISOString(),
    pushedBy: row.updatedBy,
    createdAt: row.createdAt.toISOString(),
    pullCount,
    lastPulledAt: lastPulledAt?.toISOString() ?? null,
  }
}

/** Most openings that are looked at: more than a person opens. */
const openingsMax = 1000

/** The openings of a repository that are open at `now`. */
export async function listOpen(source: SqlSource, repositoryId: string, now: Date): Promise<OpeningRow[]> {
  const slice = { descending: true, after: null, limit: openingsMax }
  const openings = await listOpenings(source, { repositoryId, isUnclosed: true }, slice)
  return openings.filter((opening) => endOfOpening(opening, now) === null)
}
