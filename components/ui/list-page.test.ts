import { expect, test } from 'vitest'
import { lastFilledPage, pageAfter, pageBefore, readListPage, setListPage } from './list-page'

/** An address goes through the browser on the way to the next page. */
function through(page: { number: number; cursor: string | undefined }, query = 'search=a&sort=-name') {
  const search = new URLSearchParams(query)
  setListPage(search, page)
  return { search, page: readListPage(search) }
}

const longestCursor = 'c'.repeat(1024)

test('the address of page 110 holds one cursor, and leads to it and back', () => {
  let page = readListPage(new URLSearchParams())
  for (let number = 2; number <= 110; number += 1) {
    const next = pageAfter(page, { totalCount: 5000, nextCursor: longestCursor, previousCursor: 'before' })
    page = through(next ?? page).page
    expect(page).toEqual({ number, cursor: longestCursor })
  }
  const { search } = through(page)
  expect(search.getAll('cursor')).toHaveLength(1)
  expect(`/cn-hangzhou/instance/cri-k7w2m9x4p1q8d3fz/repository/n/r/tags?${search}`.length).toBeLessThan(2000)
  for (let number = 109; number >= 2; number -= 1) {
    const before = pageBefore(page, { totalCount: 5000, nextCursor: 'n', previousCursor: `before-${number}` })
    page = through(before ?? page).page
    expect(page).toEqual({ number, cursor: `before-${number}` })
  }
  expect(pageBefore(page, { totalCount: 5000, nextCursor: 'n', previousCursor: 'p' })).toEqual({ number: 1 })
})

test('the first page has the address of the list, and none before it', () => {
  const { search, page } = through({ number: 1, cursor: undefined }, 'search=a&page=3&cursor=c')
  expect(search.toString()).toBe('search=a')
  expect(page).toEqual({ number: 1 })
  expect(pageBefore(page, { totalCount: 5, nextCursor: null, previousCursor: null })).toBeNull()
  expect(pageAfter(page, { totalCount: 5, nextCursor: null, previousCursor: null })).toBeNull()
})

test('where nothing precedes any more, back leads to the first page', () => {
  const page = { number: 5, cursor: 'c' }
  expect(pageBefore(page, { totalCount: 9, nextCursor: null, previousCursor: null })).toEqual({ number: 1 })
})

test.each(['page=0&cursor=c', 'page=x&cursor=c', 'page=1&cursor=c', 'cursor=c', 'page=1.5&cursor=c'])(
  'a number that cannot be that of a page after a cursor is not shown: %s',
  (query) => expect(readListPage(new URLSearchParams(query))).toEqual({ number: 2, cursor: 'c' }),
)

test('a number without a cursor is the first page', () => {
  expect(readListPage(new URLSearchParams('page=7'))).toEqual({ number: 1 })
  expect(readListPage(new URLSearchParams('page=7&cursor='))).toEqual({ number: 1 })
})

test.each([
  ['the last whole page', 40, 'end', { number: 2, cursor: 'end' }],
  ['a page that is not whole', 41, 'end', { number: 3, cursor: 'end' }],
  ['the only page', 20, 'end', { number: 1 }],
  ['no page', 0, null, { number: 1 }],
])('from a page that was emptied one goes to the last one that has rows: %s', (_, totalCount, previousCursor, page) => {
  expect(lastFilledPage({ totalCount, nextCursor: null, previousCursor }, 20)).toEqual(page)
})
