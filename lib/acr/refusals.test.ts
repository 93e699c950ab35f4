import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { ensureFirstAdministrator } from '@/lib/auth/first-administrator'
import { type AcrDoor, addAccessKey, openAcrDoor } from '@/lib/testing/acr-door'
import { type AcrKey, type AcrRequest, signRequest } from '@/lib/testing/acr-signer'
import { type TestContext, administratorPassword, openTestContext } from '@/lib/testing/test-context'
import { action } from './action'

/** What the action `Echo` was called with. */
const done: unknown[] = []

const actions = {
  Echo: action({
    name: 'Echo',
    input: z.object({ Text: z.string().optional(), Other: z.string().optional() }),
    async run({ input }) {
      done.push(input)
      return Promise.resolve({})
    },
  }),
}

let opened: TestContext
let door: AcrDoor
let key: AcrKey

beforeAll(async () => {
  opened = await openTestContext()
  await ensureFirstAdministrator(opened.ctx, { password: administratorPassword, accessKey: null })
  key = await addAccessKey(opened.ctx, 'admin')
  door = await openAcrDoor(opened.ctx, { actions })
})
beforeEach(() => {
  done.length = 0
  door.noted.length = 0
})
afterAll(async () => {
  door.close()
  await opened.close()
})

/** A signed request, changed after it was signed. */
function changed(scheme: 'V1' | 'V3', change: (request: AcrRequest) => Partial<AcrRequest>): AcrRequest {
  const request = signRequest(key, 'Echo', { Text: 'a' }, { scheme })
  return { ...request, ...change(request) }
}

describe('a request that could be read in two ways is refused, and nothing is done', () => {
  const form = { 'content-type': 'application/x-www-form-urlencoded' }
  const rows: [string, string, () => AcrRequest][] = [
    ['no signature', 'MissingAccessKeyId', () => ({ method: 'POST', path: '/', headers: {}, body: '' })],
    [
      'the headers of an action alone',
      'MissingAccessKeyId',
      () => ({ method: 'GET', path: '/', headers: { 'x-acs-action': 'Echo' }, body: '' }),
    ],
    [
      'a key without a signature',
      'IncompleteSignature',
      () => changed('V1', ({ path }) => ({ path: path.replace('&Signature=', '&No=') })),
    ],
    [
      'two signatures',
      'IncompleteSignature',
      () => changed('V1', () => ({ headers: signRequest(key, 'Echo', {}).headers })),
    ],
    [
      'a signature and Basic',
      'IncompleteSignature',
      () => changed('V1', ({ headers }) => ({ headers: { ...headers, authorization: 'Basic eDp5' } })),
    ],
    [
      'another algorithm',
      'IncompleteSignature',
      () =>
        changed('V3', ({ headers }) => ({
          headers: { ...headers, authorization: (headers['authorization'] ?? '').replace('HMAC-SHA256', 'HMAC-SM3') },
        })),
    ],
    [
      'no credential',
      'MissingAccessKeyId',
      () =>
        changed('V3', ({ headers }) => ({
          headers: { ...headers, authorization: (headers['authorization'] ?? '').replace(key.id, '') },
        })),
    ],
    [
      'a parameter twice in the query',
      'InvalidParameter',
      () => changed('V3', ({ path }) => ({ path: `${path}&Text=a` })),
    ],
    [
      'a parameter twice, encoded otherwise',
      'InvalidParameter',
      () => changed('V3', ({ path }) => ({ path: `${path}&T%65xt=a` })),
    ],
    [
      'a parameter in the query and in the body',
      'InvalidParameter',
      () => changed('V1', ({ headers }) => ({ headers: { ...headers, ...form }, body: 'Text=a' })),
    ],
    [
      'a body that was not signed',
      'IncompleteSignature',
      () => changed('V3', ({ headers }) => ({ headers: { ...headers, ...form }, body: 'Other=a' })),
    ],
    [
      'a body that was not signed, V1',
      'SignatureDoesNotMatch',
      () => changed('V1', ({ headers }) => ({ headers: { ...headers, ...form }, body: 'Other=a' })),
    ],
    [
      'a GET with a body',
      'InvalidParameter',
      () => {
        const request = signRequest(key, 'Echo', { Text: 'a' }, { inBody: true })
        return { ...request, method: 'GET', headers: { ...request.headers, 'content-length': '6' } }
      },
    ],
    [
      'a body of JSON',
      'MEDIA_TYPE_UNSUPPORTED',
      () =>
        changed('V1', ({ headers }) => ({ headers: { ...headers, 'content-type': 'application/json' }, body: '{}' })),
    ],
    [
      'a compressed body',
      'MEDIA_TYPE_UNSUPPORTED',
      () =>
        changed('V1', ({ headers }) => ({ headers: { ...headers, ...form, 'content-encoding': 'gzip' }, body: 'a=b' })),
    ],
    [
      'a multipart body',
      'MEDIA_TYPE_UNSUPPORTED',
      () =>
        changed('V1', ({ headers }) => ({
          headers: { ...headers, 'content-type': 'multipart/form-data; boundary=x' },
          body: '--x--',
        })),
    ],
    [
      'a body that is too long',
      'PAYLOAD_TOO_LARGE',
      () => changed('V1', ({ headers }) => ({ headers: { ...headers, ...form }, body: `Other=${'x'.repeat(70_000)}` })),
    ],
    [
      'an action in the query and another in the header',
      'IncompleteSignature',
      () => signRequest(key, 'Echo', { Action: 'GetInstanceCount' }),
    ],
    [
      'a broken percent-encoding',
      'InvalidParameter',
      () => changed('V3', ({ path }) => ({ path: `${path}&Other=%zz` })),
    ],
    ['half a percent-encoding', 'InvalidParameter', () => changed('V3', ({ path }) => ({ path: `${path}&Other=%` }))],
    ['what is not UTF-8', 'InvalidParameter', () => changed('V3', ({ path }) => ({ path: `${path}&Other=%ff` }))],
    ['an overlong encoding', 'InvalidParameter', () => changed('V3', ({ path }) => ({ path: `${path}&Other=%c0%af` }))],
    [
      'half a surrogate pair',
      'InvalidParameter',
      () => changed('V3', ({ path }) => ({ path: `${path}&Other=%ed%a0%80` })),
    ],
    ['a null character', 'InvalidParameter', () => signRequest(key, 'Echo', { Other: 'a\0b' })],
    ['a null character in a name', 'InvalidParameter', () => signRequest(key, 'Echo', { 'Ot\0her': 'a' })],
    ['a parameter without a name', 'InvalidParameter', () => signRequest(key, 'Echo', { '': 'a' })],
    [
      'too many parameters',
      'InvalidParameter',
      () => signRequest(key, 'Echo', Object.fromEntries(Array.from({ length: 101 }, (_, i) => [`P${i}`, '']))),
    ],
    [
      'a security token',
      'InvalidSecurityToken.Malformed',
      () => signRequest(key, 'Echo', { SecurityToken: 'x' }, { scheme: 'V1' }),
    ],
    [
      'a bearer token',
      'IncompleteSignature',
      () => signRequest(key, 'Echo', { SignatureType: 'BEARERTOKEN' }, { scheme: 'V1' }),
    ],
    [
      'a time that is not in UTC',
      'IncompleteSignature',
      () => signRequest(key, 'Echo', { Timestamp: '2026-11-28T12:00:00+08:00' }, { scheme: 'V1' }),
    ],
    [
      'another method of signing',
      'IncompleteSignature',
      () => signRequest(key, 'Echo', { SignatureMethod: 'HMAC-SHA256' }, { scheme: 'V1' }),
    ],
    [
      'another version of signing',
      'IncompleteSignature',
      () => signRequest(key, 'Echo', { SignatureVersion: '2.0' }, { scheme: 'V1' }),
    ],
    ['a nonce that is too long', 'IncompleteSignature', () => signRequest(key, 'Echo', {}, { nonce: 'x'.repeat(129) })],
    [
      'a nonce that is too long, V1',
      'IncompleteSignature',
      () => signRequest(key, 'Echo', {}, { nonce: 'x'.repeat(129), scheme: 'V1' }),
    ],
    ['a nonce with a blank', 'IncompleteSignature', () => signRequest(key, 'Echo', {}, { nonce: 'a b', scheme: 'V1' })],
  ]
  test.each(rows)('%s', async (_, code, request) => {
    const { json, text, status, headers } = await door.send(request())
    expect(json.Code).toBe(code)
    expect(status).toBeGreaterThanOrEqual(400)
    expect(status).toBeLessThan(500)
    expect(headers['content-type']).toBe('application/json;charset=utf-8')
    const noted = door.noted.find(({ requestId }) => requestId.toUpperCase() === json['RequestId'])
    expect(json).toEqual({
      RequestId: noted?.requestId.toUpperCase(),
      HostId: request().headers['host'] ?? (expect.stringMatching(/^localhost:/) as string),
      Code: code,
      Message: expect.any(String) as string,
      Recommend: `See the error code ${noted?.error} in the README of Stele.`,
      IsSuccess: false,
    })
    expect(text).not.toContain(key.secret)
    expect(done).toEqual([])
  })
})
