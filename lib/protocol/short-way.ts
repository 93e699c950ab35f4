import type { IncomingMessage, ServerResponse } from 'node:http'
import { LRUCache } from 'lru-cache'
import type { Principal } from '@/lib/domain/principal'
import { isHost } from '@/lib/domain/host'
import { addressedInstance } from '@/lib/domain/instance-host'
import { addressedPathIn } from '@/lib/domain/instance-path'
import type { Context } from '@/lib/context'
import { type AtOnceQuery, findBlobAtOnce, findManifestAtOnce } from '@/lib/registry/pull/pull-at-once'
import { blobCacheControl, blobType } from './blobs'

/**
 * Answers the pulls that make up nearly all requests: GET and HEAD of a manifest and HEAD of a blob, anonymous or with a
 * token that was verified before, and allowed. Returns true when it has sent the answer that `handler.ts` would send.
 * Otherwise it returns false and has done nothing: refusals, and whatever is unusual, are decided there alone
 * (docs/decisions/0028-short-way.md). SQLite answers at once, without a promise.
 *
 * `headers` are for every answer, names and values by turns. Throws or rejects as a failing database does.
 */
export type ShortWay = (
  request: IncomingMessage,
  response: ServerResponse,
  exchange: { route: string | null },
  headers: readonly string[],
) => boolean | Promise<boolean>

/** How many hosts are remembered with the instance that they address. */
const hostsMax = 200

/** Longest URL that can be a pull, in characters: the longest repository path, the longest digest, and what is between. */
const urlMax = 450

const manifests = { separator: '/manifests', template: '/v2/{name}/manifests/{reference}' }
const blobs = { separator: '/blobs', template: '/v2/{name}/blobs/{digest}' }

/** Creates the short way of a process. */
export function createShortWay(ctx: Context): ShortWay {
  const instances = new LRUCache<string, { readonly instance: AtOnceQuery['instance'] | null }>({ max: hostsMax })

  /** The instance that a host addresses; null when there can be none. */
  const instanceOf = (host: string): AtOnceQuery['instance'] | null => {
    let known = instances.get(host)
    if (known === undefined) {
      known = { instance: isHost(host) ? addressedInstance(host, ctx.config.domain) : null }
      instances.set(host, known)
    }
    return known.instance
  }

  return (request, response, exchange, headers) => {
    const { method, url = '', headers: given } = request
    const isHead = method === 'HEAD'
    if (!isHead && method !== 'GET') return false
    if (given['if-match'] !== undefined || given['if-none-match'] !== undefined) return false
    // The last slash, as in `routes`: a name may contain a segment such as `blobs`.
    const slash = url.lastIndexOf('/')
    const isManifest = url.endsWith(manifests.separator, slash)
    if (!isManifest && !(isHead && url.endsWith(blobs.separator, slash))) return false
    if (!url.startsWith('/v2/') || url.length > urlMax) return false
    const { separator, template } = isManifest ? manifests : blobs
    const caller = callerOf(ctx, given.authorization)
    const name = url.slice('/v2/'.length, slash - separator.length)
    const { instance, path } = addressedPathIn(instanceOf(given.host ?? ''), name)
    if (caller === null || instance === null) return false
    exchange.route = template
    const reference = url.slice(slash + 1)
    const query = { instance, path, reference, isForPush: isHead }
    if (isManifest) {
      return whenFound(findManifestAtOnce(ctx, caller, query), caller, (manifest) => {
        const { mediaType, sizeBytes, digest, content, repository } = manifest
        response.writeHead(200, [
          ...headers,
          'Content-Type',
          mediaType,
          'Content-Length',
          String(sizeBytes),
          'Docker-Content-Digest',
          digest,
          'ETag',
          `"${digest}"`,
        ])
        response.end(isHead ? undefined : content)
        if (!isHead) ctx.pullBuffer.notePull(caller.id, repository.id, reference)
        else if (reference !== digest) ctx.pullBuffer.noteAsked(caller.id, repository.id, reference, digest)
      })
    }
    return whenFound(findBlobAtOnce(ctx, caller, query), caller, ({ digest, sizeBytes }) => {
      response.writeHead(200, [
        ...headers,
        'Content-Type',
        blobType,
        'Docker-Content-Digest',
        digest,
        'Accept-Ranges',
        'bytes',
        'ETag',
        `"${digest}"`,
        'Cache-Control',
        blobCacheControl,
        'Content-Length',
        String(sizeBytes),
      ])
      response.end()
    })
  }
}

/** A caller that is known without a look at the database. */
interface Caller extends Pick<Principal, 'kind' | 'id' | 'role' | 'token'> {
  /** The instance that its token is for; null without a token. */
  readonly instanceId: string | null
}

const anonymous: Caller = { kind: 'anonymous', id: '', role: 'MEMBER', token: null, instanceId: null }

/** The caller of a request, as `authenticate` finds it; null when that must be asked. */
function callerOf(ctx: Context, authorization: string | undefined): Caller | null {
  if (authorization === undefined) return anonymous
  if (!authorization.startsWith('Bearer ')) return null
  const known = ctx.registryTokens.recall(authorization.slice('Bearer '.length))
  if (known === null) return null
  const { holder, access, instanceId } = known
  return { kind: holder.kind, id: holder.id, role: 'MEMBER', token: access, instanceId }
}

/** Sends what was found, if it was and the caller's token is for its instance; returns whether it did. */
function whenFound<T extends { readonly repository: { readonly instanceId: string } }>(
  found: T | null | Promise<T | null>,
  caller: Caller,
  send: (found: T) => void,
): boolean | Promise<boolean> {
  if (found instanceof Promise) return found.then((value) => whenFound(value, caller, send))
  if (found === null || (caller.instanceId !== null && caller.instanceId !== found.repository.instanceId)) return false
  send(found)
  return true
}
