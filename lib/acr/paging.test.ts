import { expect, test } from 'vitest'
import { AppError } from '@/lib/domain/errors'
import { readPageOf } from './paging'

const page = { items: ['a'], nextCursor: null, previousCursor: null, totalCount: 1 }

test('a page that is too far from both ends of a long list is told as a wrong PageNo', async () => {
  const tooFar = () =>
    Promise.reject(new AppError('PAGE_INVALID', { fields: [{ path: 'page', message: 'a page nearer to an end' }] }))
  await expect(readPageOf({ PageNo: 5000, PageSize: 100 }, tooFar)).rejects.toMatchObject({
    code: 'PAGE_INVALID',
    fields: [{ path: 'PageNo', message: 'a page nearer to an end' }],
  })
})

test('the first page of an empty list is empty, and the list is asked for no other page', async () => {
  const asked: unknown[] = []
  const empty = await readPageOf({ PageNo: 1, PageSize: 30 }, (request) => {
    asked.push(request)
    return Promise.resolve({ ...page, items: [], totalCount: 0 })
  })
  expect(asked).toEqual([{ pageSize: 30, page: 1 }])
  expect(empty).toEqual({ items: [], totalCount: 0, fields: { PageNo: 1, PageSize: 30 } })
})

test('a token takes precedence over a number', async () => {
  const asked: unknown[] = []
  const read = await readPageOf({ PageNo: 3, PageSize: 30, NextToken: 'x' }, (request) => {
    asked.push(request)
    return Promise.resolve({ ...page, nextCursor: 'y' })
  })
  expect(asked).toEqual([{ pageSize: 30, cursor: 'x' }])
  expect(read.fields).toEqual({ PageNo: 3, PageSize: 30, MaxResults: 30, NextToken: 'y' })
})
