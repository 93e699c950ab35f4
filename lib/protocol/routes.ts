import { deleteBlob, getBlob } from './blobs'
import type { Operation } from './call'
import { getBase, listRepositories } from './catalog'
import { deleteManifest, getManifest, putManifest } from './manifests'
import { listNoReferrers, listReferrers } from './referrers'
import { listTags } from './tags'
import { getToken, postToken } from './token'
import { deleteUpload, getUpload, patchUpload, postUpload, putUpload } from './uploads'

/** A pattern of paths from `/v2` on, and its methods. */
interface Route {
  /** The path with its variable parts in braces, for logs and metrics. */
  readonly template: string
  /** Has the groups `name` (if the route has a repository) and `target` (if there is one). */
  readonly pattern: RegExp
  readonly operations: Readonly<Record<string, Operation>>
}

/** A path that matches a route. */
export interface RouteMatch {
  readonly template: string
  /** Path of the repository; empty when the route has none. */
  readonly name: string
  readonly target: string
  readonly operations: Readonly<Record<string, Operation>>
}

/** Every GET is available as HEAD too (RFC 9110, section 9.1). */
function reading<T extends Operation>(operation: T): { GET: T; HEAD: T } {
  return { GET: operation, HEAD: operation }
}

/**
 * All routes. The name is greedy: it may contain a segment such as `blobs`, so the last match is the separator.
 */
export const routes: readonly Route[] = [
  { template: '/v2/', pattern: /^\/v2\/?$/, operations: reading({ kind: 'registry', handle: getBase }) },
  {
    template: '/v2/token',
    pattern: /^\/v2\/token$/,
    operations: { GET: { kind: 'open', handle: getToken }, POST: { kind: 'open', handle: postToken } },
  },
  {
    template: '/v2/_catalog',
    pattern: /^\/v2\/_catalog$/,
    operations: reading({ kind: 'registry', scope: 'catalog', handle: listRepositories }),
  },
  {
    template: '/v2/{name}/blobs/uploads/',
    pattern: /^\/v2\/(?<name>.+)\/blobs\/uploads\/?$/,
    operations: { POST: { kind: 'repository', action: 'push', startsUpload: true, handle: postUpload } },
  },
  {
    template: '/v2/{name}/blobs/uploads/{upload}',
    pattern: /^\/v2\/(?<name>.+)\/blobs\/uploads\/(?<target>[^/]+)$/,
    operations: {
      ...reading({ kind: 'repository', action: 'push', handle: getUpload }),
      PATCH: { kind: 'repository', action: 'push', handle: patchUpload },
      PUT: { kind: 'repository', action: 'push', handle: putUpload },
      DELETE: { kind: 'repository', action: 'push', handle: deleteUpload },
    },
  },
  {
    template: '/v2/{name}/blobs/{digest}',
    pattern: /^\/v2\/(?<name>.+)\/blobs\/(?<target>[^/]+)$/,
    operations: {
      ...reading({ kind: 'repository', action: 'pull', handle: getBlob }),
      DELETE: { kind: 'repository', action: 'delete', handle: deleteBlob },
    },
  },
  {
    template: '/v2/{name}/manifests/{reference}',
    pattern: /^\/v2\/(?<name>.+)\/manifests\/(?<target>[^/]+)$/,
    operations: {
      ...reading({ kind: 'repository', action: 'pull', handle: getManifest }),
      PUT: { kind: 'repository', action: 'push', handle: putManifest },
      DELETE: { kind: 'repository', action: 'delete', handle: deleteManifest },
    },
  },
  {
    template: '/v2/{name}/tags/list',
    pattern: /^\/v2\/(?<name>.+)\/tags\/list$/,
    operations: reading({ kind: 'repository', action: 'pull', handle: listTags }),
  },
  {
    template: '/v2/{name}/referrers/{digest}',
    pattern: /^\/v2\/(?<name>.+)\/referrers\/(?<target>[^/]+)$/,
    operations: reading({
      kind: 'repository',
      action: 'pull',
      handle: listReferrers,
      whenNameUnknown: listNoReferrers,
    }),
  },
]

/**
 * The route of a path, or null. `path` is not decoded: names have no character that needs encoding, so an encoded slash
 * or dot never becomes one. Only the last part is decoded, for clients that write `sha256%3A…`.
 */
export function matchRoute(path: string): RouteMatch | null {
  for (const { template, pattern, operations } of routes) {
    const match = pattern.exec(path)
    if (match === null) continue
    const { name = '', target = '' } = match.groups ?? {}
    return { template, name, target: target.replace(/%3A/gi, ':'), operations }
  }
  return null
}
