import { describe, expect, test } from 'vitest'
import { AppError } from '@/lib/domain/errors'
import type { Slice } from '@/lib/metadata/engine/listing'
import { type Page, readPage } from './page'

/** A list of one-letter names, each with a unique id, as a database would read it. */
function listOf(words: string, sort: 'name' | '-name' = 'name') {
  const rows = words.split('').map((name, index) => ({ name, id: String(index).padStart(4, '0') }))
  const order = { sort, descending: sort === '-name', byTime: false }
  const compare = (a: readonly string[], b: readonly string[]) => (a.join(' ') < b.join(' ') ? -1 : 1)
  const read = ({ descending, after, limit }: Slice) => {
    const sorted = rows.toSorted((a, b) => compare([a.name, a.id], [b.name, b.id]) * (descending ? -1 : 1))
    const position = after && [String(after.key), after.tie]
    const rest = position
      ? sorted.filter(({ name, id }) => compare([name, id], position) * (descending ? -1 : 1) > 0 && id !== after.tie)
      : sorted
    return Promise.resolve(rest.slice(0, limit))
  }
  return {
    rows,
    get: (pageSize: number, cursor?: string | null) =>
      readPage({ pageSize, cursor: cursor ?? undefined }, order, {
        read,
        count: () => Promise.resolve(rows.length),
        positionOf: ({ name, id }) => ({ key: name, tie: id }),
      }),
  }
}

type Row = { name: string; id: string }
const namesOf = (page: Page<Row>) => page.items.map(({ name }) => name).join('')

/** All pages, from the first. */
async function forward(list: ReturnType<typeof listOf>, pageSize: number): Promise<Page<Row>[]> {
  const pages = [await list.get(pageSize)]
  for (let cursor = pages[0]?.nextCursor; cursor; cursor = pages.at(-1)?.nextCursor) {
    pages.push(await list.get(pageSize, cursor))
  }
  return pages
}

describe('the way back passes the same pages as the way there', () => {
  test.each([
    ['abcdefg', 3, 'name'],
    ['abcdefg', 3, '-name'],
    ['abcdef', 3, 'name'],
    ['aabbbbb', 2, 'name'],
    ['aabbbbb', 2, '-name'],
    ['abc', 1, 'name'],
  ] as const)('%s by %i, %s', async (words, pageSize, sort) => {
    const list = listOf(words, sort)
    const pages = await forward(list, pageSize)
    expect(pages.map(namesOf).join('')).toBe(sort === 'name' ? words : words.split('').reverse().join(''))
    for (let index = pages.length - 1; index > 0; index -= 1) {
      const before = await list.get(pageSize, pages[index]?.previousCursor)
      expect(before.items).toEqual(pages[index - 1]?.items)
      expect(before.previousCursor === null).toBe(index === 1)
      // And on again.
      expect((await list.get(pageSize, before.nextCursor)).items).toEqual(pages[index]?.items)
    }
    expect(pages[0]?.previousCursor).toBeNull()
  })
})

test.each([
  ['abcdefg', 6, 'def'],
  ['abcdefg', 5, 'de'],
  ['abcdefg', 4, 'd'],
  ['abcdefg', 3, 'abc'],
  ['abcdefg', 1, 'a'],
])(
  'from a page that was emptied, %s with %i rows left, back leads to the last page that has rows',
  async (all, left, shown) => {
    const list = listOf(all)
    const pages = await forward(list, 3)
    const cursor = pages.at(-2)?.nextCursor
    list.rows.splice(left)
    const emptied = await list.get(3, cursor)
    expect(emptied).toMatchObject({ items: [], nextCursor: null, totalCount: left })
    const last = await list.get(3, emptied.previousCursor)
    expect(namesOf(last)).toBe(shown)
    expect(last.nextCursor).toBeNull()
    const before = last.previousCursor === null ? null : await list.get(3, last.previousCursor)
    expect(before && namesOf(before)).toBe(left > 3 ? 'abc' : null)
  },
)

test('where nothing is left, nothing leads back', async () => {
  const list = listOf('abcd')
  const first = await list.get(3)
  list.rows.splice(0)
  expect(await list.get(3, first.nextCursor)).toEqual({
    items: [],
    nextCursor: null,
    previousCursor: null,
    totalCount: 0,
  })
})

test('where rows were deleted before a page, back leads to the whole first page', async () => {
  const list = listOf('abcdefgh')
  const pages = await forward(list, 3)
  list.rows.splice(1, 4)
  const back = await list.get(3, pages[2]?.previousCursor)
  expect(namesOf(back)).toBe('afg')
  expect(back.previousCursor).toBeNull()
})

test('a cursor of another order is refused, whichever way it leads', async () => {
  const list = listOf('abcdefg')
  const pages = await forward(list, 3)
  list.rows.splice(3)
  const emptied = await list.get(3, pages[1]?.nextCursor)
  const cursors = [pages[0]?.nextCursor, pages[1]?.previousCursor, emptied.previousCursor]
  for (const cursor of cursors) {
    expect(cursor).toBeTruthy()
    await expect(listOf('abcdefg', '-name').get(3, cursor)).rejects.toThrow(AppError)
  }
})
