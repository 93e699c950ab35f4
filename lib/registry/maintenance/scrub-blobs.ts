import type { z } from 'zod'
import { type Digest, digestAlgorithm } from '@/lib/domain/digest'
import { AppError } from '@/lib/domain/errors'
import { findManifest } from '@/lib/metadata/manifests'
import { type ManifestKey, type ScrubbedBlob, listBlobsToScrub, listManifestKeys } from '@/lib/metadata/scrub'
import { digestOf } from '@/lib/storage/hash'
import type { Context } from '@/lib/context'
import { judgeBlob } from '@/lib/registry/judge-blob'
import { paceOf } from './pace'
import type { Run } from '@/lib/jobs/job'
import type { scrubCounts } from './maintenance-run-details'

type ScrubRun = Run<z.output<typeof scrubCounts>>

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
    await run.count({ examinedBlobs: 1, examinedBytes, corruptBlobs: isCorrupt ? 1 : 0 })
  } catch (err) {
    if (run.signal.aborted) throw err
    scrub.unreadable += 1
    ctx.log.error({ err, digest }, 'a blob could not be read again')
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
