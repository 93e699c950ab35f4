import { setImmediate } from 'node:timers/promises'
import type { Principal } from '@/lib/domain/principal'
import { type Digest, digestAlgorithm } from '@/lib/domain/digest'
import { AppError } from '@/lib/domain/errors'
import { type TagPrecondition, type TagRefusal, meetsPrecondition } from '@/lib/domain/immutability'
import { type ParsedManifest, assertCountable, isLargeManifest, parseManifest } from '@/lib/domain/manifest'
import { invalidManifest } from '@/lib/domain/manifest-json'
import type { TagName } from '@/lib/domain/reference'
import { listLinkedSizes } from '@/lib/metadata/blobs'
import type { SqlTransaction } from '@/lib/metadata/engine/database'
import { findManifest, insertManifest, listManifestSummaries } from '@/lib/metadata/manifests'
import { type RepositoryForTraffic, lockRepository } from '@/lib/metadata/repositories'
import { digestOf } from '@/lib/storage/hash'
import type { Context } from '@/lib/context'
import { moveAndRecord } from '@/lib/registry/move-and-record'
import { RefusedMoves, noteAudited, recordingRefusals } from '@/lib/registry/refused-moves'
import { type OpenedRepository, assertOpened } from '@/lib/registry/traffic/opened-repository'
import { findPlatforms } from './image-platforms'
import { type MissingContent, warningsOfPush } from '@/lib/registry/missing-content'

/** A manifest as the client sent it. */
export interface ManifestPush {
  /** The digest it must have if it was pushed by digest, else null. */
  readonly digest: Digest | null
  /** Tags to point at it, without duplicates: the tag it was pushed by, and those of `tag` parameters. */
  readonly tags: readonly TagName[]
  readonly content: Uint8Array
  readonly contentType: string | undefined
  /** Applies to the tag it was pushed by, or to the manifest if it was pushed by digest. */
  readonly precondition: TagPrecondition
}

/** The result of a push. */
export interface PushedManifest {
  readonly digest: Digest
  readonly subjectDigest: Digest | null
  /** What the user should know although the push succeeded. */
  readonly warnings: readonly string[]
}

/**
 * Stores a manifest and points its tags at it, all or nothing, in one transaction.
 *
 * Throws DIGEST_INVALID, MANIFEST_INVALID, MANIFEST_BLOB_UNKNOWN, PRECONDITION_FAILED, STORAGE_FULL, or the reason of a
 * refused move (`RefusalReason`). Nothing is stored then, except a ledger entry for a refused move.
 */
export async function pushManifest(
  ctx: Context,
  principal: Principal,
  repository: OpenedRepository,
  push: ManifestPush,
): Promise<PushedManifest> {
  assertOpened(repository, principal, 'push')
  ctx.reserve.assertRoomForContent()
  // A large manifest takes tens of milliseconds to read, and as many to store: one at a time, with a turn for other
  // requests before each.
  const inTurn = <T>(work: () => T | Promise<T>) =>
    isLargeManifest(push.content.byteLength) ? ctx.manifestTurns.pass(() => setImmediate().then(work)) : work()
  const { digest, manifest } = await inTurn(() => readManifest(push))
  const platforms = await findPlatforms(ctx, manifest)
  const stored = await recordingRefusals(ctx, principal, async () =>
    inTurn(() =>
      ctx.db.sqlTransaction((tx) => store(tx, principal, repository.id, push, { digest, manifest, platforms })),
    ),
  )
  const warnings = [...noteAudited(ctx, stored.wouldBeRefused), ...warningsOfPush(stored.missing)]
  return { digest, subjectDigest: manifest.subjectDigest, warnings }
}

function readManifest(push: ManifestPush): Omit<ReadManifest, 'platforms'> {
  const digest = digestOf(push.content, push.digest === null ? 'sha256' : digestAlgorithm(push.digest))
  if (push.digest !== null && push.digest !== digest) {
    throw new AppError('DIGEST_INVALID', { detail: { expected: push.digest, actual: digest } })
  }
  return { digest, manifest: parseManifest(push.content, push.contentType) }
}

interface ReadManifest {
  readonly digest: Digest
  readonly manifest: ParsedManifest
  readonly platforms: readonly string[]
}

/** What the user should know of a push that was stored. */
interface Stored {
  readonly missing: MissingContent
  /** Moves that mode `audit` let through. */
  readonly wouldBeRefused: readonly TagRefusal[]
}

async function store(
  tx: SqlTransaction,
  principal: Principal,
  repositoryId: string,
  push: ManifestPush,
  { digest, manifest, platforms }: ReadManifest,
): Promise<Stored> {
  // In one go, and in this order: what is read after the lock is there until the transaction ends.
  const [repository, linked, children] = await Promise.all([
    lockRepository(tx, repositoryId),
    readBlobs(tx, repositoryId, manifest),
    readChildren(tx, repositoryId, manifest),
  ])
  if (repository === null) throw new AppError('NAME_UNKNOWN')
  const blobs = listMissingBlobs(repository, manifest, linked)
  assertSizes(manifest, children.sizes)
  const totalSizeBytes = BigInt(push.content.byteLength) + manifest.referencedBytes + children.totalSizeBytes
  assertCountable(totalSizeBytes)
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
    totalSizeBytes,
    // Do not reveal the content of a config that only other repositories have.
    platforms: blobs.blobs.some((missing) => missing === manifest.imageConfigDigest) ? [] : platforms,
    pushedBy: principal.name,
    now,
  })
  const wouldBeRefused = await moveTags(tx, principal, repository, push, digest, now)
  return { missing: { ...blobs, children: children.missing }, wouldBeRefused }
}

/**
 * Points every tag of a push at its manifest; returns the moves that only mode `audit` let through. Throws RefusedMoves
 * with all refused tags, or PRECONDITION_FAILED.
 */
async function moveTags(
  tx: SqlTransaction,
  principal: Principal,
  repository: RepositoryForTraffic,
  push: ManifestPush,
  digest: Digest,
  now: Date,
): Promise<TagRefusal[]> {
  const precondition: TagPrecondition = push.digest === null ? push.precondition : { kind: 'none' }
  const refusals: TagRefusal[] = []
  const wouldBeRefused: TagRefusal[] = []
  // The same order for all pushes: two pushes that move the same tags in different orders would deadlock.
  for (const name of push.tags.toSorted()) {
    const move = await moveAndRecord(tx, principal, repository, { name, digest, precondition, now })
    if (move.outcome === 'refused') refusals.push(move.refusal)
    else if (move.outcome !== 'unchanged' && move.wouldBeRefused !== undefined) wouldBeRefused.push(move.wouldBeRefused)
  }
  const [first, ...others] = refusals
  if (first !== undefined) throw new RefusedMoves(repository, [first, ...others])
  return wouldBeRefused
}

/** How many missing blobs the error names. */
const namedDigestsMax = 10

/** Sizes in bytes by digest. */
type Sizes = ReadonlyMap<string, bigint>

const noSizes: Sizes = new Map()

/** The sizes of the config and the layers that are in the repository. */
async function readBlobs(tx: SqlTransaction, repositoryId: string, { references }: ParsedManifest): Promise<Sizes> {
  const named = blobsOf(references)
  return named.size === 0 ? noSizes : listLinkedSizes(tx, repositoryId, [...named])
}

function blobsOf(references: ParsedManifest['references']): ReadonlySet<Digest> {
  return new Set(references.filter(({ kind }) => kind !== 'MANIFEST').map(({ digest }) => digest))
}

/**
 * Returns the config and layers that are not in the repository, which has those that are `linked`. Throws
 * MANIFEST_BLOB_UNKNOWN if any is missing, unless it is a nondistributable layer or the namespace accepts sparse
 * manifests; MANIFEST_INVALID if one has another size than its descriptor states.
 */
function listMissingBlobs(
  repository: RepositoryForTraffic,
  manifest: ParsedManifest,
  linked: Sizes,
): Pick<MissingContent, 'blobs' | 'foreignBlobs'> {
  assertSizes(manifest, linked)
  const { references, foreignDigests } = manifest
  const missing = [...blobsOf(references)].filter((digest) => !linked.has(digest))
  const blobs = missing.filter((digest) => !foreignDigests.has(digest))
  if (blobs.length > 0 && !repository.acceptSparseManifests) {
    throw new AppError('MANIFEST_BLOB_UNKNOWN', {
      detail: { digests: blobs.slice(0, namedDigestsMax), count: blobs.length },
    })
  }
  return { blobs, foreignBlobs: missing.filter((digest) => foreignDigests.has(digest)) }
}

interface Children {
  readonly totalSizeBytes: bigint
  /** Of those that are in the repository. */
  readonly sizes: Sizes
  readonly missing: readonly string[]
}

/**
 * Returns the total size of an index's children, and which of them are not in the repository. Children may be missing:
 * the specification allows sparse indexes, and clients that copy single platforms push them.
 */
async function readChildren(
  tx: SqlTransaction,
  repositoryId: string,
  { references, childBlobs }: ParsedManifest,
): Promise<Children> {
  const children = references.filter(({ kind }) => kind === 'MANIFEST').map(({ digest }) => digest)
  if (children.length === 0) return { totalSizeBytes: 0n, sizes: noSizes, missing: [] }
  const [manifests, blobs] = await Promise.all([
    listManifestSummaries(tx, repositoryId, children),
    childBlobs.size === 0 ? noSizes : listLinkedSizes(tx, repositoryId, [...childBlobs]),
  ])
  const sizes = new Map([...manifests.map(({ digest, sizeBytes }) => [digest, BigInt(sizeBytes)] as const), ...blobs])
  return {
    totalSizeBytes: manifests.reduce((sum, child) => sum + child.totalSizeBytes, 0n),
    sizes,
    missing: children.filter((digest) => !sizes.has(digest)),
  }
}

/** Throws MANIFEST_INVALID if something has another size than its descriptor states: containerd could not pull it. */
function assertSizes({ statedSizes }: ParsedManifest, sizes: Sizes): void {
  for (const [digest, sizeBytes] of sizes) {
    const stated = statedSizes.get(digest)
    if (stated !== undefined && BigInt(stated) !== sizeBytes) {
      throw invalidManifest(`it states ${stated} bytes for ${digest}, which has ${sizeBytes}`)
    }
  }
}
