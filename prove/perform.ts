import { basic } from '@/e2e/api'
import { digestOf } from '@/e2e/digest'
import type { ServerInfo } from '@/e2e/server'
import type { Policy, Request } from './checker/history'
import { doneWith, textOfPolicy } from './checker/rule'
import { type Answer, type Client, type Sent, json } from './client'
import { contentOf, manifestOf, manifestType } from './contents'
import type { Random } from './random'

/** How long a token is used, in milliseconds: less than it lives. */
const tokenMs = 60_000

const undeletable = 'The requested tag is immutable and cannot be deleted.'

/** Longest opening: in this time it ends by hand only. */
const openMinutes = 24 * 60

/** Makes requests to one repository and puts their answers in the words of the checker. */
export class Repository {
  #token: { readonly text: Promise<string>; readonly at: number } | null = null
  /** The ids of openings by the names that clients gave them. */
  readonly #openings = new Map<string, string>()

  constructor(
    readonly client: Client,
    /** `path` is `<namespace>/<name>`. */
    readonly repository: { readonly id: string; readonly path: string },
    readonly admin: ServerInfo['admin'],
  ) {}

  /** The answer as `answerTo` states it; null when nobody knows what became of the request. */
  async perform(random: Random, request: Request): Promise<string | null> {
    const answer = await this.#send(random, request)
    // A failure that the registry knows: it may have happened on the way back.
    if (answer === null || (answer.status > 500 && answer.status < 600)) return null
    if (answer.status < 300) return wordOf(request, answer, this.#openings)
    const isAbsent = answer.status === 404 && (request.kind === 'read' || request.kind === 'readContent')
    return isAbsent ? 'none' : reasonOf(answer)
  }

  /** Whether the opening can be closed: its id is known. */
  hasOpened(opening: string): boolean {
    return this.#openings.has(opening)
  }

  /** Uploads a blob; again, until that is answered. */
  async pushBlob(random: Random, digest: string, bytes: Buffer): Promise<void> {
    const authorization = basic(this.admin.name, this.admin.password)
    const path = `/v2/${this.repository.path}/blobs/uploads/?digest=${digest}`
    const { status, body } = await this.client.insist(random, 'POST', path, { authorization, body: bytes })
    if (status !== 201) throw new Error(`no blob can be pushed: ${status} ${body.toString()}`)
  }

  #send(random: Random, request: Request): Promise<Answer | null> {
    switch (request.kind) {
      case 'push': {
        const { tags, content, onlyIf } = request
        const { bytes, digest } = manifestOf(content)
        const isByTag = tags.length > 0 && (onlyIf !== undefined || random.chance(tags.length === 1 ? 0.9 : 0.3))
        const parameters = tags.slice(isByTag ? 1 : 0).map((tag) => `tag=${tag}`)
        const query = parameters.length === 0 ? '' : `?${parameters.join('&')}`
        const condition =
          onlyIf === undefined
            ? {}
            : onlyIf === 'absent'
              ? { 'if-none-match': '*' }
              : { 'if-match': `"${manifestOf(onlyIf.is).digest}"` }
        const headers = { 'content-type': manifestType, ...condition }
        return this.#registry(random, 'PUT', `manifests/${isByTag ? tags[0] : digest}${query}`, {
          headers,
          body: bytes,
        })
      }
      case 'read':
        return this.#registry(random, 'GET', `manifests/${request.tag}`)
      case 'readContent':
        return this.#registry(random, 'GET', `manifests/${manifestOf(request.content).digest}`)
      case 'list':
        return this.#registry(random, 'GET', 'tags/list')
      case 'delete': {
        const { tag, onlyIf } = request
        const headers = onlyIf === undefined ? {} : { 'if-match': `"${manifestOf(onlyIf.is).digest}"` }
        return this.#registry(random, 'DELETE', `manifests/${tag}`, { headers })
      }
      case 'deleteContent':
        return this.#registry(random, 'DELETE', `manifests/${manifestOf(request.content).digest}`)
      case 'forceDelete':
        return this.#rest(random, 'DELETE', `/tags/${request.tag}?reason=proof`)
      case 'restore':
        return this.#rest(random, 'POST', `/tags/${request.tag}/restore`, {
          digest: manifestOf(request.content).digest,
        })
      case 'copy': {
        const source = { digest: manifestOf(request.content).digest }
        return this.#rest(random, 'POST', '/tags', { name: request.tag, source })
      }
      case 'release':
        return this.#rest(random, 'DELETE', `/immutability/tombstones/${request.tag}`, { reason: 'proof' })
      case 'setPolicy': {
        const { mode, exemptTags } = request
        const isBox = exemptTags === undefined && mode !== 'audit'
        return this.#rest(
          random,
          'PATCH',
          '',
          isBox ? { tagImmutability: mode === 'enforce' } : { immutability: { mode, exemptTags } },
        )
      }
      case 'open': {
        const body = { tag: request.tag, reason: 'proof', minutes: openMinutes }
        return this.#rest(random, 'POST', '/immutability/openings', body)
      }
      case 'close':
        return this.#rest(random, 'DELETE', `/immutability/openings/${this.#openings.get(request.opening)}`)
      case 'readPolicy':
        return this.#rest(random, 'GET', '/immutability')
      case 'listReserved':
        return this.#rest(random, 'GET', '/immutability/tombstones')
    }
  }

  async #registry(random: Random, method: string, rest: string, sent: Sent = {}): Promise<Answer | null> {
    const authorization = await this.#authorization(random)
    return this.client.send(random, method, `/v2/${this.repository.path}/${rest}`, { ...sent, authorization })
  }

  #rest(random: Random, method: string, rest: string, body?: object): Promise<Answer | null> {
    const sent = body === undefined ? {} : json(body)
    return this.client.send(random, method, `/api/v1/repositories/${this.repository.id}${rest}`, sent)
  }

  /** Mostly a token, which any process of a server judges by itself; sometimes the password, which only the main one does. */
  async #authorization(random: Random): Promise<string> {
    const password = basic(this.admin.name, this.admin.password)
    if (random.chance(1 / 8)) return password
    if (this.#token === null || performance.now() - this.#token.at > tokenMs) {
      const path = `/v2/token?scope=repository:${this.repository.path}:pull,push`
      const text = this.client
        .insist(random, 'GET', path, { authorization: password })
        .then(({ body }) => `Bearer ${(JSON.parse(body.toString()) as { token: string }).token}`)
      this.#token = { text, at: performance.now() }
    }
    return this.#token.text
  }
}

/** A success in the words of the checker. */
function wordOf(request: Request, { headers, body }: Answer, openings: Map<string, string>): string {
  switch (request.kind) {
    case 'push':
      return doneWith(((headers['warning'] ?? '').match(/299 - "tag /g) ?? []).length)
    case 'read':
    case 'readContent': {
      const digest = digestOf(body)
      return headers['docker-content-digest'] === digest ? contentOf(digest) : 'other bytes than its header says'
    }
    case 'list':
      return (JSON.parse(body.toString()) as { tags: string[] }).tags.toSorted().join(' ')
    case 'restore':
    case 'copy':
      return doneWith((JSON.parse(body.toString()) as { warnings: unknown[] }).warnings.length)
    case 'readPolicy':
      return textOfPolicy(JSON.parse(body.toString()) as Policy)
    case 'listReserved': {
      const { items } = JSON.parse(body.toString()) as { items: { tag: string; digest: string }[] }
      return items
        .map(({ tag, digest }) => `${tag}=${contentOf(digest)}`)
        .sort()
        .join(' ')
    }
    case 'open':
      openings.set(request.opening, (JSON.parse(body.toString()) as { id: string }).id)
      return 'done'
    default:
      return 'done'
  }
}

/** Why it was refused, as the REST API calls it; the registry's door has fewer words, as clients expect. */
function reasonOf({ status, body }: Answer): string {
  const { code, errors } = parse(body)
  const [error] = errors ?? []
  const reason = code ?? error?.detail?.reason
  if (reason !== undefined) return reason
  if (status === 412) return 'PRECONDITION_FAILED'
  if (status === 409 && error?.message === undeletable) return 'TAG_UNDELETABLE'
  return status === 404 && error?.code !== undefined ? error.code : `HTTP ${status} ${body.toString().slice(0, 300)}`
}

interface ErrorBody {
  readonly code?: string
  readonly errors?: readonly {
    readonly code?: string
    readonly message?: string
    readonly detail?: { readonly reason?: string }
  }[]
}

function parse(body: Buffer): ErrorBody {
  try {
    return JSON.parse(body.toString()) as ErrorBody
  } catch {
    return {}
  }
}
