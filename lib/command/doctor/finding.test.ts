import { expect, test } from 'vitest'
import { judgeClock, reasonOf } from './finding'

test.each([
  [0, null],
  [30_000, null],
  [-30_000, null],
  [null, null],
  [31_000, 'the clock of the store is 31 s ahead of this machine'],
  [-3_600_000, 'the clock of the store is 3600 s behind this machine'],
])('a clock %s ms ahead: %s', (aheadMs, problem) => {
  const { text, remedy } = judgeClock('store', aheadMs)
  expect(remedy === null).toBe(problem === null)
  if (problem !== null) expect(text).toContain(problem)
})

test('a reason is the innermost one, and its code where it has no message', () => {
  const refused = Object.assign(new AggregateError([], ''), { code: 'ECONNREFUSED' })
  expect(reasonOf(new Error('outer', { cause: refused }))).toBe('ECONNREFUSED')
  expect(reasonOf(new Error('inner'))).toBe('inner')
})
