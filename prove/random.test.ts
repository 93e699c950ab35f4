import { expect, test } from 'vitest'
import { choosePolicy, chooseRequest } from './choose-request'
import { Random } from './random'

/** What a client of this seed requests. */
function requests(...seed: number[]) {
  const random = new Random(...seed)
  return [choosePolicy(random), ...Array.from({ length: 200 }, (_, n) => chooseRequest(random, ['one'], `${n}`))]
}

test('the same seed makes the same requests, and another one others', () => {
  expect(requests(1, 2, 3)).toEqual(requests(1, 2, 3))
  for (const other of [
    [2, 2, 3],
    [1, 3, 3],
    [1, 2, 4],
    [1, 2],
  ])
    expect(requests(...other)).not.toEqual(requests(1, 2, 3))
})

test('every kind of request is made', () => {
  const kinds = new Set(requests(1, 1).flatMap((made) => ('kind' in made ? [made.kind] : [])))
  expect(kinds.size).toBe(15)
})
