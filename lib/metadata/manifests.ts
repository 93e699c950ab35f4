import type { ManifestReference } from '@/lib/domain/manifest'
import { type Db, type Transaction, preparedReads } from './database'

/** A manifest as a pull gets it. */
export interface StoredManifest {
  readonly digest: string
  readonly mediaType: string
  /** The bytes as they were pushed. */
  readonly content: Uint8Array
  readonly sizeBytes: number
}

const pullFields = { digest: true, mediaType: true, content: true, sizeBytes: true } as const

/** The manifest of a digest, or null. */
export async function findManifest(db: Db, repositoryId: string, digest: string): Promise<StoredManifest | null> {
  const reads = preparedReads(db)
  return reads
    ? reads.manifest(repositoryId, digest)
    : db.manifest.findUnique({ where: { repositoryId_digest: { repositoryId, digest } }, select: pullFields })
}

/** The manifest a tag points at, or null; one query, so that it is the tag's at one moment. */
export async function findManifestByTag(db: Db, repositoryId: string, tag: string): Promise<StoredManifest | null> {
  const reads = preparedReads(db)
  if (reads) return reads.manifestOfTag(repositoryId, tag)
  const row = await db.tag.findUnique({
    where: { repositoryId_name: { repositoryId, name: tag } },
    select: { manifest: { select: pullFields } },
  })
  return row?.manifest ?? null
}

/** A manifest to store, with what was found out about it. */
export interface NewManifest extends StoredManifest {
  readonly artifactType: string | null
  readonly subjectDigest: string | null
  readonly annotations: Readonly<Record<string, string>>
  readonly references: readonly ManifestReference[]
  readonly totalSizeBytes: bigint
  readonly platforms: readonly string[]
  readonly pushedBy: string
  readonly now: Date
}

/** Stores a manifest unless the repository has it already; then nothing changes. */
export async function insertManifest(tx: Transaction, repositoryId: string, manifest: NewManifest): Promise<void> {
  const { digest, references, subjectDigest } = manifest
  const annotations = subjectDigest === null ? null : JSON.stringify(manifest.annotations)
  // In SQL, because Prisma's upsert and create read back what they wrote: a quarter of the cost, on every push.
  const inserted = await tx.$executeRaw`
    INSERT INTO "Manifest" ("repositoryId", "digest", "mediaType", "artifactType", "subjectDigest", "annotations",
      "content", "sizeBytes", "totalSizeBytes", "platforms", "pushedBy", "createdAt")
    VALUES (${repositoryId}, ${digest}, ${manifest.mediaType}, ${manifest.artifactType}, ${subjectDigest}, ${annotations},
      ${manifest.content}, ${manifest.sizeBytes}, ${manifest.totalSizeBytes}, ${manifest.platforms.join(',')},
      ${manifest.pushedBy}, ${manifest.now})
    ON CONFLICT ("repositoryId", "digest") DO NOTHING`
  if (inserted === 0 || references.length === 0) return
  await tx.manifestReference.createMany({
    data: references.map(({ digest: childDigest, kind }) => ({
      repositoryId,
      parentDigest: digest,
      childDigest,
      kind,
    })),
  })
}

/** Deletes a manifest with its references; answers whether there was one. No tag may point at it any more. */
export async function deleteManifest(tx: Transaction, repositoryId: string, digest: string): Promise<boolean> {
  const { count } = await tx.manifest.deleteMany({ where: { repositoryId, digest } })
  return count > 0
}

/** Total sizes and platforms of those of `digests` that are manifests of the repository. */
export async function listManifestSummaries(
  db: Db,
  repositoryId: string,
  digests: readonly string[],
): Promise<{ digest: string; totalSizeBytes: bigint }[]> {
  return db.manifest.findMany({
    where: { repositoryId, digest: { in: [...digests] } },
    select: { digest: true, totalSizeBytes: true },
  })
}
