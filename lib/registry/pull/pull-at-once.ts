import type { Principal } from '@/lib/domain/principal'
import { isDigest } from '@/lib/domain/digest'
import { linkSeenGrainMs } from '@/lib/metadata/blobs'
import { manifestSeenGrainMs } from '@/lib/metadata/manifests'
import type { PullQuery, PulledBlob, PulledManifest } from '@/lib/metadata/pulls'
import type { Context } from '@/lib/context'
import { isPullAllowed } from '@/lib/registry/traffic/pull-permission'

/*
 * Pulls in one statement, for the requests that make up nearly all of the traffic. They decide nothing but "yes": null means
 * that `openRepository` and the use cases of this folder must be asked, which refuse, mark as seen, and log.
 */

/** What a pull reads of a principal. Its role is one that a current check or nobody gave it: a token has none. */
type Puller = Pick<Principal, 'kind' | 'id' | 'role' | 'token'>

/** What is asked for. */
export interface AtOnceQuery extends PullQuery {
  /** Whether the client asks in order to push (HEAD): then garbage collection keeps what it found for a time. */
  readonly isForPush: boolean
}

type AtOnce<T> = T | null | Promise<T | null>

/** Returns a manifest that the principal may pull now, or null. SQLite answers at once. */
export function findManifestAtOnce(ctx: Context, principal: Puller, query: AtOnceQuery): AtOnce<PulledManifest> {
  return then(ctx.pulls.findManifest(principal.id, query), (manifest) => {
    if (!isPullAllowed(principal, manifest.repository)) return null
    // A tag keeps its manifest, so only what was asked for by its digest is marked as seen.
    const isMarked = query.isForPush && query.reference === manifest.digest
    return isMarked && isDue(manifest.seenAt, manifestSeenGrainMs) ? null : manifest
  })
}

/** Returns a blob that the principal may pull now, or null. SQLite with blobs in files answers at once. */
export function findBlobAtOnce(ctx: Context, principal: Puller, query: AtOnceQuery): AtOnce<PulledBlob> {
  return then(ctx.pulls.findBlob(principal.id, query), (blob) => {
    const { digest, sizeBytes, seenAt } = blob
    if (!isPullAllowed(principal, blob.repository) || !isDigest(digest)) return null
    if (query.isForPush && isDue(seenAt, linkSeenGrainMs(ctx.config.maintenance.graceHours))) return null
    return ctx.blobs.statNow(digest) === sizeBytes ? blob : null
  })
}

function isDue(seenAt: Date, grainMs: number): boolean {
  return Date.now() - seenAt.getTime() >= grainMs
}

/** Applies `use` to what was found, now or when it comes. */
function then<T>(found: AtOnce<T>, use: (found: T) => T | null): AtOnce<T> {
  if (found instanceof Promise) return found.then((value) => then(value, use))
  return found === null ? null : use(found)
}
