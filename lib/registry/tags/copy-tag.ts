import type { Context } from '@/lib/context'
import { AppError } from '@/lib/domain/errors'
import type { Principal } from '@/lib/domain/principal'
import { parseTag } from '@/lib/domain/reference'
import { insertAuditEvent } from '@/lib/metadata/audit-events'
import { lockCopies } from '@/lib/metadata/content-copies'
import type { SqlTransaction } from '@/lib/metadata/engine/database'
import { listManifestSummaries } from '@/lib/metadata/manifests'
import { type RepositoryForTraffic, lockRepository } from '@/lib/metadata/repositories'
import { findTag } from '@/lib/metadata/tags'
import { authorize } from '@/lib/registry/authorize'
import { turns } from '@/lib/registry/give-turns'
import { inBatches } from '@/lib/registry/in-batches'
import { type MissingContent, warningsOfPush } from '@/lib/registry/missing-content'
import { moveAndRecord } from '@/lib/registry/move-and-record'
import { RefusedMoves, recordingRefusals } from '@/lib/registry/refused-moves'
import { requireRepository } from '@/lib/registry/repositories/repository-details'
import type { Versioned } from '@/lib/registry/versions'
import { type MissingOfCopy, copyManifest, listContent } from './copy-content'
import { type MovedTag, toMovedTag } from './moved-tag-details'

/** What to copy, and the name of the copy. */
interface TagCopy {
  readonly name: string
  /** Without `repositoryId`, it is the repository of the copy. Has a tag or a digest. */
  readonly source: {
    readonly repositoryId?: string | undefined
    readonly tag?: string | undefined
    readonly digest?: string | undefined
  }
}

/** A copy whose source is known. */
interface Copying {
  readonly principal: Principal
  readonly from: string
  readonly to: string
  readonly name: string
  readonly digest: string
  /** What the ledger and the audit trail say of it. */
  readonly reason: string
}

/**
 * Points a tag at a manifest of the same or another repository of the instance. No bytes move: the target gets the
 * manifest, everything that an index leads to, and links to the blobs, and the tag only when all of that is there. The
 * target's immutability policy decides as for a push. Referrers (signatures, SBOMs) are not copied.
 *
 * A refused copy changes only the ledger, except when the policy of the target changes while an index is being copied:
 * its children stay there without a tag then, as those of a refused push.
 *
 * Throws NOT_FOUND for the target and for a source that the principal may not pull from, DENIED, BAD_REQUEST for a
 * source in another instance, MANIFEST_UNKNOWN for a tag or digest that the source does not have,
 * MANIFEST_BLOB_UNKNOWN, STORAGE_FULL, UNAVAILABLE when content is removed again and again meanwhile, or the reason of
 * a refused move (`RefusalReason`), which is recorded.
 */
export async function copyTag(
  ctx: Context,
  principal: Principal,
  repositoryId: string,
  { name, source }: TagCopy,
): Promise<Versioned<MovedTag>> {
  await authorize(ctx, principal, 'push', { repositoryId })
  const from = source.repositoryId ?? repositoryId
  await authorize(ctx, principal, 'pull', { repositoryId: from }, 'NOT_FOUND')
  ctx.reserve.assertRoomForContent()
  const sourcePath = await pathInInstanceOf(ctx, repositoryId, from)
  const digest = source.digest ?? (await findTag(ctx.db, from, source.tag ?? ''))?.digest ?? ''
  const reference = source.digest === undefined ? `:${source.tag}` : `@${source.digest}`
  const [manifest] = await listManifestSummaries(ctx.db, from, [digest])
  if (manifest === undefined) throw new AppError('MANIFEST_UNKNOWN', { detail: { reference: reference.slice(1) } })
  const copying = { principal, from, to: repositoryId, name, digest, reason: `copied from ${sourcePath}${reference}` }
  const moved = await recordingRefusals(ctx, principal, () => copy(ctx, copying))
  return { value: moved, version: digest }
}

/**
 * Returns the path of the repository `id`. Throws BAD_REQUEST when it is in another instance than the repository
 * `other`.
 */
async function pathInInstanceOf(ctx: Context, other: string, id: string): Promise<string> {
  const { instanceId, path } = await requireRepository(ctx.db, id)
  if ((await requireRepository(ctx.db, other)).instanceId === instanceId) return path
  const message = 'a repository of the same instance'
  throw new AppError('BAD_REQUEST', { fields: [{ path: 'source.repositoryId', message }] })
}

/** How often the content is copied again because some of it was removed before the tag was set. */
const attemptsMax = 5

async function copy(ctx: Context, copying: Copying): Promise<MovedTag> {
  for (let attempt = 0; attempt < attemptsMax; attempt += 1) {
    const content = copying.from === copying.to ? [] : await listContent(ctx.db, copying.from, copying.digest)
    if (content.length > 0) await assertAllowed(ctx, copying)
    const missing = await copyContent(ctx, copying, content)
    try {
      return await ctx.db.sqlTransaction((tx) => setTagOnContent(ctx, tx, copying, missing))
    } catch (error) {
      if (!(error instanceof ContentRemoved)) throw error
    }
  }
  throw new AppError('UNAVAILABLE')
}

/** Rolls back a copy whose content, copied before, is no longer complete. */
class ContentRemoved extends Error {}

/** Rolls back a trial. */
class TrialOver extends Error {}

/**
 * Throws unless the tag could be set now, before anything of an index is copied: sets it on the index alone, by the one
 * statement that decides, and undoes that.
 */
async function assertAllowed(ctx: Context, copying: Copying): Promise<void> {
  const trial = ctx.db.sqlTransaction(async (tx) => {
    await setTag(tx, copying)
    throw new TrialOver()
  })
  await trial.catch((error: unknown) => {
    if (!(error instanceof TrialOver)) throw error
  })
}

/** Copies the manifests below an index in short transactions; returns what is missing of what they name. */
async function copyContent(ctx: Context, copying: Copying, content: readonly string[]): Promise<MissingContent[]> {
  const missing: MissingContent[] = []
  if (content.length === 0) return missing
  let at = 0
  await inBatches(ctx.db, async (tx, rows) => {
    const target = await lockBoth(tx, copying)
    const giveTurn = turns()
    for (const digest of content.slice(at, at + rows)) {
      missing.push(await copyManifest(tx, copyTo(target, copying, giveTurn), digest))
      await giveTurn()
    }
    at += rows
    return at < content.length
  })
  return missing
}

async function setTagOnContent(
  ctx: Context,
  tx: SqlTransaction,
  copying: Copying,
  missingBelow: readonly MissingContent[],
): Promise<MovedTag> {
  const { target, result, missing } = await setTag(tx, copying)
  if (missing.uncopied.length > 0) throw new ContentRemoved()
  const { principal, name, digest, reason } = copying
  const moved = toMovedTag(ctx, name, digest, result)
  if (result.outcome === 'unchanged') return moved
  await insertAuditEvent(tx, principal, {
    action: result.outcome === 'created' ? 'CREATE' : 'UPDATE',
    target: { type: 'TAG', id: `${target.id}:${name}`, name: `${target.path}:${name}` },
    instanceId: target.instanceId,
    before: result.outcome === 'created' ? null : { digest: result.previousDigest },
    after: { digest },
    reason,
  })
  return { ...moved, warnings: [...moved.warnings, ...warningsOfPush(joined([...missingBelow, missing]))] }
}

/** Copies the manifest itself and points the tag at it, which both databases do together or not at all. */
async function setTag(tx: SqlTransaction, copying: Copying) {
  const { principal, from, to, digest, reason } = copying
  const target = await lockBoth(tx, copying)
  let missing: MissingOfCopy = { blobs: [], foreignBlobs: [], children: [], uncopied: [] }
  if (from !== to) {
    missing = await copyManifest(tx, copyTo(target, copying, turns()), digest)
  } else if ((await listManifestSummaries(tx, to, [digest])).length === 0) {
    throw new AppError('MANIFEST_UNKNOWN', { detail: { reference: digest } })
  }
  const move = {
    name: parseTag(copying.name),
    digest,
    precondition: { kind: 'none' },
    reason,
    now: new Date(),
  } as const
  const result = await moveAndRecord(tx, principal, target, move)
  if (result.outcome === 'refused') throw new RefusedMoves(target, [result.refusal])
  return { target, result, missing }
}

/**
 * Locks both repositories until the transaction ends, and returns the target: nothing that a copy relies on is removed
 * meanwhile. Always in the same order, for callers that lock several exclusively. Throws NOT_FOUND.
 */
async function lockBoth(tx: SqlTransaction, { from, to }: Copying): Promise<RepositoryForTraffic> {
  const locked = new Map<string, RepositoryForTraffic | null>()
  for (const id of [...new Set([from, to])].sort()) locked.set(id, await lockRepository(tx, id))
  const target = locked.get(to)
  if (!target || !locked.get(from)) throw new AppError('NOT_FOUND')
  if (from !== to) await lockCopies(tx, to)
  return target
}

function copyTo(
  { acceptSparseManifests }: RepositoryForTraffic,
  { principal, from, to }: Copying,
  giveTurn: () => Promise<void>,
) {
  return { from, to, acceptSparseManifests, pushedBy: principal.name, now: new Date(), giveTurn }
}

function joined(missing: readonly MissingContent[]): MissingContent {
  return {
    blobs: missing.flatMap(({ blobs }) => blobs),
    foreignBlobs: missing.flatMap(({ foreignBlobs }) => foreignBlobs),
    children: missing.flatMap(({ children }) => children),
  }
}
