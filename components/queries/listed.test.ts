import { QueryClient } from '@tanstack/react-query'
import { expect, test } from 'vitest'
import { findListed } from './listed'

interface Row {
  id: string
  text: string
}

const isA = ({ id }: Row) => id === 'a'

test('an object is found as the list had it that was read last, without a version', () => {
  const client = new QueryClient()
  const read = (list: string, text: string, updatedAt: number) =>
    client.setQueryData(['rows', 'list', list], { items: [{ id: 'a', text }] }, { updatedAt })
  read('older', 'old', 1)
  read('newest', 'new', 3)
  read('old', 'middle', 2)
  expect(findListed<Row>(client, ['rows', 'list'], isA)).toEqual({ data: { id: 'a', text: 'new' }, etag: '' })
})

test('an object of another list, or of none, is not found', () => {
  const client = new QueryClient()
  client.setQueryData(['others', 'list'], { items: [{ id: 'a', text: '' }] })
  client.setQueryData(['rows', 'list'], { items: [{ id: 'b', text: '' }] })
  expect(findListed<Row>(client, ['rows', 'list'], isA)).toBeUndefined()
})
