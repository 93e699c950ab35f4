import { isIndexType } from '@/lib/domain/content-kind'
import { attestationOf } from '@/lib/domain/content/index-children'
import {
  type ContentDescriptor,
  type ManifestContent,
  readManifestContent,
} from '@/lib/domain/content/manifest-content'
import { parseDigest } from '@/lib/domain/digest'
import { referrersTag } from '@/lib/domain/referrers-tag'
import { type AttachmentScope, attachmentParts, countAttachments } from '@/lib/metadata/attachments'
import { type ManifestRow, listIndexesOf } from '@/lib/metadata/manifest-content'
import { findIndexContent } from '@/lib/metadata/referrers'
import { findTag } from '@/lib/metadata/tags'
import type { Context } from '@/lib/context'
import { turns } from '@/lib/registry/give-turns'
import { readManifestRows } from './read-rows'

/** Any index is read as one of this type. */
const indexType = 'application/vnd.oci.image.index.v1+json'

/** How many indexes of an image are searched for its attestations, and how large each may be, in bytes. */
const indexesMax = 20
const indexMaxBytes = 512 * 1024

/** A scope, with the tag under which an index of referrers lists some of it. */
export interface AttachmentsOf extends AttachmentScope {
  /** The tag of the referrers tag schema. */
  readonly referrersTag: string
  /** Those of `listedDigests` that the index under that tag lists. */
  readonly underTag: ReadonlySet<string>
}

/**
 * Returns where the attachments of a manifest are: BuildKit puts attestations into the index, and clients of registries
 * without a referrers API keep an index under a tag. `content` is what the manifest says, null if it cannot be read.
 */
export async function attachmentScope(
  ctx: Context,
  repositoryId: string,
  { digest, mediaType }: Pick<ManifestRow, 'digest' | 'mediaType'>,
  content: ManifestContent | null,
): Promise<AttachmentsOf> {
  const tag = referrersTag(parseDigest(digest))
  const attested = isIndexType(mediaType)
    ? (content?.children ?? []).filter((child) => attestationOf(child) !== null).map((child) => child.digest)
    : await listAttestationsOf(ctx, repositoryId, digest)
  const underTag = await listUnderTag(ctx, repositoryId, tag)
  const listedDigests = [...new Set([...attested, ...underTag])].filter((listed) => listed !== digest)
  return { repositoryId, digest, tagPrefix: `${tag}.`, listedDigests, referrersTag: tag, underTag }
}

/** How many attachments there are. */
export async function countAll({ db }: Context, scope: AttachmentScope): Promise<number> {
  const giveTurn = turns()
  let count = 0
  for (const part of attachmentParts) {
    count += await countAttachments(db, scope, part)
    await giveTurn()
  }
  return count
}

/** The attestations of an image that the indexes list that name it. */
async function listAttestationsOf(ctx: Context, repositoryId: string, image: string): Promise<string[]> {
  const giveTurn = turns()
  const found: string[] = []
  for (const index of await listIndexesOf(ctx.db, repositoryId, image, indexesMax)) {
    const children = await readChildren(ctx, repositoryId, index)
    found.push(...children.filter((child) => attestationOf(child)?.image === image).map((child) => child.digest))
    await giveTurn()
  }
  return found
}

/** The manifests that the index under a tag lists and that name no subject. */
async function listUnderTag(ctx: Context, repositoryId: string, name: string): Promise<ReadonlySet<string>> {
  const tag = await findTag(ctx.db, repositoryId, name)
  const children = tag === null ? [] : await readChildren(ctx, repositoryId, tag.digest)
  const digests = children.map((child) => child.digest)
  const rows = [...(await readManifestRows(ctx, repositoryId, digests)).values()]
  return new Set(rows.filter(({ subjectDigest }) => subjectDigest === null).map((row) => row.digest))
}

/** The children of an index; none of another manifest and of one that is too large. */
async function readChildren(ctx: Context, repositoryId: string, digest: string): Promise<readonly ContentDescriptor[]> {
  const content = await findIndexContent(ctx.db, repositoryId, digest, indexMaxBytes)
  return content === null ? [] : (readManifestContent(content, indexType)?.children ?? [])
}
