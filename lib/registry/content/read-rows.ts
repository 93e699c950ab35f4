import { type ManifestRow, listManifestRows } from '@/lib/metadata/manifest-content'
import type { Context } from '@/lib/context'
import { turns } from '@/lib/registry/give-turns'

/** Rows of one statement: thousands at once would hold up other requests. */
const batchSize = 200

/** Those of `digests` that are manifests of the repository, by digest. Gives other requests turns. */
export async function readManifestRows(
  ctx: Context,
  repositoryId: string,
  digests: readonly string[],
): Promise<ReadonlyMap<string, ManifestRow>> {
  const giveTurn = turns()
  const found = new Map<string, ManifestRow>()
  for (let start = 0; start < digests.length; start += batchSize) {
    const rows = await listManifestRows(ctx.db, repositoryId, digests.slice(start, start + batchSize))
    for (const row of rows) found.set(row.digest, row)
    await giveTurn()
  }
  return found
}
