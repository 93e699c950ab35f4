import { findKeeping, listHolders, listNaming, listSubjects, listTaggedDigests } from '@/lib/metadata/space'
import type { BoundedReads } from './bounded-reads'

/**
 * Which manifests and blobs of a repository something holds, as garbage collection decides it: a tag holds a manifest;
 * a manifest that is held holds all that it names, and its referrers. Once the limit of the reads is reached, all that
 * is not known is taken as held.
 */
export class Holding {
  /** What is known of manifests. */
  readonly #isHeld = new Map<string, boolean>()

  /**
   * `except`: a tag that holds nothing. `within`: every manifest that is not one of these holds what it reaches, whether
   * or not a tag reaches it.
   */
  constructor(
    readonly reads: BoundedReads,
    readonly repositoryId: string,
    readonly rule: { readonly except: string | null; readonly within?: ReadonlySet<string> },
  ) {}

  /** Those of `digests` that are held, which are manifests. */
  async manifests(digests: Iterable<string>): Promise<ReadonlySet<string>> {
    const asked = [...digests]
    await this.#find(asked)
    return new Set(asked.filter((digest) => this.#isHeld.get(digest) !== false))
  }

  /** Those of `digests` that a held manifest names. */
  async blobs(digests: Iterable<string>): Promise<ReadonlySet<string>> {
    const asked = [...digests]
    const held = new Set<string>()
    const isDone = (digest: string) => held.has(digest)
    for await (const edges of this.reads.edges(listNaming, this.repositoryId, asked, isDone)) {
      const holders = await this.manifests(new Set(edges.map(({ to }) => to)))
      for (const { from, to } of edges) if (holders.has(to)) held.add(from)
    }
    return this.reads.isOver ? new Set(asked) : held
  }

  /** Goes up from what is not known to all that reaches it, then down again from what is held. */
  async #find(digests: readonly string[]): Promise<void> {
    const below = new Map<string, string[]>()
    const seen = new Set<string>()
    const held: string[] = []
    for (let level = digests.filter((digest) => !this.#isHeld.has(digest)); level.length > 0;) {
      for (const digest of level) seen.add(digest)
      const above = new Set<string>()
      for await (const { from, to } of this.#above(await this.#unheldOf(level, held))) {
        below.set(to, [...(below.get(to) ?? []), from])
        if (this.#isHeld.get(to) === true) held.push(to)
        else if (!this.#isHeld.has(to) && !seen.has(to)) above.add(to)
      }
      if (this.reads.isOver) held.push(...level, ...above)
      level = [...above]
    }
    for (const digest of seen) this.#isHeld.set(digest, false)
    for (let digest = held.pop(); digest !== undefined; digest = held.pop()) {
      this.#isHeld.set(digest, true)
      held.push(...(below.get(digest) ?? []).filter((lower) => this.#isHeld.get(lower) === false))
    }
  }

  /** Moves those that are held by themselves to `held`; returns the others. */
  async #unheldOf(level: readonly string[], held: string[]): Promise<string[]> {
    const { except, within } = this.rule
    const left = level.filter((digest) => within === undefined || within.has(digest))
    held.push(...level.filter((digest) => within !== undefined && !within.has(digest)))
    const unheld: string[] = []
    const look = (part: string[]) => listTaggedDigests(this.reads.source, this.repositoryId, part, except)
    for await (const [part, tagged] of this.reads.inParts(left, look)) {
      for (const digest of part) (tagged.has(digest) ? held : unheld).push(digest)
    }
    return unheld
  }

  async *#above(digests: readonly string[]) {
    for await (const edges of this.reads.edges(listNaming, this.repositoryId, digests)) yield* edges
    const look = (part: string[]) => listSubjects(this.reads.source, this.repositoryId, part)
    for await (const [, edges] of this.reads.inParts(digests, look)) yield* edges
  }
}

/** The blobs of `digests` that other repositories than `repositoryId` have. */
export async function blobsElsewhere(
  reads: BoundedReads,
  repositoryId: string,
  digests: readonly string[],
): Promise<ReadonlySet<string>> {
  const found = new Set<string>()
  const isDone = (digest: string) => found.has(digest)
  for await (const edges of reads.edges(listHolders, repositoryId, digests, isDone)) {
    for (const { from } of edges) found.add(from)
  }
  return reads.isOver ? new Set(digests) : found
}

/** The blobs of `digests` that other repositories than `repositoryId` keep when garbage is collected there. */
export async function blobsHeldElsewhere(
  reads: BoundedReads,
  repositoryId: string,
  digests: readonly string[],
): Promise<ReadonlySet<string>> {
  const holdings = new Map<string, Holding | null>()
  const held = new Set<string>()
  const isDone = (digest: string) => held.has(digest)
  for await (const edges of reads.edges(listHolders, repositoryId, digests, isDone)) {
    const asked = new Map<string, string[]>()
    for (const { from, to } of edges) asked.set(to, [...(asked.get(to) ?? []), from])
    for (const [other, blobs] of asked) {
      if (!holdings.has(other)) holdings.set(other, await holdingOf(reads, other))
      const kept = await holdings.get(other)?.blobs(blobs.filter((digest) => !held.has(digest)))
      for (const digest of kept ?? []) held.add(digest)
    }
  }
  return reads.isOver ? new Set(digests) : held
}

/** Null for a repository that is being deleted: it holds nothing. One that keeps untagged manifests holds all. */
async function holdingOf(reads: BoundedReads, repositoryId: string): Promise<Holding | null> {
  const keeping = await findKeeping(reads.source, repositoryId)
  if (keeping === null) return null
  const rule = { except: null, ...(keeping.keepsUntagged && { within: new Set<string>() }) }
  return new Holding(reads, repositoryId, rule)
}
