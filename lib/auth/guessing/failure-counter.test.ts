import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { FailureCounter } from './failure-counter'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

test('keeps no more keys than it may: what was not touched longest goes', async () => {
  const counter = new FailureCounter({ failures: 1, windowSeconds: 60 }, 2)
  for (const key of ['a', 'b', 'a', 'c']) await counter.fail(key)
  expect(await counter.waitMs('a')).toBe(60_000)
  expect(await counter.waitMs('b')).toBe(0)
  expect(await counter.waitMs('c')).toBe(60_000)
  // A timer for each that is kept, and none for what went. (What looks at the clock asks it once a millisecond.)
  vi.advanceTimersByTime(1)
  expect(vi.getTimerCount()).toBe(2)
})

test('who is kept waiting is not forgotten by being refused', async () => {
  const counter = new FailureCounter({ failures: 1, windowSeconds: 60 }, 2)
  for (const key of ['a', 'b']) await counter.fail(key)
  expect(await counter.waitMs('a')).toBe(60_000)
  await counter.fail('c')
  expect(await counter.waitMs('a')).toBe(60_000)
  expect(await counter.waitMs('b')).toBe(0)
})

test('leaves nothing behind when its window is over', async () => {
  const counter = new FailureCounter({ failures: 1, windowSeconds: 60 }, 10)
  await counter.fail('a')
  vi.advanceTimersByTime(60_001)
  expect(await counter.waitMs('a')).toBe(0)
  expect(vi.getTimerCount()).toBe(0)
})
