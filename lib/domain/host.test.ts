import { expect, test } from 'vitest'
import { canonicalHost, isHost } from './host'

test.each([
  ['hub.test', true],
  ['Hub_1.test.:3000', true],
  ['127.0.0.1:3000', true],
  ['[::1]:3000', true],
  ['', false],
  ['.', false],
  ['.hub.test', false],
  ['hub..test', false],
  ['hub.test..', false],
  [':3000', false],
  ['hub.test:', false],
  ['hub.test:123456', false],
  ['a"b', false],
  ['[::1', false],
  [`${'a.'.repeat(130)}a`, false],
])('%s is a host: %s', (host, expected) => {
  expect(isHost(host)).toBe(expected)
})

test.each([
  ['HUB.test.', 'hub.test'],
  ['hub.test.:3000', 'hub.test:3000'],
  ['hub.test:3000', 'hub.test:3000'],
  ['[::1]:3000', '[::1]:3000'],
])('%s is %s', (host, expected) => {
  expect(canonicalHost(host)).toBe(expected)
})
