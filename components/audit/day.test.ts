import { expect, test } from 'vitest'
import { dayToTime, formatDay, readDay } from './day'

test('a day goes from midnight to midnight of the reader', () => {
  expect(new Date(dayToTime('2026-11-22', 'begins'))).toEqual(new Date(2026, 10, 22))
  expect(new Date(dayToTime('2026-12-31', 'ends'))).toEqual(new Date(2027, 0, 1))
})

test.each(['', 'today', '2026-11', '22.11.2026', '2026-02-30', '2026-13-01', '0026-01-01', '2026-1-5'])(
  '%s is no day',
  (day) => {
    expect(dayToTime(day, 'begins')).toBe('')
  },
)

test.each(['2026-11-02', '2026/11/2', '2026.11.02', '2026年11月2日', ' 2026 - 11 - 02 ', '20261102'])(
  '%s is read as a day',
  (typed) => {
    expect(readDay(typed)).toBe('2026-11-02')
  },
)

test.each(['', '2026', '2026-11', '2026-11-31', '02-11-2026', '11/02/2026', 'tomorrow'])('%s is not', (typed) => {
  expect(readDay(typed)).toBeNull()
})

test('the day of a time is that of the reader', () => {
  expect(formatDay(new Date(2026, 0, 5, 23, 59))).toBe('2026-01-05')
})
