import { findBlobSizes, findKeeping, findManifestSizes, listNamed, listReferring } from '@/lib/metadata/space'
import type { TagTarget } from '@/lib/metadata/tags'
import type { BoundedReads } from './bounded-reads'
import { Holding, blobsElsewhere, blobsHeldElsewhere } from './holding'

/** The room that a tag takes, in bytes of blobs and manifests. */
export interface TagSpace {
  readonly sizeBytes: number
  readonly exclusiveBytes: number
  readonly sharedBytes: number
  readonly ifDeletedBytes: number
  readonly isComplete: boolean
}

/** How many manifests of a tag are looked at. */
const manifestsMax = 20_000

type Sizes = Map<string, number>

/** Returns how much room a tag takes, as far as `reads` may look. */
export async function measureTag(
  reads: BoundedReads,
  repositoryId: string,
  { name, digest }: TagTarget,
): Promise<TagSpace> {
  const keeping = await findKeeping(reads.source, repositoryId)
  const { manifests, blobs, isAll } = await findReached(reads, repositoryId, digest)

  const all = new Set(manifests.keys())
  const strict = new Holding(reads, repositoryId, { except: name, within: all })
  const sharedManifests = await strict.manifests(all)
  const elsewhere = await blobsElsewhere(reads, repositoryId, [...blobs.keys()])
  const sharedBlobs = new Set([...elsewhere, ...(await strict.blobs(without(blobs.keys(), elsewhere)))])

  const lenient = new Holding(reads, repositoryId, { except: name })
  const heldManifests = await lenient.manifests(sharedManifests)
  const heldHere = await lenient.blobs(sharedBlobs)
  const heldBlobs = new Set([
    ...heldHere,
    ...(await blobsHeldElsewhere(reads, repositoryId, without(sharedBlobs, heldHere))),
  ])

  const sizeBytes = sumOf(manifests) + sumOf(blobs)
  const exclusiveBytes = sumOf(manifests, sharedManifests) + sumOf(blobs, sharedBlobs)
  return {
    sizeBytes,
    exclusiveBytes,
    sharedBytes: sizeBytes - exclusiveBytes,
    ifDeletedBytes: keeping?.keepsUntagged === true ? 0 : sumOf(manifests, heldManifests) + sumOf(blobs, heldBlobs),
    isComplete: isAll && !reads.isOver,
  }
}

/** All that a manifest reaches, with sizes in bytes. */
async function findReached(
  reads: BoundedReads,
  repositoryId: string,
  root: string,
): Promise<{ readonly manifests: Sizes; readonly blobs: Sizes; readonly isAll: boolean }> {
  const manifests: Sizes = new Map()
  const blobs: Sizes = new Map()
  const seen = new Set([root])
  for (let level = [root]; level.length > 0;) {
    const found: string[] = []
    const manifestsOf = (part: string[]) => findManifestSizes(reads.source, repositoryId, part)
    for await (const [, sizes] of reads.inParts(level, manifestsOf)) {
      for (const [digest, size] of sizes) {
        if (manifests.size >= manifestsMax) return { manifests, blobs, isAll: false }
        manifests.set(digest, size)
        found.push(digest)
      }
    }
    const blobsOf = (part: string[]) => findBlobSizes(reads.source, repositoryId, part)
    for await (const [, sizes] of reads.inParts(level, blobsOf)) {
      for (const [digest, size] of sizes) blobs.set(digest, size)
    }
    level = []
    for (const list of [listNamed, listReferring]) {
      for await (const edges of reads.edges(list, repositoryId, found)) {
        for (const { to } of edges) if (!seen.has(to)) level.push(to)
        for (const { to } of edges) seen.add(to)
      }
    }
    level = [...new Set(level)]
  }
  return { manifests, blobs, isAll: true }
}

/** Sum of the sizes, without those of `except`. */
function sumOf(sizes: Sizes, except: ReadonlySet<string> = new Set()): number {
  let sum = 0
  for (const [digest, size] of sizes) if (!except.has(digest)) sum += size
  return Math.min(sum, Number.MAX_SAFE_INTEGER)
}

function without(digests: Iterable<string>, except: ReadonlySet<string>): string[] {
  return [...digests].filter((digest) => !except.has(digest))
}
