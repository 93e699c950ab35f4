import { listOldUploads, removeUploads } from '@/lib/metadata/garbage'
import type { Context } from '@/lib/context'
import type { Run } from '@/lib/jobs/job'

/**
 * Deletes uploads that have not been written to since `cutoff`, and their remains: a row without a file, or a file
 * without a row. A dry run only counts them.
 */
export async function sweepUploads(
  ctx: Context,
  { cutoff, isDryRun }: { readonly cutoff: Date; readonly isDryRun: boolean },
  run: Run<{ removedUploads: number }>,
): Promise<void> {
  for await (const { id, changedAt } of ctx.blobs.listUploads()) {
    if (changedAt >= cutoff) continue
    if (!isDryRun) {
      // The row first: then no client can continue the upload, and after a crash the file is still found by its age.
      await removeUploads(ctx.db, [id])
      await ctx.blobs.abort(id)
    }
    await run.count({ removedUploads: 1 })
  }
  for (let after: string | null = null; ;) {
    const ids: string[] = await listOldUploads(ctx.db, after, cutoff)
    for (const id of ids) {
      if ((await ctx.blobs.uploadSize(id)) !== null) continue
      if (!isDryRun) await removeUploads(ctx.db, [id])
      await run.count({ removedUploads: 1 })
    }
    after = ids.at(-1) ?? null
    if (after === null) return
  }
}
