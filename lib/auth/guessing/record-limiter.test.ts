import { expect, test } from 'vitest'
import { RecordLimiter } from './record-limiter'

const limits = { pairMax: 2, totalMax: 3, windowMs: 1000 }

test('the first few of an account and address are recorded, the others counted until the minute is over', () => {
  const limiter = new RecordLimiter<string>(limits)
  const admitted = [1, 2, 3, 4].map((n) => limiter.admit('a', `a${n}`, 5000 + n))
  expect(admitted).toEqual([true, true, false, false])
  expect(limiter.takeLeftOut({ now: 5999 })).toEqual([])
  expect(limiter.takeLeftOut({ now: 6001 })).toEqual([{ sample: 'a2', count: 2 }])
  expect(limiter.takeLeftOut({ now: 6001 })).toEqual([])
  expect(limiter.admit('a', 'a5', 6002)).toBe(true)
})

test('of all accounts together not more than a few; accounts without a place are counted together', () => {
  const limiter = new RecordLimiter<string>(limits)
  expect(['a', 'b', 'c', 'd', 'e', 'a'].map((key) => limiter.admit(key, key, 5000))).toEqual([
    ...[true, true, true],
    ...[false, false, false],
  ])
  expect(limiter.takeLeftOut({ isLast: true })).toEqual([
    { sample: 'a', count: 1 },
    { sample: null, count: 2 },
  ])
})

test('what a minute left out is not lost when nobody asks before the next one', () => {
  const limiter = new RecordLimiter<string>(limits)
  for (const now of [5000, 5000, 5000, 7000]) limiter.admit('a', 'a', now)
  expect(limiter.takeLeftOut({ now: 7500 })).toEqual([{ sample: 'a', count: 1 }])
})
