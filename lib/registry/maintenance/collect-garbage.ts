import type { Digest } from '@/lib/domain/digest'
import {
  type LinkKey,
  claimBlobs,
  listBlobs,
  listLinks,
  listUnknownBlobs,
  removeBlobs,
  removeLinks,
  unclaimBlobs,
} from '@/lib/metadata/garbage'
import type { SqlTransaction } from '@/lib/metadata/engine/database'
import { lockRepositoryExclusively } from '@/lib/metadata/repositories'
import type { StoredBlob } from '@/lib/storage/blob-store'
import { turns } from '@/lib/registry/give-turns'
import type { Context } from '@/lib/context'
import { collectManifests } from './collect-manifests'
import type { Collection, CollectionRun } from './collection'
import { sweepUploads } from './sweep-uploads'

/** What a collection keeps, and whether it removes anything. */
export type CollectionOptions = {
  /** Content that was pushed, mounted or asked for within this time is kept. */
  readonly graceSeconds: number
  /** If true, only counts what would be removed now. */
  readonly isDryRun: boolean
}

/** How many blob rows one transaction locks while it deletes their bytes: few, because pushes of these blobs wait. */
const heldBlobsMax = 25

/** How many stored blobs are looked up at once. */
const lookedUpMax = 500

/**
 * Removes manifests that nothing has reached for as long as their namespace keeps them (`collectManifests`), links to
 * blobs that no manifest of their repository refers to, blobs that no repository links to, bytes without a row in the
 * database, and abandoned uploads. Pushes and pulls continue meanwhile; it must not break these:
 *
 *     push of a blob                         collection of its bytes
 *     1 stores the bytes, marked now         1 finds no link, not seen since the cutoff
 *     2 locks and marks the row, links       2 locks and deletes the row, if still true
 *     3 checks the bytes: none, no 201       3 deletes the bytes, unless they were marked meanwhile
 *     4 commits                              4 commits
 *
 *     push of a manifest                     collection of links
 *     1 locks the repository (shared)        1 locks the repository (exclusive)
 *     2 finds the links it needs             2 finds that no manifest refers to the blob
 *     3 stores the manifest, commits         3 deletes the link, commits
 *
 *     push of a manifest or a tag            collection of manifests
 *     1 locks the repository (shared)        1 locks the repository (exclusive)
 *     2 stores, moves tags, commits          2 deletes, if nothing reaches them; commits
 *
 * docs/decisions/0008-garbage-collection.md explains why that is safe, also after a crash.
 */
export async function collectGarbage(
  ctx: Context,
  { graceSeconds, isDryRun }: CollectionOptions,
  run: CollectionRun,
): Promise<void> {
  const now = Date.now()
  const cutoff = new Date(now - graceSeconds * 1000)
  const collection = { ctx, now, cutoff, isDryRun, run, giveTurn: turns() }
  await collectManifests(collection)
  await collectLinks(collection)
  await collectBlobs(collection)
  await collectUnknownBlobs(collection)
  const uploadCutoff = new Date(now - ctx.config.maintenance.uploadExpiryHours * 3_600_000)
  await sweepUploads(ctx, { cutoff: uploadCutoff, isDryRun }, run)
}

async function collectLinks({ ctx, cutoff, isDryRun, run, giveTurn }: Collection): Promise<void> {
  for (let after: LinkKey | null = null; ;) {
    const links: Awaited<ReturnType<typeof listLinks>> = await listLinks(ctx.db, after, {
      cutoff,
      foreseen: isDryRun,
    })
    const unneeded = new Map<string, string[]>()
    for (const { repositoryId, digest, isUnneeded } of links) {
      if (isUnneeded) unneeded.set(repositoryId, [...(unneeded.get(repositoryId) ?? []), digest])
    }
    for (const [repositoryId, digests] of unneeded) {
      const removedLinks = isDryRun
        ? digests.length
        : await ctx.db.sqlTransaction(async (tx) => {
            if ((await lockRepositoryExclusively(tx, repositoryId)) === null) return 0
            return removeLinks(tx, repositoryId, digests, cutoff)
          })
      await run.count({ removedLinks })
    }
    after = links.at(-1) ?? null
    if (after === null) return
    await run.count({})
    await giveTurn()
  }
}

async function collectBlobs({ ctx, cutoff, isDryRun, run, giveTurn }: Collection): Promise<void> {
  for (let after: string | null = null; ;) {
    const blobs: Awaited<ReturnType<typeof listBlobs>> = await listBlobs(ctx.db, after, { cutoff, foreseen: isDryRun })
    await run.count({ examinedBlobs: blobs.length, examinedBytes: sumOf(blobs) })
    for (const batch of chunksOf(
      blobs.filter(({ isGarbage }) => isGarbage),
      heldBlobsMax,
    )) {
      const digests = batch.map(({ digest }) => digest as Digest)
      if (isDryRun) {
        const old = await filterAsync(batch, async ({ digest }) => wasPublishedBefore(ctx, digest as Digest, cutoff))
        await run.count({ removedBlobs: old.length, removedBytes: sumOf(old) })
        continue
      }
      const removed = await ctx.db.sqlTransaction(async (tx) => {
        const rows = await removeBlobs(tx, digests, cutoff)
        // Bytes marked meanwhile belong to a push that waits for the row: it inserts a new row.
        return filterAsync(rows, ({ digest }) => deleteBytes(ctx, tx, digest as Digest, cutoff))
      })
      await run.count({ removedBlobs: removed.length, removedBytes: sumOf(removed) })
    }
    after = blobs.at(-1)?.digest ?? null
    if (after === null) return
    await giveTurn()
  }
}

/** Removes bytes without a row: a process ended between publishing and linking them, or after deleting only the row. */
async function collectUnknownBlobs({ ctx, cutoff, isDryRun, run }: Collection): Promise<void> {
  const collect = async (stored: readonly StoredBlob[]) => {
    const unknown = await listUnknownBlobs(
      ctx.db,
      stored.map(({ digest }) => digest),
    )
    const orphans = stored
      .filter(({ digest, publishedAt }) => unknown.has(digest) && publishedAt < cutoff)
      .map(({ digest, sizeBytes }) => ({ digest, sizeBytes: BigInt(sizeBytes) }))
    await run.count({ examinedBlobs: orphans.length, examinedBytes: sumOf(orphans) })
    for (const batch of chunksOf(orphans, heldBlobsMax)) {
      const removed = isDryRun
        ? batch
        : await ctx.db.sqlTransaction(async (tx) => {
            const claimed = await claimBlobs(tx, batch, new Date())
            const deleted = await filterAsync(
              batch.filter(({ digest }) => claimed.has(digest)),
              ({ digest }) => deleteBytes(ctx, tx, digest, cutoff),
            )
            await unclaimBlobs(tx, claimed)
            return deleted
          })
      await run.count({ removedBlobs: removed.length, removedBytes: sumOf(removed) })
    }
  }
  let stored: StoredBlob[] = []
  for await (const blob of ctx.blobs.listBlobs()) {
    stored.push(blob)
    if (stored.length < lookedUpMax) continue
    await collect(stored)
    stored = []
  }
  await collect(stored)
}

/** Deletes a blob's bytes unless they were published since `cutoff`; returns whether it deleted any. */
async function deleteBytes(ctx: Context, tx: SqlTransaction, digest: Digest, cutoff: Date): Promise<boolean> {
  if (!(await wasPublishedBefore(ctx, digest, cutoff, tx))) return false
  await ctx.blobs.delete(digest, tx)
  return true
}

/** Returns whether the store has the blob's bytes and they were published before `cutoff`. */
async function wasPublishedBefore(ctx: Context, digest: Digest, cutoff: Date, tx?: SqlTransaction): Promise<boolean> {
  const publishedAt = await ctx.blobs.publishedAt(digest, tx)
  return publishedAt !== null && publishedAt < cutoff
}

function sumOf(blobs: readonly { readonly sizeBytes: bigint }[]): number {
  return Number(blobs.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0n))
}

function chunksOf<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, n) => items.slice(n * size, (n + 1) * size))
}

/** Returns the items that pass, checked one after another. */
async function filterAsync<T>(items: readonly T[], passes: (item: T) => Promise<boolean>): Promise<T[]> {
  const passed: T[] = []
  for (const item of items) if (await passes(item)) passed.push(item)
  return passed
}
