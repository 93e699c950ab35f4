import { afterEach, beforeEach, expect, test } from 'vitest'
import { operations } from '@/lib/api/operations/operations'
import { type TestApi, digestOfLetter, openTestApi } from '@/lib/testing/test-api'

let api: TestApi

beforeEach(async () => {
  api = await openTestApi()
})
afterEach(() => api.close())

const list = operations.listTombstones.path

test('the names of deleted tags are listed with why and by whom, and those of a former repository are told apart', async () => {
  const params = await api.makeRepository('example', { tagImmutability: true })
  for (const tag of ['v2', 'v1', 'v3']) await api.pushTag(params.repositoryId, tag)
  for (const tag of ['v2', 'v1']) {
    await api.call('DELETE', operations.deleteTag.path, { ...params, tag }, { query: '?reason=Withdrawn' })
  }
  const first = await api.call('GET', list, params, { query: '?pageSize=1' })
  expect(first.json).toMatchObject({ totalCount: 2, items: [{ tag: 'v1', digest: digestOfLetter('a') }] })
  const second = await api.call('GET', list, params, { query: `?pageSize=1&cursor=${first.json.nextCursor ?? ''}` })
  expect(second.json).toMatchObject({
    nextCursor: null,
    items: [{ tag: 'v2', reason: 'Withdrawn', deletedBy: 'admin' }],
  })
  expect(second.json.items[0]).toMatchObject({ isOfFormerRepository: false })

  await api.call('DELETE', operations.deleteRepository.path, params, { query: '?force=test%2Fexample&reason=Ended' })
  const again = await api.call('POST', operations.createRepository.path, params, {
    body: { namespace: 'test', name: 'example' },
  })
  const former = await api.call('GET', list, { repositoryId: again.json.id })
  expect(former.json.items.map(({ tag, isOfFormerRepository }) => [tag, isOfFormerRepository])).toEqual([
    ['v1', true],
    ['v2', true],
    ['v3', true],
  ])
  const { repositoryId } = await api.makeRepository('example')
  expect((await api.call('GET', list, { repositoryId })).json.items).toEqual([])
})
