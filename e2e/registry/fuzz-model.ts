import { createHash } from 'node:crypto'
import { type FuzzRequest, bodySeen } from './fuzz-request'
import type { WireAnswer } from './wire-connection'

/** A manifest as it was pushed. */
export interface KnownManifest {
  readonly content: Buffer
  readonly mediaType: string
}

/** What is known for certain to be in a repository. There may be more: nothing is known to be absent. */
export class KnownRepository {
  readonly tags = new Map<string, string>()
  readonly manifests = new Map<string, KnownManifest>()
  readonly blobs = new Set<string>()
  /** Bytes by id; null where it is not known how many have come. */
  readonly uploads = new Map<string, Buffer | null>()

  constructor(
    readonly path: string,
    readonly isImmutable: boolean,
  ) {}
}

/** How certain it is what an answer must say. */
interface Certainty {
  /**
   * No other request ran meanwhile that might have changed something. Of requests sent at once, a read may see what the
   * write behind it has done: Node hands a request on before those in front of it are answered.
   */
  readonly isAlone: boolean
  /** And the request is one that a client would send, so that its success is certain, too. */
  readonly isSure: boolean
}

/** Codes that the distribution specification knows. */
const errorCodes = new Set(
  (
    'BLOB_UNKNOWN BLOB_UPLOAD_INVALID BLOB_UPLOAD_UNKNOWN DIGEST_INVALID MANIFEST_BLOB_UNKNOWN MANIFEST_INVALID ' +
    'MANIFEST_UNKNOWN NAME_INVALID NAME_UNKNOWN SIZE_INVALID UNAUTHORIZED DENIED UNSUPPORTED TOOMANYREQUESTS'
  ).split(' '),
)

/** Signs of our own code, files or database in a text for clients. */
const internals =
  /\.[cm]?[jt]s:[0-9]+|node_modules|node:internal|Prisma|sqlite|postgres|E(?:NOENT|NOSPC|IO|ACCES)\b|\/tmp\/|stele\.db/i

/** Tags that an immutable repository may move: `latest`, and those that only ever gain. */
const movableTag = /^latest$|^sha256-[a-f0-9]{64}(?:\.(?:sig|att|sbom))?$/

/**
 * What a client can know of a registry by what it was answered: every answer is checked against it, and then learned
 * from. Its checks throw an Error that says what was promised.
 */
export class RegistryModel {
  readonly repositories: readonly KnownRepository[]
  /** Bytes by digest: whoever has a digest can only have these. */
  readonly contents = new Map<string, Buffer>()
  /** Requests that were answered with success, by what they did: a fuzzer that gets only refusals tests little. */
  readonly successes = new Map<string, number>()

  constructor(repositories: readonly KnownRepository[]) {
    this.repositories = repositories
  }

  /** Checks an answer and learns from it. `isAlone`: no other request ran meanwhile that might have changed something. */
  observe(request: FuzzRequest, answer: WireAnswer, isAlone: boolean): void {
    checkForm(request, answer)
    if (request.isMalformed && answer.status >= 400) {
      // Refused as not HTTP, perhaps after the server had acted on its head.
      this.forget(request)
      return
    }
    const { path, query } = split(request.target)
    const place = placeOf(path)
    const isSuccess = answer.status >= 200 && answer.status < 300
    const isWrite = request.method !== 'GET' && request.method !== 'HEAD'
    if (isSuccess && isWrite && place === null && request.method !== 'OPTIONS') {
      throw new Error('a path outside the grammar was taken')
    }
    if (place === null) return
    if (isSuccess) this.#count(`${request.method} ${place.kind} ${answer.status}`)
    const repository = this.repositories.find((known) => known.path === place.name)
    if (repository === undefined) return
    const known: Certainty = { isAlone, isSure: isAlone && !request.isAltered && !request.isMalformed }
    switch (place.kind) {
      case 'manifests': {
        this.#observeManifest(repository, place.target, query, request, answer, known)
        return
      }
      case 'blobs': {
        this.#observeBlob(repository, place.target, request, answer, known)
        return
      }
      case 'uploads': {
        this.#observeUpload(repository, place.target, query, request, answer, known)
        return
      }
      case 'tags': {
        this.#observeTags(repository, query, answer, known)
        return
      }
      case 'referrers': {
        observeReferrers(answer)
        return
      }
    }
  }

  /** To be called for a request that got no answer: what it may have changed is no longer known. */
  forget(request: FuzzRequest): void {
    const place = placeOf(split(request.target).path)
    const repository = this.repositories.find((known) => known.path === place?.name)
    if (place === null || repository === undefined || request.method === 'GET' || request.method === 'HEAD') return
    if (place.kind === 'manifests') {
      repository.tags.clear()
      repository.manifests.delete(place.target)
    } else if (place.kind === 'blobs') repository.blobs.delete(place.target)
    else if (request.method === 'PATCH') forgetBytes(repository, place.target)
    else repository.uploads.delete(place.target)
  }

  #observeManifest(
    repository: KnownRepository,
    target: string,
    query: URLSearchParams,
    request: FuzzRequest,
    answer: WireAnswer,
    { isAlone, isSure }: Certainty,
  ): void {
    const { method } = request
    const digest = header(answer, 'docker-content-digest')
    const expected = target.includes(':') ? target : repository.tags.get(target)
    if (method === 'PUT' && answer.status === 201) {
      const content = bodySeen(request)
      promise(content !== null, 'half a manifest is no manifest')
      promise(digest === digestLike(target, content), 'a manifest has the digest of its bytes')
      const tags = [...(target.includes(':') ? [] : [target]), ...query.getAll('tag')]
      for (const tag of tags) {
        const former = repository.tags.get(tag)
        const isMoved = former !== undefined && former !== digest
        promise(!isMoved || !repository.isImmutable || movableTag.test(tag), `the immutable tag ${tag} stays`)
        repository.tags.set(tag, digest)
      }
      repository.manifests.set(digest, { content, mediaType: mediaTypeOf(request, content) })
    } else if (method === 'DELETE' && answer.status === 202) {
      if (target.includes(':')) {
        repository.manifests.delete(target)
        for (const [tag, of] of repository.tags) if (of === target) repository.tags.delete(tag)
      } else repository.tags.delete(target)
    } else if ((method === 'GET' || method === 'HEAD') && answer.status === 200) {
      const mayHaveMoved = !isAlone && !target.includes(':')
      promise(mayHaveMoved || expected === undefined || digest === expected, `${target} is ${expected}`)
      const known = repository.manifests.get(digest ?? '')
      const length = header(answer, 'content-length')
      if (method === 'GET') {
        promise(digest === digestLike(digest ?? '', answer.body), 'a manifest has the digest of its bytes')
        promise(known === undefined || known.content.equals(answer.body), 'a manifest is read as it was pushed')
        promise(length === String(answer.body.length), 'a manifest comes with its length')
      }
      promise(known === undefined || length === String(known.content.length), 'HEAD tells the length')
      promise(known === undefined || header(answer, 'content-type') === known.mediaType, 'a manifest keeps its type')
    } else if ((method === 'GET' || method === 'HEAD') && isSure) {
      const isThere = expected !== undefined && repository.manifests.has(expected)
      promise(!isThere, `${target} was acknowledged and is there`)
    }
  }

  #observeBlob(
    repository: KnownRepository,
    digest: string,
    { method }: FuzzRequest,
    answer: WireAnswer,
    { isSure }: Certainty,
  ): void {
    if (method === 'DELETE' && answer.status === 202) {
      repository.blobs.delete(digest)
      return
    }
    if (method !== 'GET' && method !== 'HEAD') return
    const content = this.contents.get(digest)
    if (answer.status === 200) {
      promise(header(answer, 'docker-content-digest') === digest, 'a blob comes with its digest')
      if (method === 'GET') promise(digestLike(digest, answer.body) === digest, 'a blob has the digest of its bytes')
      const length = content?.length ?? (method === 'GET' ? answer.body.length : null)
      promise(length === null || header(answer, 'content-length') === String(length), 'a blob comes with its length')
    } else if (answer.status === 206 && header(answer, 'content-type')?.startsWith('multipart/byteranges') === true) {
      if (method === 'GET') observeParts(answer, content)
    } else if (answer.status === 206 && content !== undefined) {
      const range = /^bytes ([0-9]+)-([0-9]+)\/([0-9]+)$/.exec(header(answer, 'content-range') ?? '')
      const [start, end, size] = [Number(range?.[1]), Number(range?.[2]), Number(range?.[3])]
      promise(size === content.length && start <= end && end < size, 'a part says which')
      promise(content.subarray(start, end + 1).equals(answer.body), 'a part has the bytes it says')
    } else if (isSure && answer.status !== 416 && answer.status !== 206) {
      promise(!repository.blobs.has(digest), 'a blob that was acknowledged is there')
    }
  }

  #observeUpload(
    repository: KnownRepository,
    id: string,
    query: URLSearchParams,
    request: FuzzRequest,
    answer: WireAnswer,
    { isAlone, isSure }: Certainty,
  ): void {
    const { method } = request
    const body = bodySeen(request)
    const known = repository.uploads.get(id)
    if (method === 'POST' && answer.status === 202) {
      const location = header(answer, 'location') ?? ''
      const match = /^\/v2\/(.+)\/blobs\/uploads\/([0-9a-f-]{36})$/.exec(location)
      promise(match?.[1] === repository.path, `an upload has a location: ${location}`)
      // The body of such a POST is nobody's.
      repository.uploads.set(match[2] ?? '', Buffer.alloc(0))
    } else if (method === 'POST' && answer.status === 201) {
      const pushed = query.get('digest')
      if (pushed === null) {
        // Mounted: the bytes are somebody's who pushed them, perhaps not told of yet.
        repository.blobs.add(query.get('mount') ?? '')
        return
      }
      promise(body !== null && digestLike(pushed, body) === pushed, 'a blob has the digest of its bytes')
      this.#learnBlob(repository, pushed, body)
    } else if (method === 'PATCH' && answer.status === 202) {
      promise(body !== null, 'half a chunk is not acknowledged')
      const size = sizeIn(answer)
      if (known === undefined || known === null) return
      const now = Buffer.concat([known, body])
      promise(size === Math.max(now.length, 1), `the upload has ${now.length} bytes`)
      repository.uploads.set(id, now)
    } else if (method === 'PUT' && answer.status === 201) {
      promise(body !== null, 'half a chunk is not acknowledged')
      const digest = query.get('digest') ?? ''
      if (known !== undefined && known !== null) {
        const content = Buffer.concat([known, body])
        promise(digestLike(digest, content) === digest, 'a blob has the digest of its bytes')
        this.#learnBlob(repository, digest, content)
      }
      repository.uploads.delete(id)
    } else if (method === 'DELETE' && answer.status === 204) {
      repository.uploads.delete(id)
    } else if (method === 'GET') {
      if (isAlone && answer.status === 204 && known) {
        promise(sizeIn(answer) === Math.max(known.length, 1), `the upload has ${known.length} bytes`)
      }
      promise(!isSure || answer.status === 204 || known === undefined, 'an open upload is there')
    } else if ((method === 'PATCH' || method === 'PUT') && (body === null || body.length > 0)) {
      // A refusal may come after bytes that are kept; one of the range comes before.
      if (answer.status !== 416) forgetBytes(repository, id)
    }
  }

  #observeTags(repository: KnownRepository, query: URLSearchParams, answer: WireAnswer, { isAlone }: Certainty): void {
    if (answer.status !== 200 || answer.body.length === 0) return
    const { tags } = JSON.parse(answer.body.toString()) as { tags: string[] }
    promise(
      tags.every(
        (tag, index) => index === 0 || Buffer.compare(Buffer.from(tags[index - 1] ?? ''), Buffer.from(tag)) < 0,
      ),
      'tags are in the order of their bytes, each once',
    )
    if (!isAlone || query.has('n') || query.has('last')) return
    const missing = [...repository.tags.keys()].filter((tag) => !tags.includes(tag))
    promise(missing.length === 0, `the tags ${missing.join()} are listed`)
  }

  #learnBlob(repository: KnownRepository, digest: string, content: Buffer): void {
    repository.blobs.add(digest)
    this.contents.set(digest, content)
  }

  #count(what: string): void {
    this.successes.set(what, (this.successes.get(what) ?? 0) + 1)
  }
}

/** The digest of `content` by the algorithm that `digest` names; sha256 where it names none. */
export function digestLike(digest: string, content: Uint8Array): string {
  const algorithm = digest.startsWith('sha512:') ? 'sha512' : 'sha256'
  return `${algorithm}:${createHash(algorithm).update(content).digest('hex')}`
}

/** Checks each part of a `multipart/byteranges`. */
function observeParts(answer: WireAnswer, content: Buffer | undefined): void {
  const boundary = /boundary=(\S+)$/.exec(header(answer, 'content-type') ?? '')?.[1] ?? ''
  const parts = answer.body.toString('latin1').split(`\r\n--${boundary}`)
  promise(parts.length >= 4 && parts.at(-1) === '--\r\n', 'several parts are several, and end')
  for (const part of parts.slice(1, -1)) {
    const [head = '', ...rest] = part.split('\r\n\r\n')
    const range = /\r\nContent-Range: bytes ([0-9]+)-([0-9]+)\/([0-9]+)$/.exec(head)
    const [start, end] = [Number(range?.[1]), Number(range?.[2])]
    const bytes = Buffer.from(rest.join('\r\n\r\n'), 'latin1')
    promise(bytes.length === end - start + 1, 'a part has the length it says')
    promise(content === undefined || content.subarray(start, end + 1).equals(bytes), 'a part has the bytes it says')
  }
}

function observeReferrers(answer: WireAnswer): void {
  if (answer.status !== 200 || answer.body.length === 0) return
  const index = JSON.parse(answer.body.toString()) as { manifests: unknown }
  promise(Array.isArray(index.manifests), 'referrers are an index')
}

/** What every answer of `/v2` has, whatever was asked. */
function checkForm(request: FuzzRequest, answer: WireAnswer): void {
  const { status, body } = answer
  promise(status < 500, 'there is no request that breaks the server')
  if (header(answer, 'x-request-id') === undefined) {
    promise(request.isMalformed && status >= 400, 'every answer has an X-Request-Id')
    return
  }
  // What is odd may be in the address before `/v2`, and then it is the console that refuses it.
  if (status < 400 || request.method === 'HEAD' || !/^\/v2(?:[/?%]|$)/.test(request.target)) return
  const contentType = header(answer, 'content-type')
  // A head that cannot be read may have no address that says which door it is for.
  if (request.isMalformed && contentType === 'application/problem+json') return
  promise(contentType === 'application/json', 'an error is JSON')
  const { errors } = JSON.parse(body.toString()) as { errors: { code: string; message: unknown }[] }
  promise(errors.length > 0, 'an error says which')
  for (const { code, message } of errors) {
    promise(errorCodes.has(code), `${code} is a code of the specification`)
    promise(typeof message === 'string' && message !== '', 'an error has a message')
  }
  promise(!internals.test(body.toString()), 'an error tells nothing of the inside')
}

function promise(isKept: boolean, what: string): asserts isKept {
  if (!isKept) throw new Error(`not kept: ${what}`)
}

function header(answer: WireAnswer, name: string): string | undefined {
  return answer.headers.get(name)?.[0]
}

/** How many bytes a `Range: 0-<last>` tells of; 1 also for none. */
function sizeIn(answer: WireAnswer): number {
  const last = /^0-([0-9]+)$/.exec(header(answer, 'range') ?? '')?.[1]
  promise(last !== undefined, 'an upload says how far it is')
  return Number(last) + 1
}

function forgetBytes(repository: KnownRepository, id: string): void {
  if (repository.uploads.has(id)) repository.uploads.set(id, null)
}

function mediaTypeOf({ headers }: FuzzRequest, content: Buffer): string {
  const given = headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1]
  const type = given?.split(';', 1)[0]?.trim().toLowerCase() ?? ''
  return type === '' ? String((JSON.parse(content.toString()) as { mediaType?: unknown }).mediaType) : type
}

function split(sent: string): { path: string; query: URLSearchParams } {
  // What comes after a space is no part of it.
  const target = /^[^\s\0]*/.exec(sent)?.[0] ?? ''
  const at = target.indexOf('?')
  return at < 0
    ? { path: target, query: new URLSearchParams() }
    : { path: target.slice(0, at), query: new URLSearchParams(target.slice(at + 1)) }
}

interface Place {
  readonly name: string
  readonly kind: 'manifests' | 'blobs' | 'uploads' | 'tags' | 'referrers'
  readonly target: string
}

const component = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*'
const placePattern = new RegExp(
  `^/v2/(${component}(?:/${component})*)/(?:(blobs/uploads)/?([^/]*)|(manifests|blobs|referrers)/([^/]+)|(tags)/list)$`,
)

/** What a path of the specification's grammar names, or null. */
function placeOf(path: string): Place | null {
  const match = placePattern.exec(path)
  if (match === null) return null
  const [, name = '', uploads, id, kind, target, tags] = match
  const found = uploads === undefined ? (kind ?? tags) : 'uploads'
  return { name, kind: found as Place['kind'], target: (id ?? target ?? '').replace(/%3A/gi, ':') }
}
