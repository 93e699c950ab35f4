import { expect, test } from 'vitest'
import { readableJson } from './readable-json'

const statement = { _type: 'https://in-toto.io/Statement/v1', subject: [{ name: 'Größe', digest: {} }] }
const encoded = Buffer.from(JSON.stringify(statement)).toString('base64')
const shown = JSON.stringify(statement, null, 2)

test('JSON is set out on lines', () => {
  expect(readableJson('{"a":[1]}')).toEqual({ payload: null, text: '{\n  "a": [\n    1\n  ]\n}' })
})

test.each([
  ['DSSE', { payloadType: 'application/vnd.in-toto+json', payload: encoded, signatures: [] }],
  [
    'a Sigstore bundle',
    { mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json', dsseEnvelope: { payload: encoded } },
  ],
  ['a JSON Web Signature', { payload: Buffer.from(JSON.stringify(statement)).toString('base64url'), signature: 'x' }],
])('the payload of %s is read', (_, envelope) => {
  expect(readableJson(JSON.stringify(envelope)).payload).toBe(shown)
})

test.each([['{"payload":"no base64 !"}'], ['{"payload":"bm8ganNvbg=="}'], ['{"payload":1}'], ['null'], ['[]']])(
  '%s has no payload to read',
  (text) => {
    expect(readableJson(text).payload).toBeNull()
  },
)

test('what is no JSON stays as it is', () => {
  expect(readableJson('SPDXVersion: 2.3\n')).toEqual({ payload: null, text: 'SPDXVersion: 2.3\n' })
})
