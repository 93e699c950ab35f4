import { QueryClient, QueryObserver } from '@tanstack/react-query'
import type { QueryKey } from '@tanstack/react-query'
import { afterEach, expect, test } from 'vitest'
import { showSaved } from './saved'

interface Thing {
  id: string
  name: string
}

const one = ['things', 'one', 'a']
const lists = ['things', 'list']
const first = [...lists, { search: '' }]
const searched = [...lists, { search: 'old' }]
const saved = { data: { id: 'a', name: 'new' }, etag: '"2"' }

const queryClient = new QueryClient({ defaultOptions: { queries: { staleTime: Infinity, gcTime: Infinity } } })
const stops: (() => void)[] = []

afterEach(() => {
  for (const stop of stops.splice(0)) stop()
  queryClient.clear()
})

/** Shows a query as a page does; returns how often it was read since. */
function show(queryKey: QueryKey, read: () => Promise<unknown>): () => number {
  let count = 0
  const counted = () => {
    count += 1
    return read()
  }
  const observer = new QueryObserver(queryClient, { queryKey, queryFn: counted })
  stops.push(observer.subscribe(() => undefined))
  return () => count
}

function page(...items: Thing[]) {
  return { items, nextCursor: null, totalCount: items.length }
}

function readBefore() {
  queryClient.setQueryData(one, { data: { id: 'a', name: 'old' }, etag: '"1"' })
  for (const key of [first, searched]) {
    queryClient.setQueryData(key, page({ id: 'a', name: 'old' }, { id: 'b', name: 'other' }))
  }
}

test('what a change answers stands in the object and in its rows, and nothing is read again', async () => {
  readBefore()
  const reads = [one, first].map((key) => show(key, () => Promise.reject(new Error('read'))))
  await showSaved(queryClient, saved, { one, lists })
  expect(queryClient.getQueryData(one)).toEqual(saved)
  for (const key of [first, searched]) {
    expect(queryClient.getQueryData(key)).toEqual(page({ id: 'a', name: 'new' }, { id: 'b', name: 'other' }))
    // Whoever shows it next reads it.
    expect(queryClient.getQueryState(key)?.isInvalidated).toBe(true)
  }
  expect(queryClient.getQueryState(one)?.isInvalidated).toBe(false)
  expect(reads.map((count) => count())).toEqual([0, 0])
})

test('a list on screen is read again where the change may have moved the row, and before it is done', async () => {
  readBefore()
  const inFirst = show(first, () => Promise.reject(new Error('read')))
  const inSearched = show(searched, () => Promise.resolve(page({ id: 'b', name: 'other' })))
  await showSaved(queryClient, saved, {
    one,
    lists,
    mayMove: ({ queryKey: [, , parameters] }) => (parameters as { search: string }).search !== '',
  })
  expect(queryClient.getQueryData(searched)).toEqual(page({ id: 'b', name: 'other' }))
  expect([inFirst(), inSearched()]).toEqual([0, 1])
})

test('a read that began before the change does not bring back what was before it', async () => {
  readBefore()
  const answers: ((name: string) => void)[] = []
  const answer = (wrap: (thing: Thing) => unknown) => () =>
    new Promise((resolve) => answers.push((name) => resolve(wrap({ id: 'a', name }))))
  const ofOne = show(
    one,
    answer((data) => ({ data, etag: data.name })),
  )
  const ofFirst = show(
    first,
    answer((thing) => page(thing)),
  )
  void queryClient.refetchQueries({ queryKey: ['things'] })
  await expect.poll(() => answers.length).toBe(2)
  const before = answers.splice(0)

  const done = showSaved(queryClient, saved, { one, lists })
  for (const give of before) give('old')
  await expect.poll(() => answers.length).toBe(2)
  for (const give of answers) give('newest')
  await done
  expect(queryClient.getQueryData(one)).toEqual({ data: { id: 'a', name: 'newest' }, etag: 'newest' })
  expect(queryClient.getQueryData(first)).toEqual(page({ id: 'a', name: 'newest' }))
  expect([ofOne(), ofFirst()]).toEqual([2, 2])
})
