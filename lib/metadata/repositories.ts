import { createId } from '@/lib/domain/ids'
import type { ImmutabilityRule } from '@/lib/domain/immutability'
import { type Question, type SqlSource, type SqlTransaction, question } from './engine/database'
import { type StoredPolicy, withPolicy } from './immutability-policies'
import { addToOutbox } from './outbox'

/** A repository as requests name it. */
export interface NamedRepository {
  readonly id: string
  readonly instanceId: string
  /** `<namespace>/<name>`. */
  readonly path: string
}

/** What a push must know of a repository, as it is now: only a lock holds the policy as it is (`lockRepository`). */
export interface RepositoryForTraffic extends NamedRepository, ImmutabilityRule {
  /** The namespace's setting: whether a manifest may name blobs that the repository does not have. */
  readonly acceptSparseManifests: boolean
}

/** The repository an image's address names, or null. */
export async function findRepositoryByPath(
  source: SqlSource,
  instanceId: string,
  path: string,
): Promise<NamedRepository | null> {
  const [row] = await source.read.$queryRaw<NamedRepository[]>`
    SELECT "id", "instanceId", "path" FROM "Repository"
    WHERE "instanceId" = ${instanceId} AND "path" = ${path} AND NOT "isDeleted"`
  return row ?? null
}

/** `<namespace>/<name>` of a repository, or null. */
export async function findRepositoryPath(source: SqlSource, id: string): Promise<string | null> {
  const [row] = await source.read.$queryRaw<{ path: string }[]>`
    SELECT "path" FROM "Repository" WHERE "id" = ${id} AND NOT "isDeleted"`
  return row?.path ?? null
}

/** A repository with what the caller may do there. */
export interface RepositoryForCaller extends NamedRepository {
  readonly namespaceId: string
  readonly isPublic: boolean
  /** The instance's setting: whether a PUBLIC repository can be pulled from without credentials. */
  readonly allowAnonymousPull: boolean
  /** Rank of the highest permission that a grant gives the subject here; 0 without one. */
  readonly rank: number
}

/**
 * The repository an image's address names, and what the subject is granted there (like `grantedRank`, but written out:
 * every request runs this, and a template without SQL fragments is the cheapest); or null.
 */
export async function findRepositoryForCaller(
  source: SqlSource,
  instanceId: string,
  path: string,
  subjectId: string,
): Promise<RepositoryForCaller | null> {
  const { query, values } = askForRepository(instanceId, path, subjectId)
  const [row] = await source.read.$queryRaw<StoredForCaller[]>(query, ...values)
  return row === undefined ? null : toRepositoryForCaller(row)
}

/** The statement of `findRepositoryForCaller`. Its rows are for `toRepositoryForCaller`. */
export function askForRepository(instanceId: string, path: string, subjectId: string): Question {
  return question`
    SELECT r."id", r."instanceId", r."namespaceId", r."path", r."type", i."allowAnonymousPull",
      (SELECT COALESCE(MAX(CASE g."permission" WHEN 'MANAGE' THEN 3 WHEN 'PUSH' THEN 2 ELSE 1 END), 0) FROM "Grant" g
        WHERE g."subjectId" = ${subjectId} AND g."scopeId" IN (r."id", r."namespaceId", r."instanceId")) AS "rank"
    FROM "Repository" r JOIN "Instance" i ON i."id" = r."instanceId"
    WHERE r."instanceId" = ${instanceId} AND r."path" = ${path} AND NOT r."isDeleted"`
}

/** A row of what `askForRepository` asks for. */
export interface StoredForCaller extends Omit<RepositoryForCaller, 'rank' | 'isPublic'> {
  readonly type: string
  readonly rank: bigint | number
}

/** The repository of such a row. */
export function toRepositoryForCaller({ type, rank, ...rest }: StoredForCaller): RepositoryForCaller {
  return { ...rest, isPublic: type === 'PUBLIC', rank: Number(rank) }
}

/**
 * The repository's row, locked against settings changes until the transaction ends; null when it is gone. Its
 * immutability policy applies to every push that commits before the next settings change (docs/immutability.md, part
 * 4). Several pushes can hold the lock at once. On SQLite the transaction has held the write lock since its start.
 */
export async function lockRepository(tx: SqlTransaction, id: string): Promise<RepositoryForTraffic | null> {
  if (tx.provider === 'sqlite') return readPolicy(tx, id)
  // Written out, like what a push runs otherwise: a template without SQL fragments is kept prepared.
  const [row] = await tx.$queryRaw<LockedRow[]>`
    SELECT r."id", r."instanceId", r."path", r."immutabilityMode", r."exemptTags", n."acceptSparseManifests"
    FROM "Repository" r JOIN "Namespace" n ON n."id" = r."namespaceId"
    WHERE r."id" = ${id} AND NOT r."isDeleted" FOR SHARE OF r`
  return row === undefined ? null : withPolicy(row)
}

/**
 * The same, exclusively, for callers that remove something a push may rely on (a blob, a manifest): no push is half
 * done while they decide.
 */
export async function lockRepositoryExclusively(tx: SqlTransaction, id: string): Promise<RepositoryForTraffic | null> {
  if (tx.provider === 'sqlite') return readPolicy(tx, id)
  const [row] = await tx.$queryRaw<LockedRow[]>`
    SELECT r."id", r."instanceId", r."path", r."immutabilityMode", r."exemptTags", n."acceptSparseManifests"
    FROM "Repository" r JOIN "Namespace" n ON n."id" = r."namespaceId"
    WHERE r."id" = ${id} AND NOT r."isDeleted" FOR UPDATE OF r`
  return row === undefined ? null : withPolicy(row)
}

type LockedRow = Omit<RepositoryForTraffic, keyof ImmutabilityRule> & StoredPolicy

/** On SQLite a transaction holds the write lock from its start. */
async function readPolicy(tx: SqlTransaction, id: string): Promise<RepositoryForTraffic | null> {
  const [row] = await tx.$queryRaw<LockedRow[]>`
    SELECT r."id", r."instanceId", r."path", r."immutabilityMode", r."exemptTags", n."acceptSparseManifests"
    FROM "Repository" r JOIN "Namespace" n ON n."id" = r."namespaceId"
    WHERE r."id" = ${id} AND NOT r."isDeleted"`
  return row === undefined ? null : withPolicy(row)
}

/**
 * The repository a first push makes, with the defaults of its namespace and instance; null when the namespace is
 * missing or forbids it, and while a deleted repository of this path is being removed. One of several concurrent pushes
 * makes it, and all of them get it.
 */
export async function createRepositoryOnPush(
  tx: SqlTransaction,
  push: { readonly instanceId: string; readonly namespace: string; readonly name: string; readonly createdBy: string },
): Promise<NamedRepository | null> {
  const { instanceId, name, createdBy } = push
  const path = `${push.namespace}/${name}`
  const now = new Date()
  const [created] = await tx.$queryRaw<(NamedRepository & StoredPolicy)[]>`
    INSERT INTO "Repository" ("id", "instanceId", "namespaceId", "name", "path", "type", "immutabilityMode",
      "exemptTags", "immutabilitySource", "summary", "description", "version", "createdAt", "updatedAt", "updatedBy")
    SELECT ${createId('repository')}, i."id", n."id", ${name}, ${path}, n."defaultRepositoryType",
      COALESCE(n."defaultImmutabilityMode", i."defaultImmutabilityMode"),
      COALESCE(n."defaultExemptTags", i."defaultExemptTags"),
      CASE WHEN n."defaultImmutabilityMode" IS NULL THEN 'instance' ELSE 'namespace' END,
      '', '', 1, ${now}, ${now}, ${createdBy}
    FROM "Namespace" n JOIN "Instance" i ON i."id" = n."instanceId"
    WHERE i."id" = ${instanceId} AND n."name" = ${push.namespace} AND n."autoCreateRepository"
    ON CONFLICT ("instanceId", "path") DO NOTHING
    RETURNING "id", "instanceId", "path", "immutabilityMode", "exemptTags"`
  if (created !== undefined) {
    const { immutabilityMode, exemptTags } = withPolicy(created)
    await addToOutbox(tx, created, { kind: 'POLICY_CHANGED', former: null, immutabilityMode, exemptTags })
  }
  return findRepositoryByPath(tx, instanceId, path)
}
