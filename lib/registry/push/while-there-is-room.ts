import type { Context } from '@/lib/context'

/** Yields `body` unchanged, and throws STORAGE_FULL before the chunks for which there is no room (`SpaceReserve`). */
export function whileThereIsRoom<T>({ reserve }: Context, body: AsyncIterable<T>): AsyncIterable<T> {
  return {
    // Not a generator: this runs for each group of chunks of every upload.
    [Symbol.asyncIterator]() {
      const chunks = body[Symbol.asyncIterator]()
      const end = async () => (await chunks.return?.()) ?? { done: true as const, value: undefined }
      return {
        async next() {
          try {
            reserve.assertRoomForContent()
          } catch (error) {
            await end()
            throw error
          }
          return chunks.next()
        },
        return: end,
      }
    },
  }
}
