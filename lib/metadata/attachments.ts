import { isOneOf } from './engine/batches'
import type { SqlSource } from './engine/database'
import type { Sql } from './engine/listing'
import { Prisma } from './generated/sqlite/client'
import { type ManifestRow, manifestColumns } from './manifest-content'

/** Whose attachments are listed. */
export interface AttachmentScope {
  readonly repositoryId: string
  readonly digest: string
  /** What technical tags of the digest begin with, the dot included. */
  readonly tagPrefix: string
  /** Manifests that an index attaches to it. */
  readonly listedDigests: readonly string[]
}

/** How a manifest is attached: by its subject, by a technical tag, or because an index lists it. */
export const attachmentParts = ['subject', 'tag', 'listed'] as const
export type AttachmentPart = (typeof attachmentParts)[number]

/** A manifest that is attached to another. */
export interface AttachmentRow extends ManifestRow {
  readonly part: AttachmentPart
  /** The technical tag; null for other parts. */
  readonly tag: string | null
}

/** Which attachments of a part to read. */
export interface AttachmentSlice {
  readonly descending: boolean
  /** The tag or digest after which to start; null for the beginning. */
  readonly after: string | null
  readonly limit: number
}

/** Attachments of one part in order: those of part `tag` by tag, others by digest. Each manifest is in one part only. */
export async function listAttachments(
  source: SqlSource,
  scope: AttachmentScope,
  part: AttachmentPart,
  { descending, after, limit }: AttachmentSlice,
): Promise<AttachmentRow[]> {
  const [key, tag] =
    part === 'tag'
      ? [Prisma.sql`t."name"`, Prisma.sql`t."name" AS "tag"`]
      : [Prisma.sql`m."digest"`, Prisma.sql`NULL AS "tag"`]
  const comparison = descending ? Prisma.sql`<` : Prisma.sql`>`
  const start = after === null ? Prisma.empty : Prisma.sql`AND ${key} ${comparison} ${after}`
  const direction = descending ? Prisma.sql`DESC` : Prisma.sql`ASC`
  const rows = await source.read.$queryRaw<Omit<AttachmentRow, 'part'>[]>`
    SELECT ${tag}, ${manifestColumns} ${partOf(source, scope, part)} ${start} ORDER BY ${key} ${direction} LIMIT ${limit}`
  return rows.map((row) => ({ ...row, part }))
}

/** How many attachments a part has. */
export async function countAttachments(
  source: SqlSource,
  scope: AttachmentScope,
  part: AttachmentPart,
): Promise<number> {
  const [row] = await source.read.$queryRaw<{ count: bigint }[]>`
    SELECT count(*) AS "count" ${partOf(source, scope, part)}`
  return Number(row?.count)
}

function partOf(
  source: SqlSource,
  { repositoryId, digest, tagPrefix, listedDigests }: AttachmentScope,
  part: AttachmentPart,
): Sql {
  if (part === 'subject') {
    return Prisma.sql`FROM "Manifest" m WHERE m."repositoryId" = ${repositoryId} AND m."subjectDigest" = ${digest}`
  }
  // What follows the dot in ASCII ends the range.
  const isTechnical = Prisma.sql`t."repositoryId" = ${repositoryId} AND t."name" > ${tagPrefix}
    AND t."name" < ${`${tagPrefix.slice(0, -1)}/`}`
  if (part === 'tag') {
    return Prisma.sql`FROM "Tag" t
      JOIN "Manifest" m ON m."repositoryId" = t."repositoryId" AND m."digest" = t."digest"
      WHERE ${isTechnical} AND m."subjectDigest" IS DISTINCT FROM ${digest}`
  }
  return Prisma.sql`FROM "Manifest" m
    WHERE m."repositoryId" = ${repositoryId} AND m."subjectDigest" IS DISTINCT FROM ${digest}
      AND ${isOneOf(source, Prisma.sql`m."digest"`, listedDigests)}
      AND NOT EXISTS (SELECT 1 FROM "Tag" t WHERE ${isTechnical} AND t."digest" = m."digest")`
}

/** How many layers each of `digests` names, by digest; the same one counts once. */
export async function countFiles(
  source: SqlSource,
  repositoryId: string,
  digests: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const rows = await source.read.$queryRaw<{ parentDigest: string; count: bigint }[]>`
    SELECT "parentDigest", count(DISTINCT "childDigest") AS "count" FROM "ManifestReference"
    WHERE "repositoryId" = ${repositoryId} AND "kind" = 'LAYER'
      AND ${isOneOf(source, Prisma.sql`"parentDigest"`, digests)}
    GROUP BY "parentDigest"`
  return new Map(rows.map(({ parentDigest, count }) => [parentDigest, Number(count)]))
}
