import { LRUCache } from 'lru-cache'
import type { Logger } from '@/lib/log'

/** How long the requests with one credential from one address count as one log-on, in milliseconds. */
const logOnMs = 10 * 60 * 1000

/** Remembers the latest uses of credentials in the process, so that a burst of requests is recorded once. */
export class CredentialUses {
  readonly #log: Logger
  /** Credentials whose use is being noted. */
  readonly #underWay = new Set<string>()
  /** Log-ons of the last ten minutes. */
  readonly #logOns: LRUCache<string, true>

  /** `rememberedMax` is how many log-ons are remembered; their room is taken at once. */
  constructor(log: Logger, rememberedMax = 20_000) {
    this.#log = log
    this.#logOns = new LRUCache({ max: rememberedMax, ttl: logOnMs })
  }

  /**
   * Notes that a credential was used, to the minute and without making the request wait. `touch` writes the minute; it
   * is called only when `lastUsedAt`, as read with the credential, is in an earlier minute. A failure is only logged.
   */
  note(
    { id, lastUsedAt }: { readonly id: string; readonly lastUsedAt: Date | null },
    touch: (minute: Date) => Promise<void>,
  ): void {
    const minute = new Date(Math.floor(Date.now() / 60_000) * 60_000)
    if ((lastUsedAt !== null && lastUsedAt >= minute) || this.#underWay.has(id)) return
    this.#underWay.add(id)
    touch(minute)
      .catch((err: unknown) => this.#log.warn({ err, credential: id }, 'the last use of a credential was not noted'))
      .finally(() => this.#underWay.delete(id))
  }

  /**
   * Runs `record` for the first log-on of a key and the first after ten minutes, and remembers it unless `record`
   * throws. Calls in between count as the same log-on.
   */
  async logOn(key: string, record: () => Promise<void>): Promise<void> {
    if (this.#logOns.get(key) === true) return
    this.#logOns.set(key, true)
    try {
      await record()
    } catch (error) {
      this.#logOns.delete(key)
      throw error
    }
  }
}
