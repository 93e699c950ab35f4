import { expect, test } from 'vitest'
import { dayOf, lastDays } from './day'

test('a day begins at midnight of UTC', () => {
  expect(dayOf(new Date('2026-11-29T23:59:59.999Z'))).toBe('2026-11-29')
  expect(dayOf(new Date('2026-11-30T00:00:00.000Z'))).toBe('2026-11-30')
})

test('the last days end with today, over months and leap days', () => {
  expect(lastDays(3, new Date('2028-03-01T00:00:00Z'))).toEqual(['2028-02-28', '2028-02-29', '2028-03-01'])
  expect(lastDays(1, new Date('2026-11-29T12:00:00Z'))).toEqual(['2026-11-29'])
})
