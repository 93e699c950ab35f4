import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { onTick, tickAt, tickMs } from './use-now'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

test('listeners are called at each tick, by one timer, which ends with the last of them', () => {
  const first = vi.fn()
  const second = vi.fn()
  const ends = [onTick(first), onTick(second)]
  expect(vi.getTimerCount()).toBe(1)
  vi.advanceTimersByTime(3 * tickMs)
  expect([first, second].map(({ mock }) => mock.calls.length)).toEqual([3, 3])
  ends[0]?.()
  vi.advanceTimersByTime(tickMs)
  expect([first, second].map(({ mock }) => mock.calls.length)).toEqual([3, 4])
  ends[1]?.()
  expect(vi.getTimerCount()).toBe(0)
  const end = onTick(first)
  vi.advanceTimersByTime(tickMs)
  expect(first).toHaveBeenCalledTimes(4)
  end()
})

test('the time stays the same between two ticks', () => {
  expect(tickAt(7 * tickMs)).toBe(7 * tickMs)
  expect(tickAt(8 * tickMs - 1)).toBe(7 * tickMs)
})
