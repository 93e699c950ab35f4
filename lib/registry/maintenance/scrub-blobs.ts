import type { z } from 'zod'
import { type Digest, digestAlgorithm } from '@/lib/domain/digest'
import { AppError } from '@/lib/domain/errors'
import { lockBlobs } from '@/lib/metadata/garbage'
import { findManifest } from '@/lib/metadata/manifests'
import {
  type ManifestKey,
  type ScrubbedBlob,
  listBlobsToScrub,
  listManifestKeys,
  listRepositoryPathsOf,
  setCorruptAt,
} from '@/lib/metadata/scrub'
import { digestOf } from '@/lib/storage/hash'
import { isIntact } from '@/lib/storage/is-intact'
import type { Context } from '@/lib/context'
import { paceOf } from './pace'
import type { Run } from '@/lib/jobs/job'
import type { scrubCounts } from './maintenance-run-details'

type ScrubRun = Run<z.output<typeof scrubCounts>>

/** How many of the repositories with a corrupt blob the log names. */
const namedRepositoriesMax = 10

/**
 * Reads all blobs and manifests again. A blob whose bytes no longer match its digest is quarantined and reported as
 * unknown until it is pushed again; so is a linked blob without bytes. Both are logged, as are manifests that have
 * changed. An earlier corrupt mark is removed when the bytes are correct again, for example restored from a backup.
 *
 * Throws UNAVAILABLE at the end when a blob could not be read: that does not mean that its bytes are corrupt.
 */
export async function scrubBlobs(
  ctx: Context,
  { mibPerSecond }: { readonly mibPerSecond: number | null },
  run: ScrubRun,
): Promise<void> {
  const scrub = { ctx, run, pace: paceOf(mibPerSecond, run.signal), unreadable: 0 }
  await scrubAllBlobs(scrub)
  await scrubManifests(scrub)
  if (scrub.unreadable > 0) {
    throw new AppError('UNAVAILABLE', { message: `${scrub.unreadable} blobs could not be read: the log names them` })
  }
}

interface Scrub {
  readonly ctx: Context
  readonly run: ScrubRun
  readonly pace: (bytes: number) => Promise<void>
  unreadable: number
}

async function scrubAllBlobs(scrub: Scrub): Promise<void> {
  for (let after: string | null = null; ;) {
    const blobs: ScrubbedBlob[] = await listBlobsToScrub(scrub.ctx.db, after)
    for (const blob of blobs) await scrubBlob(scrub, blob)
    after = blobs.at(-1)?.digest ?? null
    if (after === null) return
  }
}

async function scrubBlob(scrub: Scrub, blob: ScrubbedBlob): Promise<void> {
  const { ctx, run } = scrub
  const digest = blob.digest as Digest
  let examinedBytes = 0
  const pace = (bytes: number) => {
    examinedBytes += bytes
    return scrub.pace(bytes)
  }
  try {
    const isCorrupt = await judgeBlob(ctx, blob, pace)
    if (isCorrupt) {
      const repositories = await listRepositoryPathsOf(ctx.db, digest, namedRepositoriesMax)
      ctx.log.error({ digest, repositories }, 'a blob is corrupt or missing: push it again')
    }
    await run.count({ examinedBlobs: 1, examinedBytes, corruptBlobs: isCorrupt ? 1 : 0 })
  } catch (err) {
    if (run.signal.aborted) throw err
    scrub.unreadable += 1
    ctx.log.error({ err, digest }, 'a blob could not be read again')
  }
}

/** Reads a blob again, updates its corrupt mark, and returns whether it is corrupt or missing. */
async function judgeBlob(
  ctx: Context,
  { digest: text, isLinked, isCorrupt: wasCorrupt }: ScrubbedBlob,
  pace: (bytes: number) => Promise<void>,
): Promise<boolean> {
  const digest = text as Digest
  for (;;) {
    const publishedAt = await ctx.blobs.publishedAt(digest)
    const isGood = publishedAt !== null && (await isIntact(ctx.blobs, digest, pace).catch(whenGone))
    if (isGood && !wasCorrupt) return false
    // No repository needs the missing bytes.
    if (publishedAt === null && !isLinked) return false
    if (publishedAt === null && wasCorrupt) return true
    if (publishedAt === null) await assertReachable(ctx)
    const outcome = await ctx.db.sqlTransaction(async (tx) => {
      if (!(await lockBlobs(tx, [digest])).has(digest)) return 'collected'
      // If the blob was pushed or collected meanwhile, these are not the bytes that were read. From here on, pushes
      // wait.
      if ((await ctx.blobs.publishedAt(digest))?.getTime() !== publishedAt?.getTime()) return 'changed'
      await setCorruptAt(tx, digest, isGood ? null : new Date())
      if (!isGood) await quarantine(ctx, digest)
      return isGood ? 'good' : 'corrupt'
    })
    if (outcome !== 'changed') return outcome === 'corrupt'
  }
}

/** Treats a blob deleted before it could be read as not intact (`judgeBlob` then retries); rethrows other errors. */
function whenGone(error: unknown): boolean {
  if (AppError.is(error) && error.code === 'BLOB_UNKNOWN') return false
  throw error
}

/** Throws UNAVAILABLE when the store cannot list its blobs: then a missing blob proves nothing. */
async function assertReachable(ctx: Context): Promise<void> {
  await ctx.blobs.listBlobs()[Symbol.asyncIterator]().next()
}

/** Quarantines a blob's bytes. If that fails, the mark in the database still keeps the blob from being served. */
async function quarantine(ctx: Context, digest: Digest): Promise<void> {
  try {
    await ctx.blobs.quarantine(digest)
  } catch (err) {
    ctx.log.error({ err, digest }, 'the bytes of a corrupt blob could not be put aside')
  }
}

async function scrubManifests({ ctx, run, pace }: Scrub): Promise<void> {
  for (let after: ManifestKey | null = null; ;) {
    const keys: Awaited<ReturnType<typeof listManifestKeys>> = await listManifestKeys(ctx.db, after)
    for (const { repositoryId, digest, path } of keys) {
      const manifest = await findManifest(ctx.db, repositoryId, digest)
      if (manifest === null) continue
      await pace(manifest.content.byteLength)
      const isCorrupt = digestOf(manifest.content, digestAlgorithm(digest as Digest)) !== digest
      if (isCorrupt) ctx.log.error({ digest, repository: path }, 'a manifest is corrupt: push it again')
      await run.count({ examinedBytes: manifest.content.byteLength, corruptManifests: isCorrupt ? 1 : 0 })
    }
    after = keys.at(-1) ?? null
    if (after === null) return
  }
}
