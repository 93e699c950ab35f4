import type { KnownSpace, Space } from '@/lib/metadata/space-counts'

/** How much room something takes, and when that was counted. */
export interface SpaceDetails extends Space {
  /** Of its size, what others have too. */
  readonly sharedBytes: number
  /** In ISO 8601; null before the first count. */
  readonly countedAt: string | null
  readonly isCounting: boolean
}

/** Returns what is known of the room that something takes; nothing, where it had no content when that was counted. */
export function toSpaceDetails(space: Space | undefined, { counted, isCounting }: KnownSpace): SpaceDetails {
  const { sizeBytes = 0, exclusiveBytes = 0 } = space ?? {}
  return {
    sizeBytes,
    exclusiveBytes,
    sharedBytes: sizeBytes - exclusiveBytes,
    countedAt: counted?.at.toISOString() ?? null,
    isCounting,
  }
}
