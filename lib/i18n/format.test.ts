import { describe, expect, test } from 'vitest'
import { ageOf, formatBytes, formatDuration, formatHours } from './format'

test.each([
  [0, '0 B'],
  [1023, '1,023 B'],
  [1024, '1.0 KiB'],
  [1843, '1.8 KiB'],
  [1024 * 1024 - 1, '1.0 MiB'],
  [158_913_790, '151.6 MiB'],
  [64 * 1024 ** 3, '64.0 GiB'],
  [1024 ** 6, '1,024.0 PiB'],
])('%d bytes are written %s', (sizeBytes, text) => {
  expect(formatBytes(sizeBytes, 'en')).toBe(text)
})

test.each([
  [-5, '0s', '0 秒'],
  [0, '0s', '0 秒'],
  [1, '<1s', '<1 秒'],
  [999, '<1s', '<1 秒'],
  [1000, '1s', '1 秒'],
  [59_999, '59s', '59 秒'],
  [60_000, '1m', '1 分钟'],
  [130_000, '2m 10s', '2 分钟 10 秒'],
  [3_605_000, '1h', '1 小时'],
  [11_100_000, '3h 5m', '3 小时 5 分钟'],
  [187_200_000, '52h', '52 小时'],
])('%d ms are written %s, and %s in Chinese', (durationMs, english, chinese) => {
  expect([formatDuration(durationMs, 'en'), formatDuration(durationMs, 'zh-CN')]).toEqual([english, chinese])
})

test.each([
  [1, '1 hour', '1 小时'],
  [24, '24 hours', '24 小时'],
  [36, '36 hours', '36 小时'],
  [168, '7 days', '7 天'],
])('%d hours are %s, and %s in Chinese', (hours, english, chinese) => {
  expect([formatHours(hours, 'en'), formatHours(hours, 'zh-CN')]).toEqual([english, chinese])
})

describe('age', () => {
  const now = new Date('2026-11-21T12:00:00Z')

  test.each([
    ['2026-11-21T12:00:30Z', { unit: 'now' }],
    ['2026-11-21T11:59:01Z', { unit: 'now' }],
    ['2026-11-21T11:59:00Z', { unit: 'minutes', count: 1 }],
    ['2026-11-21T11:00:00Z', { unit: 'hours', count: 1 }],
    ['2026-11-20T12:00:01Z', { unit: 'hours', count: 23 }],
    ['2026-11-20T12:00:00Z', { unit: 'calendar', text: 'yesterday' }],
    ['2026-11-08T12:00:00Z', { unit: 'calendar', text: '13 days ago' }],
    ['2026-11-07T12:00:00Z', { unit: 'calendar', text: '2 weeks ago' }],
    ['2026-10-16T12:00:00Z', { unit: 'calendar', text: '16 Oct 2026' }],
  ])('of %s', (time, age) => {
    expect(ageOf(new Date(time), now, 'en')).toEqual(age)
  })

  test('is written in Chinese for Chinese readers', () => {
    expect(ageOf(new Date('2026-11-18T12:00:00Z'), now, 'zh-CN')).toEqual({ unit: 'calendar', text: '3 天前' })
  })
})
