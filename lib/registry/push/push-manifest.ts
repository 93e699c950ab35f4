import type { Principal } from '@/lib/domain/principal'
import { type Digest, digestAlgorithm } from '@/lib/domain/digest'
import { AppError } from '@/lib/domain/errors'
import { type TagPrecondition, type TagRefusal, meetsPrecondition, refusalError } from '@/lib/domain/immutability'
import { type ParsedManifest, parseManifest } from '@/lib/domain/manifest'
import type { TagName } from '@/lib/domain/reference'
import { listUnlinkedBlobs } from '@/lib/metadata/blobs'
import type { SqlTransaction } from '@/lib/metadata/engine/database'
import { findManifest, insertManifest, listManifestSummaries } from '@/lib/metadata/manifests'
import { type RepositoryForTraffic, lockRepository } from '@/lib/metadata/repositories'
import { recordMove, recordRefusal } from '@/lib/metadata/ledger'
import { moveTag } from '@/lib/metadata/tags'
import { digestOf } from '@/lib/storage/hash'
import type { Context } from '@/lib/context'
import { type OpenedRepository, assertOpened } from '@/lib/registry/traffic/opened-repository'
import { findPlatforms } from './image-platforms'
import { type MissingContent, warningsOfPush } from './push-warnings'

/** A manifest as it was sent. */
export interface ManifestPush {
  /** The digest it must have, where it was pushed by digest. */
  readonly digest: Digest | null
  /** Tags to point at it: the one it was pushed by, and those of `tag` parameters. Each once. */
  readonly tags: readonly TagName[]
  readonly content: Uint8Array
  readonly contentType: string | undefined
  /** On the tag it was pushed by, or on the manifest where it was pushed by digest. */
  readonly precondition: TagPrecondition
}

/** What a push came to. */
export interface PushedManifest {
  readonly digest: Digest
  readonly subjectDigest: Digest | null
  /** What the user should know although the push was done. */
  readonly warnings: readonly string[]
}

/**
 * Stores a manifest and points its tags at it, all or nothing, in one transaction.
 *
 * Throws DIGEST_INVALID, MANIFEST_INVALID, MANIFEST_BLOB_UNKNOWN, PRECONDITION_FAILED, TAG_IMMUTABLE or TAG_RESERVED;
 * nothing is stored then but, for the last two, an entry in the ledger.
 */
export async function pushManifest(
  ctx: Context,
  principal: Principal,
  repository: OpenedRepository,
  push: ManifestPush,
): Promise<PushedManifest> {
  assertOpened(repository, principal, 'push')
  const digest = digestOf(push.content, push.digest === null ? 'sha256' : digestAlgorithm(push.digest))
  if (push.digest !== null && push.digest !== digest) {
    throw new AppError('DIGEST_INVALID', { detail: { expected: push.digest, actual: digest } })
  }
  const manifest = parseManifest(push.content, push.contentType)
  const platforms = await findPlatforms(ctx, manifest)
  let missing: MissingContent
  try {
    missing = await ctx.db.sqlTransaction((tx) =>
      store(tx, principal, repository.id, push, { digest, manifest, platforms }),
    )
  } catch (error) {
    if (!(error instanceof RefusedMoves)) throw error
    await recordRefusals(ctx, principal, repository, error.refusals)
    throw refusalError(repository.path, error.refusals[0])
  }
  return { digest, subjectDigest: manifest.subjectDigest, warnings: warningsOfPush(missing) }
}

interface ReadManifest {
  readonly digest: Digest
  readonly manifest: ParsedManifest
  readonly platforms: readonly string[]
}

async function store(
  tx: SqlTransaction,
  principal: Principal,
  repositoryId: string,
  push: ManifestPush,
  { digest, manifest, platforms }: ReadManifest,
): Promise<MissingContent> {
  const repository = await lockRepository(tx, repositoryId)
  if (repository === null) throw new AppError('NAME_UNKNOWN')
  const blobs = await listMissingBlobs(tx, repository, manifest)
  const children = await readChildren(tx, repository.id, manifest)
  if (push.digest !== null && push.precondition.kind !== 'none') {
    const existing = await findManifest(tx, repository.id, digest)
    if (!meetsPrecondition(push.precondition, existing?.digest ?? null)) throw new AppError('PRECONDITION_FAILED')
  }
  const now = new Date()
  await insertManifest(tx, repository.id, {
    digest,
    mediaType: manifest.mediaType,
    content: push.content,
    sizeBytes: push.content.byteLength,
    artifactType: manifest.artifactType,
    subjectDigest: manifest.subjectDigest,
    annotations: manifest.annotations,
    references: manifest.references,
    totalSizeBytes: BigInt(push.content.byteLength) + manifest.referencedBytes + children.totalSizeBytes,
    // Of a config that only other repositories have, nothing is told.
    platforms: blobs.blobs.some((missing) => missing === manifest.imageConfigDigest) ? [] : platforms,
    pushedBy: principal.name,
    now,
  })
  await moveTags(tx, principal, repository, push, digest, now)
  return { ...blobs, children: children.missing }
}

/** Rolls back a push that the rule refuses, and says for which tags. */
class RefusedMoves extends Error {
  constructor(readonly refusals: readonly [TagRefusal, ...TagRefusal[]]) {
    super('the rule refuses this push')
  }
}

/** Points every tag of a push at its manifest. Throws RefusedMoves with all that are refused, PRECONDITION_FAILED. */
async function moveTags(
  tx: SqlTransaction,
  principal: Principal,
  repository: RepositoryForTraffic,
  push: ManifestPush,
  digest: Digest,
  now: Date,
): Promise<void> {
  const precondition: TagPrecondition = push.digest === null ? push.precondition : { kind: 'none' }
  const refusals: TagRefusal[] = []
  // In one order for all pushes: two that move the same tags the other way round would wait for each other for ever.
  for (const name of push.tags.toSorted()) {
    const move = await moveTag(tx, repository, { name, digest, precondition, movedBy: principal.name, now })
    if (move.outcome === 'refused') refusals.push(move.refusal)
    else if (move.outcome !== 'unchanged') {
      const previousDigest = move.outcome === 'moved' ? move.previousDigest : null
      await recordMove(tx, repository, principal, { tag: name, previousDigest, digest, now })
    }
  }
  const [first, ...others] = refusals
  if (first !== undefined) throw new RefusedMoves([first, ...others])
}

/** How many missing blobs a refusal names. */
const namedDigestsMax = 10

/**
 * Config and layers must be in the repository, unless its namespace accepts sparse manifests; nondistributable layers need
 * not be. Answers those that are not. Throws MANIFEST_BLOB_UNKNOWN.
 */
async function listMissingBlobs(
  tx: SqlTransaction,
  repository: RepositoryForTraffic,
  { references, foreignDigests }: ParsedManifest,
): Promise<Pick<MissingContent, 'blobs' | 'foreignBlobs'>> {
  const named = new Set(references.filter(({ kind }) => kind !== 'MANIFEST').map(({ digest }) => digest))
  const missing = await listUnlinkedBlobs(tx, repository.id, [...named])
  const blobs = missing.filter((digest) => !foreignDigests.has(digest))
  if (blobs.length > 0 && !repository.acceptSparseManifests) {
    throw new AppError('MANIFEST_BLOB_UNKNOWN', {
      detail: { digests: blobs.slice(0, namedDigestsMax), count: blobs.length },
    })
  }
  return { blobs, foreignBlobs: missing.filter((digest) => foreignDigests.has(digest)) }
}

/**
 * What the children of an index come to, and which of them are not in the repository. They need not be: the specification
 * lets an index be sparse, and clients that copy single platforms push such indexes.
 */
async function readChildren(
  tx: SqlTransaction,
  repositoryId: string,
  { references }: ParsedManifest,
): Promise<{ readonly totalSizeBytes: bigint; readonly missing: readonly string[] }> {
  const children = references.filter(({ kind }) => kind === 'MANIFEST').map(({ digest }) => digest)
  const found = children.length === 0 ? [] : await listManifestSummaries(tx, repositoryId, children)
  const digests = new Set(found.map(({ digest }) => digest))
  return {
    totalSizeBytes: found.reduce((sum, child) => sum + child.totalSizeBytes, 0n),
    missing: children.filter((digest) => !digests.has(digest)),
  }
}

/**
 * After the rollback, in a transaction of its own: a refusal changes nothing but the ledger. If that fails, the push is
 * still refused.
 */
async function recordRefusals(
  ctx: Context,
  principal: Principal,
  repository: RepositoryForTraffic,
  refusals: readonly TagRefusal[],
): Promise<void> {
  const now = new Date()
  try {
    await ctx.db.sqlTransaction(async (tx) => {
      for (const refusal of refusals) await recordRefusal(tx, repository, principal, refusal, now)
    })
  } catch (error) {
    const tags = refusals.map(({ tag }) => tag)
    ctx.log.error({ err: error, repository: repository.path, tags }, 'a refused push could not be recorded')
  }
}
