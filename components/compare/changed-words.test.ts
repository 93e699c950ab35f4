import { expect, test } from 'vitest'
import { changedWords } from './changed-words'

test.each([
  ['["node", "--inspect", "server.js"]', '["node", "server.js"]', '"--inspect", ', ''],
  ['npm ci --omit=dev', 'npm ci --omit=all', '--omit=dev', '--omit=all'],
  ['/usr/bin:/bin', '/opt/bin:/usr/bin:/bin', '', '/opt/bin:'],
  ['info', 'warn', 'info', 'warn'],
  ['a a', 'a', 'a ', ''],
  ['same', 'same', '', ''],
])('of %j and %j, the words that differ are %j and %j', (before, after, removed, added) => {
  const words = changedWords(before, after)
  expect([words.before.changed, words.after.changed]).toEqual([removed, added])
  for (const [text, { start, changed, end }] of [
    [before, words.before],
    [after, words.after],
  ] as const) {
    expect(start + changed + end).toBe(text)
  }
})
