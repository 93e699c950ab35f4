import { describe, expect, test } from 'vitest'
import type { Scrub } from '../queries/maintenance'
import { durationMsOf, nextRunAfter } from './run'

const started = Date.parse('2026-11-22T02:00:00.000Z')

function runOf(change: Partial<Scrub> = {}): Scrub {
  return {
    id: '1',
    state: 'SUCCEEDED',
    startedBy: 'schedule',
    startedAt: '2026-11-22T02:00:00.000Z',
    endedAt: '2026-11-22T02:00:07.500Z',
    examinedBlobs: 0,
    examinedBytes: 0,
    failure: null,
    corruptBlobs: 0,
    corruptManifests: 0,
    ...change,
  }
}

test('a run that has ended took what it took; one that runs has taken what has passed, never less than nothing', () => {
  expect(durationMsOf(runOf(), started + 99_000)).toBe(7_500)
  expect(durationMsOf(runOf({ endedAt: null }), started + 99_000)).toBe(99_000)
  expect(durationMsOf(runOf({ endedAt: null }), started - 1_000)).toBe(0)
})

describe('the next run of a schedule of 24 hours', () => {
  test.each([
    ['is due when there was none', null, { kind: 'soon' }],
    ['comes 24 hours after the start of the last', runOf(), { kind: 'at', time: '2026-11-23T02:00:00.000Z' }],
    [
      'comes 24 hours after the start of one that runs',
      runOf({ state: 'RUNNING' }),
      expect.objectContaining({ kind: 'at' }),
    ],
    ['comes sooner after one that failed', runOf({ state: 'FAILED' }), { kind: 'retry' }],
  ])('%s', (_, last, next) => {
    expect(nextRunAfter(last, 24, started + 60_000)).toEqual(next)
  })

  test('is due when its time has passed', () => {
    expect(nextRunAfter(runOf(), 24, started + 24 * 3_600_000)).toEqual({ kind: 'soon' })
  })
})

test('without a schedule there is no next run', () => {
  expect(nextRunAfter(null, 0, started)).toEqual({ kind: 'never' })
})
