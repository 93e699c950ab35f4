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

describe('a list that is searched a part at a time', () => {
  /** The vowels of a text, of which a read looks at four letters. */
  const list = (letters: string) => ({
    get: (pageSize: number, cursor?: string | null) =>
      readPage<{ name: string; at: number }>(
        { pageSize, cursor: cursor ?? undefined },
        { sort: 'at', descending: false, byTime: false, byNumber: true },
        {
          read: ({ descending, after, limit }) => {
            const all = letters.split('').map((name, at) => ({ name, at }))
            const rest = (descending ? all.reverse() : all).filter(
              ({ at }) => after === null || (descending ? at < Number(after.key) : at > Number(after.key)),
            )
            const looked = rest.slice(0, 4)
            const rows = looked.filter(({ name }) => 'aeiou'.includes(name)).slice(0, limit)
            const stop = rest.length > 4 && rows.length < limit ? looked.at(-1) : undefined
            const stoppedAt = stop === undefined ? null : { key: BigInt(stop.at), tie: String(stop.at) }
            return Promise.resolve({ rows, stoppedAt })
          },
          count: () => Promise.resolve({ count: 1, isCapped: true }),
          positionOf: ({ at }) => ({ key: BigInt(at), tie: String(at) }),
        },
      ),
  })
  const wordsOf = (pages: readonly Page<{ name: string }>[]) =>
    pages.map(({ items }) => items.map(({ name }) => name).join(''))

  test.each([
    ['bcdfghjklmnea', ['', '', 'ea', '']],
    ['abcdefghijklm', ['a', 'e', 'i', '']],
    ['aeiouaeiou', ['aei', 'oua', 'eio', 'u']],
    ['bbbbbbbb', ['', '']],
  ])('%s', async (letters, expected) => {
    const pages = [await list(letters).get(3)]
    while (pages.at(-1)?.nextCursor) pages.push(await list(letters).get(3, pages.at(-1)?.nextCursor))
    expect(wordsOf(pages).join('')).toBe(expected.join(''))
    expect(pages.every(({ isCapped, totalCount }) => isCapped === true && totalCount === 1)).toBe(true)
    const back = [pages.at(-1) as (typeof pages)[number]]
    while (back[0]?.previousCursor) back.unshift(await list(letters).get(3, back[0].previousCursor))
    expect([...new Set(wordsOf(back).join(''))].join('')).toBe([...new Set(expected.join(''))].join(''))
  })

  test('a page behind what was counted is refused, and one before it is read from the beginning', async () => {
    const get = (page: number) =>
      readPage<{ name: string }>(
        { pageSize: 2, page },
        { sort: 'name', descending: false, byTime: false },
        {
          read: ({ descending, skip = 0, limit }) =>
            Promise.resolve(
              descending
                ? []
                : 'abcdef'
                    .split('')
                    .slice(skip, skip + limit)
                    .map((name) => ({ name })),
            ),
          count: () => Promise.resolve({ count: 4, isCapped: true }),
          positionOf: ({ name }) => ({ key: name, tie: name }),
        },
      )
    expect((await get(2)).items.map(({ name }) => name)).toEqual(['c', 'd'])
    await expect(get(3)).rejects.toMatchObject({ code: 'PAGE_INVALID' })
  })
})
