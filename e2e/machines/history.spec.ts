import { expect, test } from '@playwright/test'
import { type Operation, isLinearizable } from './history'

test.describe('the checker of histories finds', () => {
  const at = (start: number, end: number) => ({ start, end })
  const first: Operation = { kind: 'push', digest: 'a', outcome: 'done', ...at(0, 1) }
  const frozen: Operation = { kind: 'set', immutable: true, outcome: 'done', ...at(2, 3) }
  const broken: Record<string, Operation[]> = {
    'a tag that moved after it was frozen': [
      first,
      frozen,
      { kind: 'push', digest: 'b', outcome: 'done', ...at(4, 5) },
    ],
    'an acknowledged push that is lost': [first, { kind: 'read', digest: null, ...at(2, 3) }],
    'a deletion of a frozen tag': [first, frozen, { kind: 'delete', outcome: 'done', ...at(4, 5) }],
    'a refusal while it was free': [first, { kind: 'push', digest: 'b', outcome: 'refused', ...at(2, 3) }],
    'a read of what is not there yet': [
      { kind: 'read', digest: 'b', ...at(0, 1) },
      { kind: 'push', digest: 'b', outcome: 'unknown', ...at(2, 3) },
    ],
    'an old read after a newer one': [
      first,
      { kind: 'push', digest: 'b', outcome: 'unknown', ...at(2, 3) },
      { kind: 'read', digest: 'b', ...at(4, 5) },
      { kind: 'read', digest: 'a', ...at(6, 7) },
    ],
  }
  for (const [name, history] of Object.entries(broken)) {
    test(name, () => expect(isLinearizable(history)).toBe(false))
  }

  test('nothing wrong with what was not answered and came late, or never', () => {
    const late: Operation = { kind: 'push', digest: 'b', outcome: 'unknown', ...at(2, 3) }
    const seen: Operation = { kind: 'read', digest: 'b', ...at(8, 9) }
    const stays: Operation = { kind: 'read', digest: 'a', ...at(6, 7) }
    expect(isLinearizable([first, late, stays, seen])).toBe(true)
    expect(isLinearizable([first, late, stays])).toBe(true)
  })

  test('its answer soon, where many operations were not answered', () => {
    const unanswered = Array.from({ length: 24 }, (_, index): Operation => ({
      kind: 'push',
      digest: `${index}`,
      outcome: 'unknown',
      ...at(2 + index / 100, 3),
    }))
    const reads = Array.from({ length: 24 }, (_, index): Operation => ({
      kind: 'read',
      digest: `${index - (index % 3)}`,
      ...at(10 + index, 10.5 + index),
    }))
    expect(isLinearizable([first, ...unanswered, ...reads])).toBe(true)
  })
})
