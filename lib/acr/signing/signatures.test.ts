import { describe, expect, test } from 'vitest'
import { AppError } from '@/lib/domain/errors'
import { type Capture, captureKey, captures } from '@/lib/testing/acr-captures'
import { readParameters } from '@/lib/acr/read-parameters'
import { readSignature } from './read-signature'
import { SentHeaders } from './request-parts'

/** What becomes of a request: whether its signature fits, or the code of its refusal. */
function judge(
  { method, url, rawHeaders, body }: Omit<Capture, 'name' | 'action'>,
  secret = captureKey.secret,
): string {
  try {
    const [path = ''] = url.split('?', 1)
    const signature = readSignature({
      method,
      path,
      parameters: readParameters(url.slice(path.length + 1), body),
      headers: new SentHeaders(rawHeaders, undefined),
      body: Buffer.from(body),
    })
    return signature.isMadeWith(secret) && signature.accessKeyId === captureKey.id ? 'signed' : 'not signed'
  } catch (error) {
    if (!AppError.is(error)) throw error
    return error.code
  }
}

describe.each(captures)('$name', (capture) => {
  test('is signed with its secret, and with no other', () => {
    expect(judge(capture)).toBe('signed')
    expect(judge(capture, `${captureKey.secret}x`)).toBe('not signed')
  })
})

test('there are captures of all eight clients', () => {
  expect(captures).toHaveLength(26)
  expect(new Set(captures.map(({ name }) => name.split(':')[0])).size).toBe(8)
})
