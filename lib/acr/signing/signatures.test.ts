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

function isSigned(request: Omit<Capture, 'name' | 'action'>): boolean {
  return judge(request) === 'signed'
}

/** `text` with each of its characters replaced by some others, one at a time. */
function* changesOf(text: string): Generator<string> {
  for (let i = 0; i < text.length; i++) {
    for (const other of [nextOf(text.charAt(i)), swapCase(text.charAt(i)), ...'x & = % + / ; , 0'.split(' ')]) {
      if (other !== text.charAt(i)) yield `${text.slice(0, i)}${other}${text.slice(i + 1)}`
    }
  }
}

function nextOf(character: string): string {
  return String.fromCharCode(character.charCodeAt(0) + 1)
}

function swapCase(character: string): string {
  return character === character.toLowerCase() ? character.toUpperCase() : character.toLowerCase()
}

/** The form with its percent-encodings in upper case: `%2a` is the same character as `%2A`. */
function inOneCase(form: string): string {
  return form.replace(/%[0-9a-f]{2}/gi, (one) => one.toUpperCase())
}

/** The names of the headers that a capture signs. */
function signedHeadersOf({ rawHeaders }: Capture): Set<string> {
  const at = rawHeaders.findIndex((name) => name.toLowerCase() === 'authorization')
  return new Set(/SignedHeaders=([^,]*)/.exec(rawHeaders[at + 1] ?? '')?.[1]?.split(';') ?? [])
}

describe.each(captures)('$name', (capture) => {
  const { method, url, body } = capture
  const isV3 = signedHeadersOf(capture).size > 0

  test('is signed with its secret, and with no other', () => {
    expect(judge(capture)).toBe('signed')
    expect(judge(capture, `${captureKey.secret}x`)).toBe('not signed')
  })

  test('is not signed with another method', () => {
    const others = [...changesOf(method), method === 'GET' ? 'POST' : 'GET', 'PUT', '']
    expect(others.filter((other) => isSigned({ ...capture, method: other }))).toEqual([])
  })

  test('is not signed with another character in path, query or body, except for the case of a percent-encoding', () => {
    const isOther = (one: string, other: string) => inOneCase(one) !== inOneCase(other)
    expect([...changesOf(url)].filter((other) => isOther(other, url) && isSigned({ ...capture, url: other }))).toEqual(
      [],
    )
    expect(
      [...changesOf(body)].filter((other) => isOther(other, body) && isSigned({ ...capture, body: other })),
    ).toEqual([])
    expect(isSigned({ ...capture, url: `/x${url.slice(1)}` })).toBe(false)
  })

  test('is not signed with more, fewer or repeated parameters', () => {
    const [path = '', search = ''] = url.split('?')
    const forms = search === '' ? [body] : [search, ...(body === '' ? [] : [body])]
    const judgeForms = (query: string, form: string) =>
      judge({ ...capture, url: query === '' ? path : `${path}?${query}`, body: form })
    for (const extra of ['Extra=1', 'Extra', 'RepoName=web', '__proto__=x', 'Signature=x', 'Action=GetRepository']) {
      expect(judgeForms([search, extra].filter(Boolean).join('&'), body)).not.toBe('signed')
      expect(judgeForms(search, [body, extra].filter(Boolean).join('&'))).not.toBe('signed')
    }
    for (const form of forms) {
      const pairs = form.split('&')
      for (let i = 0; i < pairs.length; i++) {
        const fewer = pairs.toSpliced(i, 1).join('&')
        const twice = [...pairs, pairs[i]].join('&')
        for (const other of [fewer, twice]) {
          const answer = form === body ? judgeForms(search, other) : judgeForms(other, body)
          expect([other, answer]).not.toContain('signed')
        }
        // The same parameter once in the query and once in the body.
        expect(
          judgeForms([search, pairs[i]].filter(Boolean).join('&'), [body, pairs[i]].filter(Boolean).join('&')),
        ).toBe('BAD_REQUEST')
      }
    }
  })

  test('is signed when its parameters come in another order, or encoded otherwise', () => {
    const [path = '', search = ''] = url.split('?')
    const reversed = (form: string) => form.split('&').reverse().join('&')
    const all = (form: string) =>
      form
        .split('&')
        .map((pair) => pair.split('=').map(encodeAll).join('='))
        .join('&')
    for (const write of [reversed, all]) {
      const query = write(search)
      expect(
        judge({
          ...capture,
          url: query === '' ? path : `${path}?${query}`,
          body: isV3 || body === '' ? body : write(body),
        }),
      ).toBe('signed')
    }
  })
})

describe.each(captures.filter((capture) => signedHeadersOf(capture).size > 0))('$name', (capture) => {
  const { rawHeaders } = capture
  const signed = signedHeadersOf(capture)
  const judgeHeaders = (headers: readonly string[]) => judge({ ...capture, rawHeaders: headers })

  test('is not signed with another character in a signed header, without it, or with another one', () => {
    const survivors: string[] = []
    for (let i = 0; i < rawHeaders.length; i += 2) {
      const [name = '', value = ''] = rawHeaders.slice(i, i + 2)
      if (!signed.has(name.toLowerCase()) && name !== 'Authorization') continue
      for (const other of changesOf(value)) {
        if (judgeHeaders(rawHeaders.toSpliced(i + 1, 1, other)) === 'signed') survivors.push(`${name}: ${other}`)
      }
      for (const other of changesOf(name)) {
        if (other.toLowerCase() === name.toLowerCase()) continue
        if (judgeHeaders(rawHeaders.toSpliced(i, 1, other)) === 'signed') survivors.push(other)
      }
      for (const again of [value, 'x', '']) {
        expect(judgeHeaders([...rawHeaders, name.toUpperCase(), again])).toBe('SIGNATURE_INCOMPLETE')
        expect(judgeHeaders([name, again, ...rawHeaders])).toBe('SIGNATURE_INCOMPLETE')
      }
      expect(judgeHeaders(rawHeaders.toSpliced(i, 2))).not.toBe('signed')
    }
    expect(survivors).toEqual([])
  })

  test('is not signed with one more header of ACR', () => {
    for (const more of ['x-acs-more', 'X-Acs-Security-Token', 'x-acs-accesskey-id']) {
      expect(judgeHeaders([...rawHeaders, more, ''])).toBe('SIGNATURE_INCOMPLETE')
    }
  })
})

/** Each character percent-encoded, also those that need not be. */
function encodeAll(text: string): string {
  const bytes = Buffer.from(decodeURIComponent(text.replaceAll('+', ' ')))
  return [...bytes].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('')
}

test('there are captures of all eight clients', () => {
  expect(captures).toHaveLength(26)
  expect(new Set(captures.map(({ name }) => name.split(':')[0])).size).toBe(8)
})

describe('a signature that signs too little', () => {
  const capture = captures.find(({ name }) => name.startsWith('python') && name.endsWith('GetRepository')) as Capture
  const at = capture.rawHeaders.indexOf('Authorization') + 1
  const authorization = capture.rawHeaders[at] ?? ''
  const withList = (list: string) =>
    judge({
      ...capture,
      rawHeaders: capture.rawHeaders.toSpliced(
        at,
        1,
        authorization.replace(/SignedHeaders=[^,]*/, `SignedHeaders=${list}`),
      ),
    })
  const names = [...signedHeadersOf(capture)]

  test.each(['host', 'x-acs-action', 'x-acs-content-sha256', 'x-acs-date', 'x-acs-signature-nonce', 'x-acs-version'])(
    'without %s is refused before any secret is tried',
    (name) => expect(withList(names.filter((one) => one !== name).join(';'))).toBe('SIGNATURE_INCOMPLETE'),
  )

  test('with names out of order, twice, in upper case or empty is refused', () => {
    for (const list of [
      names.toReversed(),
      [...names, names.at(-1)],
      ['', ...names],
      [...names, ''],
      ['Accept', ...names],
    ]) {
      expect(withList(list.join(';'))).toBe('SIGNATURE_INCOMPLETE')
    }
  })
})

test('a body is what its hash says, and the hash is in lower-case digits', () => {
  const capture = captures[0] as Capture
  expect(judge({ ...capture, body: 'a=1' })).toBe('SIGNATURE_INCOMPLETE')
  const at = capture.rawHeaders.indexOf('x-acs-content-sha256') + 1
  for (const hash of ['UNSIGNED-PAYLOAD', (capture.rawHeaders[at] ?? '').toUpperCase(), '']) {
    expect(judge({ ...capture, rawHeaders: capture.rawHeaders.toSpliced(at, 1, hash) })).toBe('SIGNATURE_INCOMPLETE')
  }
})
