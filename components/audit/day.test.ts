import { expect, test } from 'vitest'
import { dayToTime } from './day'

test('a day goes from midnight to midnight of the reader', () => {
  expect(new Date(dayToTime('2026-11-22', 'begins'))).toEqual(new Date(2026, 10, 22))
  expect(new Date(dayToTime('2026-12-31', 'ends'))).toEqual(new Date(2027, 0, 1))
})

test.each(['', 'today', '2026-11', '22.11.2026'])('%s is no day', (day) => {
  expect(dayToTime(day, 'begins')).toBe('')
})
