import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { type Made, content, contents, digest, manifest } from './fuzz-content'
import { type KnownRepository, type RegistryModel, digestLike } from './fuzz-model'
import type { Framing, FuzzRequest } from './fuzz-request'

/** Makes a request of what is known when its turn comes. */
export type MakeRequest = (model: RegistryModel) => FuzzRequest

/** What is sent at once: one request, or several without waiting for answers. */
export type Step = readonly MakeRequest[]

const maxHeaderBytes = 16 * 1024

function plain(method: string, target: string, more: Partial<FuzzRequest> = {}): FuzzRequest {
  return {
    method,
    target,
    version: 'HTTP/1.1',
    headers: [],
    body: Buffer.alloc(0),
    framing: { kind: 'exact' },
    isMalformed: false,
    isAltered: false,
    ...more,
  }
}

/** A request to one of the repositories that are watched. */
function toRepository(make: fc.Arbitrary<Made<FuzzRequest>>): fc.Arbitrary<MakeRequest> {
  return fc.tuple(fc.nat(9), make).map(([index, build]): MakeRequest => {
    return ({ repositories }) => build(repositories[index % repositories.length] as KnownRepository)
  })
}

const tagNames = ['latest', 'v1', 'v2', 'v1.0-rc_1', `sha256-${'0'.repeat(64)}`, `sha256-${'0'.repeat(64)}.sig`]
const oddTags = [
  '',
  '.',
  '-x',
  '..',
  'a'.repeat(128),
  'a'.repeat(129),
  'a'.repeat(5000),
  'a%20b',
  '%00',
  'é',
  '__proto__',
  'x:y',
  'v1/',
  'v1%2F',
]

const tag = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom(...tagNames) },
  { weight: 1, arbitrary: fc.constantFrom(...oddTags) },
)

const reference: fc.Arbitrary<Made<string>> = fc.oneof(
  {
    weight: 3,
    arbitrary: tag.map(
      (name): Made<string> =>
        () =>
          name,
    ),
  },
  { weight: 2, arbitrary: digest },
)

/** An upload of the repository, one of another, or none. */
const upload: fc.Arbitrary<Made<string>> = fc.oneof(
  {
    weight: 15,
    arbitrary: fc.nat(99).map((index): Made<string> => {
      return ({ uploads }) => [...uploads.keys()][index % Math.max(uploads.size, 1)] ?? randomUUID()
    }),
  },
  {
    weight: 1,
    arbitrary: fc.uuid().map(
      (id): Made<string> =>
        () =>
          id,
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom('x', '..', '%2e%2e', '0'.repeat(36), 'A'.repeat(5000), '../../other', '%00').map(
      (id): Made<string> =>
        () =>
          id,
    ),
  },
)

const number = fc.constantFrom(
  '0',
  '1',
  '2',
  '10',
  '1000',
  '1001',
  '-1',
  '1.5',
  '1e3',
  '0x10',
  '',
  'NaN',
  '99999999999999999999',
  ' 1',
  '٣',
)

/** A part of a query; a client's, or anything. */
const parameter: fc.Arbitrary<string> = fc.oneof(
  number.map((value) => `n=${value}`),
  fc.oneof(tag, number).map((value) => `last=${value}`),
  tag.map((value) => `tag=${value}`),
  fc.nat(15).map((count) => Array.from({ length: count }, (_, index) => `tag=many-${index}`).join('&')),
  fc
    .constantFrom('application/x', 'a%00b', '', '%F0%9F%90%B3', '%ff', 'x'.repeat(3000))
    .map((value) => `artifactType=${value}`),
  fc.constantFrom('sha256', 'sha512', 'md5', '', 'SHA256', '__proto__').map((value) => `digest-algorithm=${value}`),
  fc.constantFrom(...contents.slice(0, 12)).map((bytes) => `digest=${digestLike('sha256:', bytes)}`),
  fc.constantFrom(...contents.slice(0, 12)).map((bytes) => `mount=${digestLike('sha256:', bytes)}`),
  fc.constantFrom('from=test/example', 'from=', 'from=none/none', 'from=../..', 'from=a&from=b', 'ns=docker.io', 'ns='),
  fc.constantFrom(
    '=',
    '&&',
    '%zz',
    '%',
    'a=b=c',
    '__proto__=x',
    '+',
    '?',
    'digest',
    'x[]=1',
    'last=%00',
    'last=%ff%fe',
  ),
)

const rangeHeader = fc.constantFrom(
  ...[
    '0-0',
    '0-',
    '-1',
    '-0',
    '1-2',
    '5-1',
    '0-99999999999999999999',
    '99999-',
    '-',
    '0-1,2-3',
    '0-1,5-6,-1',
    'x-y',
    '0-0x1',
    '-99999999',
  ],
)

// Requests that clients make.

const readManifest = toRepository(
  fc.tuple(fc.constantFrom('GET', 'HEAD'), reference).map(([method, of]): Made<FuzzRequest> => {
    return (known) => plain(method, `/v2/${known.path}/manifests/${of(known)}`)
  }),
)

const readBlob = toRepository(
  fc.tuple(fc.constantFrom('GET', 'HEAD'), digest, fc.option(rangeHeader, { freq: 2 })).map(
    ([method, of, range]): Made<FuzzRequest> =>
      (known) =>
        plain(method, `/v2/${known.path}/blobs/${of(known)}`, {
          headers: range === null ? [] : [['Range', `bytes=${range}`]],
        }),
  ),
)

const listTags = toRepository(
  fc.array(parameter, { maxLength: 2 }).map((query): Made<FuzzRequest> => {
    return ({ path }) => plain('GET', withQuery(`/v2/${path}/tags/list`, query))
  }),
)

const listReferrers = toRepository(
  fc.tuple(digest, fc.array(parameter, { maxLength: 1 })).map(([of, query]): Made<FuzzRequest> => {
    return (known) => plain('GET', withQuery(`/v2/${known.path}/referrers/${of(known)}`, query))
  }),
)

const general = fc
  .constantFrom('/v2/', '/v2', '/v2/_catalog', '/v2/_catalog?n=3', '/v2/?x=y', '/v2/x', '/v2/test/none/tags/list')
  .map(
    (target): MakeRequest =>
      () =>
        plain('GET', target),
  )

const startUpload = toRepository(
  fc.array(parameter, { maxLength: 1, size: 'xsmall' }).map((query): Made<FuzzRequest> => {
    return ({ path }) => plain('POST', withQuery(`/v2/${path}/blobs/uploads/`, query))
  }),
)

const pushBlob = toRepository(
  fc
    .tuple(content, fc.constantFrom('sha256:', 'sha256:', 'sha512:'), fc.option(digest, { freq: 5 }))
    .map(([body, algorithm, otherDigest]): Made<FuzzRequest> => {
      return (known) => {
        const named = otherDigest?.(known) ?? digestLike(algorithm, body)
        return plain('POST', `/v2/${known.path}/blobs/uploads/?digest=${named}`, { body })
      }
    }),
)

const mountBlob: fc.Arbitrary<MakeRequest> = fc
  .tuple(fc.nat(9), fc.nat(9), digest, fc.boolean())
  .map(([to, from, of, isAnonymous]): MakeRequest => {
    return ({ repositories }) => {
      const target = repositories[to % repositories.length] as KnownRepository
      const source = repositories[from % repositories.length] as KnownRepository
      const named = isAnonymous ? '' : `&from=${source.path}`
      return plain('POST', `/v2/${target.path}/blobs/uploads/?mount=${of(source)}${named}`)
    }
  })

/** The `Content-Range` of a chunk of `length` bytes that should start at `size`. */
const contentRange: fc.Arbitrary<(size: number, length: number) => string | null> = fc.constantFrom(
  () => null,
  () => null,
  (size: number, length: number) => `${size}-${size + length - 1}`,
  (size: number, length: number) => `${size}-${size + length - 1}`,
  (size: number, length: number) => `${size + 1}-${size + length}`,
  (_: number, length: number) => `0-${length - 1}`,
  (size: number, length: number) => `${size}-${size + length}`,
  (size: number, length: number) => `${size + length}-${size}`,
  (size: number, length: number) => `bytes ${size}-${size + length - 1}/*`,
  () => '0-18446744073709551615',
  () => '-1-5',
  () => '',
)

const appendChunk = toRepository(
  fc.tuple(upload, content, contentRange).map(([id, body, range]): Made<FuzzRequest> => {
    return (known) => {
      const name = id(known)
      const value = range(known.uploads.get(name)?.length ?? 0, body.length)
      return plain('PATCH', `/v2/${known.path}/blobs/uploads/${name}`, {
        body,
        headers: value === null ? [] : [['Content-Range', value]],
      })
    }
  }),
)

const finishUpload = toRepository(
  fc
    .tuple(upload, content, fc.boolean(), contentRange, fc.option(digest, { freq: 4 }))
    .map(([id, last, hasLast, range, otherDigest]): Made<FuzzRequest> => {
      return (known) => {
        const name = id(known)
        const before = known.uploads.get(name) ?? Buffer.alloc(0)
        const body = hasLast ? last : Buffer.alloc(0)
        const named = otherDigest?.(known) ?? digestLike('sha256:', Buffer.concat([before, body]))
        const value = hasLast ? range(before.length, body.length) : null
        return plain('PUT', `/v2/${known.path}/blobs/uploads/${name}?digest=${named}`, {
          body,
          headers: value === null ? [] : [['Content-Range', value]],
        })
      }
    }),
)

const readUpload = toRepository(
  upload.map(
    (id): Made<FuzzRequest> =>
      (known) =>
        plain('GET', `/v2/${known.path}/blobs/uploads/${id(known)}`),
  ),
)

const cancelUpload = toRepository(
  upload.map(
    (id): Made<FuzzRequest> =>
      (known) =>
        plain('DELETE', `/v2/${known.path}/blobs/uploads/${id(known)}`),
  ),
)

const pushManifest = toRepository(
  fc
    .tuple(manifest, fc.option(tag, { freq: 4 }), fc.array(tag, { maxLength: 2 }))
    .map(([make, name, more]): Made<FuzzRequest> => (known) => {
      const made = make(known)
      const target = name ?? digestLike('sha256:', made.content)
      const query = name === null ? more.map((tag) => `tag=${tag}`) : []
      return plain('PUT', withQuery(`/v2/${known.path}/manifests/${target}`, query), {
        headers: [['Content-Type', made.mediaType]],
        body: made.content,
      })
    }),
)

const deleteSomething = toRepository(
  fc
    .oneof(
      { weight: 4, arbitrary: fc.tuple(fc.constant('manifests'), reference) },
      { weight: 1, arbitrary: fc.tuple(fc.constant('blobs'), digest) },
    )
    .map(
      ([kind, of]): Made<FuzzRequest> =>
        (known) =>
          plain('DELETE', `/v2/${known.path}/${kind}/${of(known)}`),
    ),
)

const read = fc.oneof(
  { weight: 8, arbitrary: readManifest },
  { weight: 6, arbitrary: readBlob },
  { weight: 3, arbitrary: listTags },
  { weight: 2, arbitrary: listReferrers },
  { weight: 4, arbitrary: readUpload },
  { weight: 1, arbitrary: general },
)

const write = fc.oneof(
  { weight: 5, arbitrary: startUpload },
  { weight: 6, arbitrary: pushBlob },
  { weight: 2, arbitrary: mountBlob },
  { weight: 8, arbitrary: appendChunk },
  { weight: 6, arbitrary: finishUpload },
  { weight: 1, arbitrary: cancelUpload },
  { weight: 10, arbitrary: pushManifest },
  { weight: 3, arbitrary: deleteSomething },
)

// What becomes of them on the way.

type Change = (request: FuzzRequest) => FuzzRequest

function altered(request: FuzzRequest, changes: Partial<FuzzRequest>): FuzzRequest {
  return { ...request, isAltered: true, ...changes }
}

const knownMethods = [
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
  'OPTIONS',
  'TRACE',
  'PROPFIND',
  'PURGE',
  'LOCK',
  'M-SEARCH',
]
const noMethods = ['CONNECT', 'get', 'BREW', 'G\u00cbT', '', 'PRI', 'GET GET']

const otherMethod: fc.Arbitrary<Change> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.constantFrom(...knownMethods).map(
      (method): Change =>
        (request) =>
          altered(request, { method }),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(...noMethods).map(
      (method): Change =>
        (request) =>
          altered(request, { method, isMalformed: true }),
    ),
  },
)

const oddNames = [
  ...['', 'x', 'test', 'Test/Upper', 'test/..', '../..', 'test/a/../b', 'test//x', 'test/x/', '_x/y', 'a___b/c'],
  ...['test/blobs', 'test/manifests/x', 'test/uploads', 'test/blobs/uploads', 'test/tags/list', 'none/none'],
  ...['x'.repeat(300), `${'a/'.repeat(120)}a`, `${'a/'.repeat(5000)}a`, 'test/%2e%2e', 'test/ex%61mple', 'test/x%00'],
  ...['test\\example', '%C3%BC/x', '__proto__/constructor', 'v2/v2', 'test/example:tag', 'test@x/y', '*', '%', '%zz'],
]

const otherTarget: fc.Arbitrary<Change> = fc
  .oneof(
    fc
      .constantFrom(...oddNames)
      .map((name) => (target: string) => target.replace(/^\/v2\/[^/]+\/[^/]+/, `/v2/${name}`)),
    fc
      .constantFrom(
        '/',
        '//',
        '/x',
        '%2F',
        '%00',
        '/.',
        '/..',
        '#fragment',
        ';x',
        '\\',
        "'",
        '"',
        '*',
        '/../../../etc/passwd',
      )
      .map((end) => (target: string) => target + end),
    fc
      .constantFrom('/%2e', '/./', '//', '/.//', '/%2F')
      .map((middle) => (target: string) => target.replace(/\/(?=[^/]*$)/, middle)),
    fc.nat(200).map((at) => (target: string) => target.slice(0, Math.max(3, at % target.length))),
    fc.constant((target: string) => `/v2/${encodeURIComponent(target.slice(4))}`),
    fc.constant((target: string) => target.toUpperCase().replace('/V2', '/v2')),
  )
  .map(
    (change): Change =>
      (request) =>
        altered(request, { target: change(request.target) }),
  )

const malformedTarget: fc.Arbitrary<Change> = fc
  .constantFrom(' ', '\t', '\u00ff', '\u0080\u0081', '\0', '\r', ' HTTP/1.1\r\nX: y', '\x7f')
  .map(
    (end): Change =>
      (request) =>
        altered(request, { target: request.target + end, isMalformed: true }),
  )

const otherVersion: fc.Arbitrary<Change> = fc
  .constantFrom('HTTP/1.0', 'HTTP/0.9', 'HTTP/2.0', 'HTTP/1.2', 'HTTP/1', 'http/1.1', '', 'ICE/1.0')
  .map(
    (version): Change =>
      (request) =>
        altered(request, { version, isMalformed: true }),
  )

const moreQuery: fc.Arbitrary<Change> = fc.array(parameter, { minLength: 1, maxLength: 3 }).map(
  (query): Change =>
    (request) =>
      altered(request, { target: withQuery(request.target, query) }),
)

const headers: fc.Arbitrary<readonly [string, string]> = fc.oneof(
  rangeHeader.map((value) => ['Range', `bytes=${value}`] as const),
  fc
    .constantFrom('0-0', '0-9', '5-1', '', 'bytes 0-1/2', '0-99999999999')
    .map((value) => ['Content-Range', value] as const),
  fc
    .constantFrom(
      '',
      'application/json',
      'text/html; charset=utf-8',
      'x'.repeat(3000),
      ';',
      'application/vnd.oci.image.manifest.v1+json; a=b',
      '*/*',
      '\u00ff',
    )
    .map((value) => ['Content-Type', value] as const),
  fc.tuple(
    fc.constantFrom('If-Match', 'If-None-Match', 'If-Range', 'If-Modified-Since', 'If-Unmodified-Since'),
    fc.constantFrom(
      '*',
      '"x"',
      'x',
      '""',
      `"sha256:${'0'.repeat(64)}"`,
      'W/"x"',
      '"a", "b"',
      '"',
      '"x'.repeat(500),
      'Sat, 21 Nov 2026 00:00:00 GMT',
    ),
  ),
  fc
    .constantFrom(
      '',
      'Basic',
      'Basic !!!',
      'Basic YTpi'.slice(0, 8),
      'Basic Og==',
      'Bearer x',
      'Negotiate',
      'Basic YWRtaW4=',
      `Basic ${'A'.repeat(4000)}`,
    )
    .map((value) => ['Authorization', value] as const),
  fc
    .constantFrom(
      'localhost',
      'example.com',
      '[::1]',
      '[',
      'a:b:c',
      '127.0.0.1:99999',
      'x'.repeat(300),
      'none-registry.cn-hangzhou.localhost',
      '__proto__',
      '-registry.-.localhost',
    )
    .map((value) => ['Host', value] as const),
  fc.tuple(
    fc.constantFrom(
      'Accept',
      'Accept-Encoding',
      'Content-Encoding',
      'User-Agent',
      'Cookie',
      'Origin',
      'Referer',
      'X-Forwarded-For',
      'X-Forwarded-Proto',
      'X-Forwarded-Host',
      'Forwarded',
      'X-Request-Id',
      'X-HTTP-Method-Override',
      'TE',
      'Trailer',
      'Date',
      'Docker-Content-Digest',
      'OCI-Tag',
    ),
    fc.constantFrom(
      '',
      'gzip',
      '*',
      'x',
      'é',
      '\u00ff\u00fe',
      'a,b;q=x',
      'x'.repeat(2000),
      '\'"<script>',
      '${jndi:ldap://x}',
      '__proto__',
      '\t',
    ),
  ),
  fc.tuple(fc.constantFrom('Connection'), fc.constantFrom('close', 'keep-alive', 'Keep-Alive, X', 'content-length')),
  fc.tuple(fc.constantFrom('Expect'), fc.constantFrom('100-continue', '100-Continue')),
  fc.tuple(fc.constantFrom('Upgrade'), fc.constantFrom('websocket', 'h2c', 'TLS/1.0')),
)

const moreHeaders: fc.Arbitrary<Change> = fc.array(headers, { minLength: 1, maxLength: 3 }).map(
  (added): Change =>
    (request) =>
      altered(request, { headers: [...request.headers, ...added] }),
)

/** Both together ask to speak something else from here on. */
const upgrade: fc.Arbitrary<Change> = fc.constantFrom('websocket', 'h2c').map(
  (to): Change =>
    (request) =>
      altered(request, { headers: [...request.headers, ['Connection', 'Upgrade'], ['Upgrade', to]] }),
)

const manyHeaders: fc.Arbitrary<Change> = fc.nat(1500).map(
  (count): Change =>
    (request) =>
      altered(request, {
        headers: [...request.headers, ...Array.from({ length: count }, (_, index) => [`X-${index}`, 'x'] as const)],
      }),
)

const malformedHeaders: fc.Arbitrary<Change> = fc
  .constantFrom<readonly [string, string]>(
    ['X\u0000', 'x'],
    ['X', 'a\u0000b'],
    ['X', 'a\nb'],
    ['X Y', 'z'],
    ['', 'x'],
    ['X', 'x\r\n folded'],
    ['X', 'x'.repeat(20_000)],
    ['Expect', 'something else'],
    ['Transfer-Encoding', 'gzip'],
    ['Transfer-Encoding', 'chunked, identity'],
    ['Content-Length', '-1'],
    ['Content-Length', '1x'],
    ['Content-Length', '99999999999999999999999'],
    ['Host', 'two\r\nHost: hosts'],
  )
  .map(
    (added): Change =>
      (request) =>
        altered(request, { headers: [...request.headers, added], isMalformed: true }),
  )

const otherFraming: fc.Arbitrary<Change> = fc
  .oneof(
    {
      weight: 6,
      arbitrary: fc.constantFrom(1, 7, 1000, 100_000).map((pieceBytes): Framing => ({ kind: 'chunked', pieceBytes })),
    },
    { weight: 1, arbitrary: fc.constant<Framing>({ kind: 'none' }) },
    {
      weight: 3,
      arbitrary: fc
        .tuple(
          fc.constantFrom('short' as const, 'abort' as const),
          fc.constantFrom(1, 100, 1_000_000, 50_000_000, 2 ** 52),
        )
        .map(([kind, missingBytes]): Framing => ({ kind, missingBytes })),
    },
    { weight: 1, arbitrary: fc.nat(100).map((promisedBytes): Framing => ({ kind: 'long', promisedBytes })) },
    {
      weight: 1,
      arbitrary: fc
        .constantFrom('bad chunk' as const, 'two lengths' as const, 'chunked with length' as const)
        .map((kind): Framing => ({ kind })),
    },
  )
  .map((framing): Change => (request) => {
    // Chunks of one byte are a point to make with few bytes.
    const isCostly = framing.kind === 'chunked' && request.body.length / framing.pieceBytes > 1000
    const isHonest = framing.kind === 'chunked' || framing.kind === 'none'
    return isCostly ? request : altered(request, { framing, isMalformed: request.isMalformed || !isHonest })
  })

const change = fc.oneof(
  { weight: 4, arbitrary: otherMethod },
  { weight: 4, arbitrary: otherTarget },
  { weight: 1, arbitrary: malformedTarget },
  { weight: 1, arbitrary: otherVersion },
  { weight: 4, arbitrary: moreQuery },
  { weight: 8, arbitrary: moreHeaders },
  { weight: 1, arbitrary: upgrade },
  { weight: 1, arbitrary: manyHeaders },
  { weight: 1, arbitrary: malformedHeaders },
  { weight: 6, arbitrary: otherFraming },
)

const changed = fc
  .tuple(
    fc.oneof({ weight: 1, arbitrary: read }, { weight: 2, arbitrary: write }),
    fc.array(change, { minLength: 1, maxLength: 2 }),
  )
  .map(
    ([make, changes]): MakeRequest =>
      (model) =>
        changes.reduce((request, apply) => apply(request), make(model)),
  )

/** What several changes come to: whether the whole is still HTTP, and in the size that a server must take. */
function settle(request: FuzzRequest): FuzzRequest {
  const lines = request.headers.map(([name, value]) => name.length + value.length + 4)
  const headBytes = request.target.length + lines.reduce((sum, length) => sum + length, 500)
  const names = request.headers.map(([name]) => name.toLowerCase())
  const isMalformed =
    request.isMalformed ||
    /[^\x21-\x7e]/.test(request.target) ||
    headBytes > maxHeaderBytes ||
    request.headers.length > 900 ||
    names.filter((name) => name === 'host').length > 1
  // Without a body to wait for it would be done all the same, at some moment after the client has gone.
  const waitsForBody = ['POST', 'PUT', 'PATCH'].includes(request.method)
  const isLeft = request.framing.kind === 'short' || request.framing.kind === 'abort'
  return { ...request, isMalformed, ...(isLeft && !waitsForBody && { framing: { kind: 'exact' } }) }
}

const anyStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 20, arbitrary: write.map((request): Step => [request]) },
  { weight: 14, arbitrary: read.map((request): Step => [request]) },
  { weight: 20, arbitrary: changed.map((request): Step => [request]) },
  { weight: 1, arbitrary: fc.array(read, { minLength: 2, maxLength: 5 }) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.array(read, { minLength: 1, maxLength: 3 }), fc.oneof(write, changed))
      .map(([reads, last]): Step => [...reads, (model) => withoutExpect(last(model))]),
  },
)

function withQuery(target: string, query: readonly string[]): string {
  if (query.length === 0) return target
  return `${target}${target.includes('?') ? '&' : '?'}${query.join('&')}`
}

/** Node writes its `100 Continue` into the middle of an answer when that has to wait for another. */
function withoutExpect(request: FuzzRequest): FuzzRequest {
  return { ...request, headers: request.headers.filter(([name]) => name !== 'Expect') }
}

/** What is sent at once: mostly one request of a client, often with something odd about it, sometimes several. */
export const step: fc.Arbitrary<Step> = anyStep.map((requests) =>
  requests.map(
    (make): MakeRequest =>
      (model) =>
        settle(make(model)),
  ),
)
