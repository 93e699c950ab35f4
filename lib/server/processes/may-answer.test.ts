import { expect, test } from 'vitest'
import { mayAnswer } from './may-answer'

const token = '/v2/token?service=localhost&scope=repository:a/b:pull'
const upload = '/v2/a/b/blobs/uploads/1'
const basic = 'Basic YWRtaW46c2VjcmV0'
const bearer = 'Bearer a.b.c'

test.each([
  ['a pull', 'GET', '/v2/a/b/manifests/v1', undefined, true, true],
  ['a pull with a token', 'HEAD', '/v2/a/b/manifests/v1', bearer, true, true],
  ['a pull with a password', 'GET', '/v2/a/b/manifests/v1', basic, true, true],
  ['a push with a password', 'PUT', '/v2/a/b/manifests/v1', basic, false, false],
  ['an anonymous token', 'GET', token, undefined, true, true],
  ['a token for a password', 'GET', token, basic, true, true],
  ['a form with a password', 'POST', '/v2/token', undefined, false, false],
  ['a push', 'PUT', '/v2/a/b/manifests/v1', bearer, false, true],
  ['the start of an upload', 'POST', '/v2/a/b/blobs/uploads/', bearer, false, true],
  ['the bytes of an upload', 'PATCH', upload, bearer, true, true],
  ['the end of an upload', 'PUT', `${upload}?digest=sha256:1`, bearer, true, true],
  ['the end of an upload with a password', 'PUT', `${upload}?digest=sha256:1`, basic, false, false],
  ['the removal of an upload', 'DELETE', upload, bearer, false, true],
])('%s', (_, method, url, authorization, onSqlite, onPostgresql) => {
  const request = { method, url, headers: authorization === undefined ? {} : { authorization } }
  expect([mayAnswer(request, false), mayAnswer(request, true)]).toEqual([onSqlite, onPostgresql])
})
