import { describe, expect, test } from 'vitest'
import {
  isInstanceName,
  isNamespaceName,
  isRepositoryName,
  isRepositoryPath,
  isTag,
  parseRepositoryPath,
  parseTag,
  splitRepositoryPath,
} from './reference'

const checks = { isInstanceName, isNamespaceName, isRepositoryName, isRepositoryPath, isTag }

const names: Record<keyof typeof checks, { good: string[]; bad: string[] }> = {
  isRepositoryPath: {
    good: ['a', 'test/example', 'a.b_c__d-e---f/g/h', '0/1', 'a'.repeat(255)],
    bad: ['', '/a', 'a/', 'a//b', 'A', 'a..b', 'a___b', '-a', 'a-', 'a/-b', '../a', 'a b', 'ä', 'a\n', 'a'.repeat(256)],
  },
  isTag: {
    good: ['v1', 'latest', '_', 'A.b-c_9', 'a'.repeat(128)],
    bad: ['', '.a', '-a', 'a b', 'a:b', 'a/b', 'ä', 'a\n', 'a'.repeat(129)],
  },
  isNamespaceName: {
    good: ['ab', 'team-1', 'a.b_c', 'a'.repeat(120)],
    bad: ['a', 'A1', 'a/b', '-ab', 'ab.', 'a..b', 'a'.repeat(121)],
  },
  isRepositoryName: {
    good: ['a', 'ab', 'a/b', 'dsp/domain-microapp', 'a'.repeat(253)],
    bad: ['', 'A1', '/ab', 'ab/', 'a//b', 'a'.repeat(254)],
  },
  isInstanceName: {
    good: ['abc', 'a-b', 'a--b', '0a0', 'a'.repeat(30)],
    bad: ['ab', '-abc', 'abc-', 'aBc', 'a.b', 'a_b', 'a'.repeat(31)],
  },
}

describe.each(Object.entries(names))('%s', (name, { good, bad }) => {
  const check = checks[name as keyof typeof checks]
  test.each(good)('takes %o', (text) => expect(check(text)).toBe(true))
  test.each(bad)('refuses %o', (text) => expect(check(text)).toBe(false))
})

test.each([
  [parseTag, 'v1', '.bad', 'TAG_INVALID', { tag: '.bad' }],
  [parseTag, 'v1', 'x'.repeat(200), 'TAG_INVALID', { tag: 'x'.repeat(160) }],
  [parseRepositoryPath, 'test/example', 'Test', 'NAME_INVALID', { name: 'Test' }],
  [parseRepositoryPath, 'test/example', 'x'.repeat(400), 'NAME_INVALID', { name: 'x'.repeat(300) }],
])('%o passes %s on and refuses %s', (parse, good, bad, code, detail) => {
  expect(parse(good)).toBe(good)
  expect(() => parse(bad)).toThrow(expect.objectContaining({ code, detail }))
})

test('a path is split at its first slash', () => {
  expect(splitRepositoryPath('test/a/b')).toEqual({ namespace: 'test', name: 'a/b' })
  expect(splitRepositoryPath('test')).toBeNull()
})
