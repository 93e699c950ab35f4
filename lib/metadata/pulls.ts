import { hash } from 'node:crypto'
import type { InstanceHostParts } from '@/lib/domain/instance-host'
import { type DirectReads, type Question, question } from './engine/database'
import { type Answer, RememberedRows } from './remembered-rows'
import type { RepositoryForCaller } from './repositories'

/** What a pull asks for. What is not the path of a repository, a tag or a digest is not found. */
export interface PullQuery {
  readonly instance: InstanceHostParts | 'default'
  readonly path: string
  /** A tag or a digest. */
  readonly reference: string
}

/** A manifest, and what decides whether the caller may pull it. */
export interface PulledManifest {
  readonly repository: RepositoryForCaller
  readonly digest: string
  readonly mediaType: string
  /** The bytes as they were pushed: they were compared to the digest. */
  readonly content: Buffer
  readonly sizeBytes: number
  /** When it was last pushed or requested by HEAD, to the hour. */
  readonly seenAt: Date
}

/** A repository's link to a blob that no scrub found corrupt, and what decides whether the caller may pull it. */
export interface PulledBlob {
  readonly repository: RepositoryForCaller
  readonly digest: string
  readonly sizeBytes: number
  /** When the repository last had it pushed, mounted or asked for, to the hour. */
  readonly seenAt: Date
}

/** Most bytes that are remembered. */
const rememberedMaxBytes = 8 * 1024 * 1024

/** Largest answer, in bytes, that is found here and remembered: a few large manifests must not displace all others. */
const answerMaxBytes = 128 * 1024

/** About what an answer takes in memory besides the bytes of a manifest. */
const answerBytes = 1024

/**
 * Finds in one statement what a pull needs: instance, repository, the caller's rank, and the content. An answer is
 * remembered until the database says that something was committed (docs/decisions/0028-short-way.md).
 */
export class Pulls {
  readonly #rows: RememberedRows<PulledManifest | PulledBlob>

  constructor(reads: DirectReads) {
    this.#rows = new RememberedRows(reads, {
      maxBytes: rememberedMaxBytes,
      maxEntryBytes: answerMaxBytes,
      bytesOf: (answer) => answerBytes + ('content' in answer ? answer.content.length : 0),
    })
  }

  /**
   * The manifest of a tag or digest; null when there is none, when it is large, or when its bytes no longer match its
   * digest. `subjectId` is that of the user or the robot; empty for the anonymous.
   */
  findManifest(subjectId: string, query: PullQuery): Answer<PulledManifest> {
    return this.#find(manifests, subjectId, query)
  }

  /** The link to the blob of a digest, or null. `subjectId` as in `findManifest`. */
  findBlob(subjectId: string, query: PullQuery): Answer<PulledBlob> {
    return this.#find(blobs, subjectId, query)
  }

  #find<Row, T extends PulledManifest | PulledBlob>(
    { name, ask, toAnswer }: PullKind<Row, T>,
    subjectId: string,
    query: PullQuery,
  ): Answer<T> {
    const { instance, path, reference } = query
    const host = instance === 'default' ? '' : `${instance.name}.${instance.regionId}`
    const key = `${subjectId} ${host}/${path}/${name}/${reference}`
    return this.#rows.find<Row, T>({ key, question: ask(subjectId, query), toAnswer: (row) => toAnswer(row, query) })
  }
}

/** How one kind of content is found. */
interface PullKind<Row, T> {
  readonly name: string
  readonly ask: (subjectId: string, query: PullQuery) => Question
  readonly toAnswer: (row: Row, query: PullQuery) => T | null
}

/** What both statements read first. */
interface StoredRepository extends Omit<RepositoryForCaller, 'isPublic'> {
  readonly type: string
}

interface StoredManifest extends StoredRepository, Omit<PulledManifest, 'repository' | 'content'> {
  /** Null when it is large. */
  readonly content: Buffer | null
}

const manifests: PullKind<StoredManifest, PulledManifest> = {
  name: 'manifests',
  ask: askForManifest,
  toAnswer(found) {
    const { digest, mediaType, content, sizeBytes, seenAt } = found
    if (content === null || !isDigestOf(digest, content)) return null
    return { repository: repositoryOf(found), digest, mediaType, content, sizeBytes, seenAt }
  },
}

/** A tag has no colon, so a digest is nobody's tag. */
function askForManifest(subjectId: string, { instance, path, reference }: PullQuery): Question {
  const { name, regionId } = instance === 'default' ? defaultInstance : instance
  return question`
    SELECT r."id", r."instanceId", r."namespaceId", r."path", r."type", i."allowAnonymousPull",
      (SELECT COALESCE(MAX(CASE g."permission" WHEN 'MANAGE' THEN 3 WHEN 'PUSH' THEN 2 ELSE 1 END), 0) FROM "Grant" g
        WHERE g."subjectId" = ${subjectId} AND g."scopeId" IN (r."id", r."namespaceId", r."instanceId")) AS "rank",
      m."digest", m."mediaType", m."sizeBytes", m."seenAt",
      -- answerMaxBytes: larger ones are left to the long way, so that many at once take no more memory than they should.
      CASE WHEN m."sizeBytes" <= 131072 THEN m."content" END AS "content"
    FROM "Instance" i
    JOIN "Repository" r ON r."instanceId" = i."id" AND r."path" = ${path} AND NOT r."isDeleted"
    JOIN "Manifest" m ON m."repositoryId" = r."id" AND m."digest" = COALESCE(
      (SELECT t."digest" FROM "Tag" t WHERE t."repositoryId" = r."id" AND t."name" = ${reference}), ${reference})
    WHERE i."id" = CASE WHEN ${name} = '' THEN (SELECT d."id" FROM "Instance" d WHERE d."isDefault" LIMIT 1)
      ELSE (SELECT n."id" FROM "Instance" n WHERE n."regionId" = ${regionId} AND n."name" = ${name}) END`
}

interface StoredBlob extends StoredRepository {
  readonly sizeBytes: bigint
  readonly seenAt: Date
}

const blobs: PullKind<StoredBlob, PulledBlob> = {
  name: 'blobs',
  ask: askForBlob,
  toAnswer(found, { reference }) {
    const { sizeBytes, seenAt } = found
    return { repository: repositoryOf(found), digest: reference, sizeBytes: Number(sizeBytes), seenAt }
  },
}

function askForBlob(subjectId: string, { instance, path, reference }: PullQuery): Question {
  const { name, regionId } = instance === 'default' ? defaultInstance : instance
  return question`
    SELECT r."id", r."instanceId", r."namespaceId", r."path", r."type", i."allowAnonymousPull",
      (SELECT COALESCE(MAX(CASE g."permission" WHEN 'MANAGE' THEN 3 WHEN 'PUSH' THEN 2 ELSE 1 END), 0) FROM "Grant" g
        WHERE g."subjectId" = ${subjectId} AND g."scopeId" IN (r."id", r."namespaceId", r."instanceId")) AS "rank",
      b."sizeBytes", l."seenAt"
    FROM "Instance" i
    JOIN "Repository" r ON r."instanceId" = i."id" AND r."path" = ${path} AND NOT r."isDeleted"
    JOIN "RepositoryBlob" l ON l."repositoryId" = r."id" AND l."digest" = ${reference}
    JOIN "Blob" b ON b."digest" = l."digest" AND b."corruptAt" IS NULL
    WHERE i."id" = CASE WHEN ${name} = '' THEN (SELECT d."id" FROM "Instance" d WHERE d."isDefault" LIMIT 1)
      ELSE (SELECT n."id" FROM "Instance" n WHERE n."regionId" = ${regionId} AND n."name" = ${name}) END`
}

/** No instance has an empty name. */
const defaultInstance: InstanceHostParts = { name: '', regionId: '' }

function repositoryOf({ id, instanceId, namespaceId, path, type, allowAnonymousPull, rank }: StoredRepository) {
  return { id, instanceId, namespaceId, path, isPublic: type === 'PUBLIC', allowAnonymousPull, rank }
}

function isDigestOf(digest: string, content: Buffer): boolean {
  const colon = digest.indexOf(':')
  return hash(digest.slice(0, colon), content) === digest.slice(colon + 1)
}
