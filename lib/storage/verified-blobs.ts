import { LRUCache } from 'lru-cache'

import type { Digest } from '@/lib/domain/digest'

/** How many blobs are remembered. A forgotten one is only read again sooner. */
const rememberedMax = 10_000

/** When this process last found a blob's bytes to match their digest. */
export class VerifiedBlobs {
  readonly #times = new LRUCache<Digest, number>({ max: rememberedMax })

  /** Records that the bytes match now. */
  note(digest: Digest): void {
    this.#times.set(digest, Date.now())
  }

  /** Whether bytes that were published at `publishedAt`, and hashed then, have not been verified for `ms`. */
  isDue(digest: Digest, publishedAt: Date, ms: number): boolean {
    return Date.now() - Math.max(publishedAt.getTime(), this.#times.get(digest) ?? 0) >= ms
  }
}
