import { utimes } from 'node:fs/promises'
import type { Digest } from '@/lib/domain/digest'
import type { Run } from '@/lib/jobs/job'
import type { RunCounts } from '@/lib/metadata/maintenance-runs'
import { blobPath } from '@/lib/storage/filesystem/filesystem-layout'
import type { Context } from '@/lib/context'

/** A run that is not recorded: it adds up the counts that are not zero. */
export class TestRun implements Run<RunCounts> {
  readonly id = 1
  readonly isScheduled = false
  readonly counts: Record<string, number> = {}

  constructor(readonly signal = new AbortController().signal) {}

  readonly count = (more: Partial<RunCounts>): Promise<void> => {
    for (const [name, count = 0] of Object.entries(more)) {
      if (count > 0) this.counts[name] = (this.counts[name] ?? 0) + count
    }
    return Promise.resolve()
  }
}

/** Long enough ago for any grace period of a test. */
export const longAgo = new Date('2020-01-01')

/** Makes every link, blob, blob file and upload row one that was last seen long ago. */
export async function age(ctx: Context): Promise<void> {
  await ctx.db.prisma.repositoryBlob.updateMany({ data: { seenAt: longAgo } })
  await ctx.db.prisma.blob.updateMany({ data: { seenAt: longAgo } })
  await ctx.db.prisma.upload.updateMany({ data: { createdAt: longAgo } })
  for await (const { digest } of ctx.blobs.listBlobs()) await ageBytes(ctx, digest)
}

/** Makes every manifest one that was last seen long ago, and that no tag left since. */
export async function ageManifests({ db }: Pick<Context, 'db'>): Promise<void> {
  await db.prisma.manifest.updateMany({ data: { seenAt: longAgo } })
  await db.prisma.tagEvent.updateMany({ data: { createdAt: longAgo } })
}

/** Makes the file of a blob look published long ago. */
export async function ageBytes(ctx: Context, digest: string): Promise<void> {
  await utimes(blobPath(ctx.config.dataDir, digest as Digest), longAgo, longAgo)
}
