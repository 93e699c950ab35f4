import type { Logger } from '@/lib/log'

/** How often manifests were pulled since the last report. */
export interface PullCount {
  /** The user or the robot that pulled; empty for the anonymous. */
  readonly subjectId: string
  readonly repositoryId: string
  /** The tag that was asked for, or a digest. */
  readonly reference: string
  readonly count: number
}

/** How long counts stay in memory, in milliseconds: what the end of a process by `kill -9` loses. */
export const pullsKeptMs = 5_000

/** Most counts that are kept; more pulls than that in `pullsKeptMs`, each of something else, are not counted. */
const countsMax = 10_000

/** Most tags that are remembered as asked for. */
const askedMax = 10_000

interface Counted {
  readonly subjectId: string
  readonly repositoryId: string
  readonly reference: string
  count: number
}

/**
 * Counts pulls in memory, in the time of a look-up, and hands the counts over every few seconds. A count that could not
 * be handed over is kept for the next time. docs/decisions/0051-counting-pulls.md says what is counted, and what is lost.
 */
export class PullBuffer {
  readonly #handOver: (pulls: readonly PullCount[]) => Promise<void>
  readonly #log: Logger
  #counts = new Map<string, Counted>()
  /** Tags that were asked for by HEAD, by who asked and the digest that they got: since the last report, and before it. */
  #asked = new Map<string, string>()
  #askedBefore = new Map<string, string>()
  #timer: NodeJS.Timeout | null = null
  #flushing: Promise<void> | null = null
  #lostCount = 0
  #isFailing = false

  /** `handOver` takes counts to where they are kept; when it rejects, they count as not taken. */
  constructor(handOver: (pulls: readonly PullCount[]) => Promise<void>, log: Logger) {
    this.#handOver = handOver
    this.#log = log
  }

  /**
   * Counts a manifest that was sent. Docker and containerd ask for a tag by HEAD and then for the manifest by its digest:
   * that is a pull of the tag.
   */
  notePull(subjectId: string, repositoryId: string, reference: string): void {
    const who = `${subjectId} ${repositoryId} `
    const hasAsked = this.#asked.size > 0 || this.#askedBefore.size > 0
    const asked = hasAsked && reference.includes(':') ? this.#findAsked(who + reference) : undefined
    const key = who + (asked ?? reference)
    const counted = this.#counts.get(key)
    if (counted === undefined) this.#add(key, { subjectId, repositoryId, reference: asked ?? reference, count: 1 })
    else counted.count += 1
  }

  /** Remembers that a tag was asked for by HEAD, and which digest it got. That is no pull. */
  noteAsked(subjectId: string, repositoryId: string, tag: string, digest: string): void {
    if (this.#asked.size >= askedMax) return
    this.#asked.set(`${subjectId} ${repositoryId} ${digest}`, tag)
    this.#wake()
  }

  /** Adds what another process has counted. */
  add(pulls: readonly PullCount[]): void {
    for (const { subjectId, repositoryId, reference, count } of pulls) {
      const key = `${subjectId} ${repositoryId} ${reference}`
      const counted = this.#counts.get(key)
      if (counted === undefined) this.#add(key, { subjectId, repositoryId, reference, count })
      else counted.count += count
    }
  }

  /** Hands over what has been counted. Never rejects. */
  async flush(): Promise<void> {
    while (this.#flushing !== null) await this.#flushing
    this.#flushing = this.#flush().finally(() => (this.#flushing = null))
    await this.#flushing
  }

  /** Hands over the rest. What is counted afterwards is lost unless `flush` is called. */
  async close(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer)
    await this.flush()
    if (this.#timer !== null) clearTimeout(this.#timer)
  }

  #findAsked(key: string): string | undefined {
    return this.#asked.get(key) ?? this.#askedBefore.get(key)
  }

  #add(key: string, counted: Counted): void {
    if (this.#counts.size >= countsMax) {
      this.#lostCount += counted.count
      return
    }
    this.#counts.set(key, counted)
    this.#wake()
    if (this.#counts.size === countsMax && this.#flushing === null && !this.#isFailing) void this.flush()
  }

  /** Without counts there is no timer: a server that nobody pulls from does nothing. */
  #wake(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = null
      void this.flush()
    }, pullsKeptMs).unref()
  }

  async #flush(): Promise<void> {
    this.#askedBefore = this.#asked
    this.#asked = new Map()
    const counts = this.#counts
    if (this.#lostCount > 0) {
      this.#log.warn({ pulls: this.#lostCount }, 'pulls were not counted: too many different ones in a few seconds')
      this.#lostCount = 0
    }
    // Once more, so that a tag that was asked for just now is remembered for as long as any other.
    if (this.#askedBefore.size > 0) this.#wake()
    if (counts.size === 0) return
    this.#counts = new Map()
    try {
      await this.#handOver([...counts.values()])
      this.#isFailing = false
    } catch (err) {
      if (!this.#isFailing) this.#log.warn({ err }, 'counts of pulls could not be stored: they are kept in memory')
      this.#isFailing = true
      this.add([...counts.values()])
      this.#wake()
    }
  }
}
