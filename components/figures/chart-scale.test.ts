import fc from 'fast-check'
import { expect, test } from 'vitest'
import { bytesScale, countScale, indexAt, namedDays, xOf, yOf } from './chart-scale'

const mebibyte = 1024 ** 2

test.each([
  [0, [4, 3, 2, 1, 0]],
  [3, [4, 3, 2, 1, 0]],
  [5, [8, 6, 4, 2, 0]],
  [14, [20, 15, 10, 5, 0]],
  [14_500, [20_000, 15_000, 10_000, 5000, 0]],
])('counts up to %d', (max, lines) => {
  expect(countScale(max)).toEqual(lines)
})

test('lines of bytes are round in the unit that is shown', () => {
  expect(bytesScale(0)).toEqual([4, 3, 2, 1, 0])
  expect(bytesScale(7 * mebibyte).map((bytes) => bytes / mebibyte)).toEqual([8, 6, 4, 2, 0])
  expect(bytesScale(500 * mebibyte).map((bytes) => bytes / mebibyte)).toEqual([800, 600, 400, 200, 0])
})

test('every value is inside its scale, and not lost at its foot', () => {
  fc.assert(
    fc.property(fc.nat(Number.MAX_SAFE_INTEGER), (max) => {
      for (const scale of [countScale(max), bytesScale(max)]) {
        expect(scale[0]).toBeGreaterThanOrEqual(max)
        expect(scale[0]).toBeLessThanOrEqual(Math.max(4, max * 2.6))
        expect(yOf(max, scale)).toBeGreaterThanOrEqual(0)
      }
    }),
  )
})

test('the day under the pointer is the one that is drawn there', () => {
  for (const count of [1, 7, 30, 90]) {
    for (let index = 0; index < count; index++) expect(indexAt(xOf(index, count) / 600, count)).toBe(index)
    expect([indexAt(-1, count), indexAt(2, count)]).toEqual([0, count - 1])
  }
})

test('the first and the last day are named', () => {
  const days = Array.from({ length: 30 }, (_, n) => n)
  expect(namedDays(days)).toEqual([0, 7, 15, 22, 29])
  expect(namedDays([1])).toEqual([1])
  expect(namedDays([1, 2, 3])).toEqual([1, 2, 3])
})
