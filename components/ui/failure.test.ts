import { expect, test } from 'vitest'
import { UnreachableError } from '@/lib/api/client/api-error'
import { failureOf } from './failure'

const error = new Error('refused')

test.each([
  ['nothing yet', { error: null, isPaused: false }, null],
  ['what was read', { data: 1, error: null, isPaused: false }, null],
  ['what was read before the connection was lost', { data: 1, error: null, isPaused: true }, null],
  ['why it failed', { error, isPaused: false }, error],
  ['why it failed, offline', { error, isPaused: true }, error],
])('%s', (_, read, failure) => {
  expect(failureOf(read)).toBe(failure)
})

test.each([
  ['nothing was read', { error: null, isPaused: true }],
  ['another page was read', { data: 1, error: null, isPaused: true, isPlaceholderData: true }],
])('offline, %s: the server was not reached', (_, read) => {
  expect(failureOf(read)).toBeInstanceOf(UnreachableError)
})
