import type { SqlSource } from '@/lib/metadata/engine/database'
import { type EdgePage, type SpaceEdge, spaceLookupMax, spacePageSize } from '@/lib/metadata/space'
import { turns } from '@/lib/registry/give-turns'

/**
 * Reads with a limit on their number: one answer takes no more than a few seconds of statements, however much a tag
 * reaches. Other requests run in between.
 */
export class BoundedReads {
  readonly #giveTurn = turns()
  #left: number

  constructor(
    readonly source: SqlSource,
    max: number,
  ) {
    this.#left = max
  }

  /** Whether the limit was reached: what is found is not all. */
  get isOver(): boolean {
    return this.#left <= 0
  }

  /** Looks values up, some with each statement. */
  async *inParts<T>(values: Iterable<string>, look: (part: string[]) => Promise<T>): AsyncGenerator<[string[], T]> {
    const all = [...values]
    for (let start = 0; start < all.length && this.#left > 0; start += spaceLookupMax) {
      const part = all.slice(start, start + spaceLookupMax)
      yield [part, await this.#read(() => look(part))]
    }
  }

  /**
   * The edges that leave `digests`, in pages. Few edges come with one statement; where there are more, each digest has
   * pages of its own, and `isDone` says of which digest no more are needed.
   */
  async *edges(
    list: EdgePage,
    repositoryId: string,
    digests: Iterable<string>,
    isDone: (digest: string) => boolean = () => false,
  ): AsyncGenerator<readonly SpaceEdge[]> {
    const look = (part: string[]) => list(this.source, repositoryId, part, null)
    for await (const [part, found] of this.inParts(digests, look)) {
      yield found
      if (found.length < spacePageSize) continue
      for (const digest of part) yield* this.#pagesOf(list, repositoryId, digest, isDone)
    }
  }

  async *#pagesOf(
    list: EdgePage,
    repositoryId: string,
    digest: string,
    isDone: (digest: string) => boolean,
  ): AsyncGenerator<readonly SpaceEdge[]> {
    for (let after = ''; this.#left > 0 && !isDone(digest);) {
      const from = after
      const page = await this.#read(() => list(this.source, repositoryId, [digest], from))
      yield page
      if (page.length < spacePageSize) return
      after = page.at(-1)?.to ?? ''
    }
  }

  async #read<T>(read: () => Promise<T>): Promise<T> {
    this.#left--
    const result = await read()
    await this.#giveTurn()
    return result
  }
}
