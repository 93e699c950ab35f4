import { AppError } from '@/lib/domain/errors'
import { parseManifest } from '@/lib/domain/manifest'
import {
  type CopyRoute,
  type MissingReference,
  copyManifestRow,
  copyReferences,
  listChildManifests,
} from '@/lib/metadata/content-copies'
import type { SqlSource, SqlTransaction } from '@/lib/metadata/engine/database'
import { findManifest } from '@/lib/metadata/manifests'
import { turns } from '@/lib/registry/give-turns'
import type { MissingContent } from '@/lib/registry/missing-content'

/**
 * The manifests of a repository that an index leads to, at any depth, each after its own children; not the index
 * itself.
 */
export async function listContent(source: SqlSource, repositoryId: string, root: string): Promise<string[]> {
  const giveTurn = turns()
  const listed = new Set<string>()
  const open = [{ digest: root, children: await listChildren(source, repositoryId, root) }]
  for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
    const next = top.children.pop()
    if (next === undefined) {
      open.pop()
      listed.add(top.digest)
    } else if (!listed.has(next)) {
      open.push({ digest: next, children: await listChildren(source, repositoryId, next) })
      await giveTurn()
    }
  }
  listed.delete(root)
  return [...listed]
}

async function listChildren(source: SqlSource, repositoryId: string, digest: string): Promise<string[]> {
  const children: string[] = []
  for (let page: string[] = []; ;) {
    page = await listChildManifests(source, repositoryId, digest, page.at(-1) ?? '')
    if (page.length === 0) return children
    children.push(...page)
  }
}

/** How a manifest is copied. */
interface ManifestCopy extends CopyRoute {
  /** The setting of the namespace that it is copied to. */
  readonly acceptSparseManifests: boolean
  readonly pushedBy: string
  readonly now: Date
  /** Lets other requests run, between two pages of what the manifest names. */
  readonly giveTurn: () => Promise<void>
}

/** What a copied manifest names and the target does not have. */
export interface MissingOfCopy extends MissingContent {
  /** Those of `children` that the source has: they were not copied before, or are gone again. */
  readonly uncopied: readonly string[]
}

/** How many missing blobs the error names. */
const namedDigestsMax = 10

/**
 * Stores a manifest of another repository with links to all blobs that it names, by the rules of a push. Both
 * repositories must be locked. Throws MANIFEST_UNKNOWN when the source no longer has it, and MANIFEST_BLOB_UNKNOWN when
 * config or layers are missing or corrupt there, unless they are nondistributable or the target accepts sparse
 * manifests.
 */
export async function copyManifest(tx: SqlTransaction, copy: ManifestCopy, digest: string): Promise<MissingOfCopy> {
  const { now, giveTurn } = copy
  if (!(await copyManifestRow(tx, copy, digest, copy))) {
    throw new AppError('MANIFEST_UNKNOWN', { detail: { reference: digest } })
  }
  const missing: MissingReference[] = []
  for (let after: string | null = ''; after !== null;) {
    const page: Awaited<ReturnType<typeof copyReferences>> = await copyReferences(tx, copy, digest, { after, now })
    missing.push(...page.missing)
    after = page.end
    await giveTurn()
  }
  const blobs = missing.filter(({ isBlob }) => isBlob).map((one) => one.digest)
  const children = missing.filter(({ isChild }) => isChild)
  return {
    ...(await sortMissing(tx, copy, digest, blobs)),
    children: children.map((one) => one.digest),
    uncopied: children.filter(({ isInSource }) => isInSource).map((one) => one.digest),
  }
}

async function sortMissing(
  tx: SqlTransaction,
  { to, acceptSparseManifests }: ManifestCopy,
  digest: string,
  missing: readonly string[],
): Promise<Pick<MissingContent, 'blobs' | 'foreignBlobs'>> {
  if (missing.length === 0) return { blobs: [], foreignBlobs: [] }
  const manifest = await findManifest(tx, to, digest)
  const foreign = manifest === null ? new Set() : parseManifest(manifest.content, manifest.mediaType).foreignDigests
  const blobs = missing.filter((one) => !foreign.has(one))
  if (blobs.length > 0 && !acceptSparseManifests) {
    throw new AppError('MANIFEST_BLOB_UNKNOWN', {
      detail: { manifest: digest, digests: blobs.slice(0, namedDigestsMax), count: blobs.length },
    })
  }
  return { blobs, foreignBlobs: missing.filter((one) => foreign.has(one)) }
}
