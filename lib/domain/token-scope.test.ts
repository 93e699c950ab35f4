import { expect, test } from 'vitest'
import { formatTokenScopes, parseTokenScopes } from './token-scope'

test.each([
  ['', ''],
  ['repository:test/example:pull', 'repository:test/example:pull'],
  ['repository:test/example:push,pull', 'repository:test/example:push,pull'],
  ['repository:test/example:*', 'repository:test/example:pull,push'],
  ['repository:test/example:delete', 'repository:test/example:push'],
  ['repository:test/example:pull,fly', 'repository:test/example:pull'],
  ['repository(plugin):test/plugin:pull', 'repository:test/plugin:pull'],
  ['repository:a/b:pull  repository:c/d:push', 'repository:a/b:pull repository:c/d:push'],
  ['repository:a/b:pull repository:a/b:push', 'repository:a/b:pull,push'],
  ['registry:catalog:* repository:a/b:pull', 'repository:a/b:pull registry:catalog:*'],
  ['registry:catalog:pull', ''],
  ['registry:metrics:*', ''],
  ['repository:a/b:', ''],
  ['repository:a/b', ''],
  ['repository::pull', ''],
  ['repository:A/b:pull', ''],
  ['repository:a/../b:pull', ''],
  ['repository:localhost:5000/a:pull', ''],
  ['repository:a/b:constructor,__proto__,toString', ''],
  ['Repository:a/b:pull', ''],
  ['xrepository:a/b:pull', ''],
  ['aws:iam::123:user', ''],
])('%j asks for %j', (text, scopes) => {
  expect(formatTokenScopes(parseTokenScopes(text))).toBe(scopes)
})

test('scopes of more repositories than a client has a use for are refused', () => {
  const scopes = (count: number) => Array.from({ length: count }, (_, index) => `repository:a/b${index}:pull`).join(' ')
  expect(parseTokenScopes(scopes(50)).repositories.size).toBe(50)
  expect(() => parseTokenScopes(scopes(51))).toThrow(expect.objectContaining({ code: 'BAD_REQUEST' }))
})
