import { pageSizeMax } from '@/lib/api/schemas/limits'

/** As many objects as a list to choose from shows, and as many pages as are read to find them. */
const offeredMax = 50
const offeredPagesMax = 10

interface Page<T> {
  items: readonly T[]
  nextCursor: string | null
}

/** The first objects of a list that a person may choose, and whether there may be more of them. */
export async function readOffered<T>(
  readPage: (page: { pageSize: number; cursor: string | undefined }) => Promise<Page<T>>,
  mayChoose: (item: T) => boolean,
): Promise<{ items: T[]; hasMore: boolean }> {
  const found: T[] = []
  let cursor: string | undefined
  for (let pages = 0; pages < offeredPagesMax && found.length <= offeredMax; pages += 1) {
    const page = await readPage({ pageSize: pageSizeMax, cursor })
    found.push(...page.items.filter(mayChoose))
    cursor = page.nextCursor ?? undefined
    if (cursor === undefined) break
  }
  return { items: found.slice(0, offeredMax), hasMore: cursor !== undefined || found.length > offeredMax }
}
