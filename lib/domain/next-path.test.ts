import { expect, test } from 'vitest'
import { nextPath } from './next-path'

test.each(['/', '/cn-hangzhou/instances', '/cn-hangzhou/instance/cri-1/repositories?search=a%26b&sort=-name'])(
  'goes on to %s',
  (path) => {
    expect(nextPath(path)).toBe(path)
  },
)

test.each([
  undefined,
  '',
  'https://evil.example',
  '//evil.example/a',
  '/\\evil.example',
  '\\\\evil.example',
  '/\t/evil.example',
  '/.//evil.example',
  '/a/..//evil.example',
  'javascript:alert(1)',
  'evil.example',
  '/login',
  '/login?next=/login',
])('does not go to %j', (path) => {
  expect(nextPath(path)).toBe('/')
})
