import { type SqlSource, type SqlTransaction, sql } from './database'
import { engineOf } from './engine'
import { Prisma } from './generated/sqlite/client'

/** What a push or pull must know of a repository, as it is now. */
export interface RepositoryForTraffic {
  readonly id: string
  readonly instanceId: string
  /** `<namespace>/<name>`. */
  readonly path: string
  readonly tagImmutability: boolean
  /** Of its namespace: whether a manifest may name blobs that the repository does not have. */
  readonly acceptSparseManifests: boolean
}

/** The repository an image's address names, or null. */
export async function findRepositoryByPath(
  source: SqlSource,
  instanceId: string,
  path: string,
): Promise<RepositoryForTraffic | null> {
  const [row] = await sql(source).$queryRaw<RepositoryForTraffic[]>`
    SELECT r."id", r."instanceId", r."path", r."tagImmutability", n."acceptSparseManifests"
    FROM "Repository" r JOIN "Namespace" n ON n."id" = r."namespaceId"
    WHERE r."instanceId" = ${instanceId} AND r."path" = ${path}`
  return row ?? null
}

/**
 * The repository's row, locked against settings changes until the transaction ends; null when it is gone. What it says
 * of immutability is what every push that commits before the next settings change is judged by (immutability.md,
 * part 4). Pushes hold it together. On SQLite the transaction has held the write lock since its start.
 */
export async function lockRepository(tx: SqlTransaction, id: string): Promise<RepositoryForTraffic | null> {
  return readLocked(tx, id, Prisma.sql`FOR SHARE OF r`)
}

/**
 * The same for who takes something away that a push may count on (a blob, a manifest): alone, so that no push is half
 * way through while it decides.
 */
export async function lockRepositoryExclusively(tx: SqlTransaction, id: string): Promise<RepositoryForTraffic | null> {
  return readLocked(tx, id, Prisma.sql`FOR UPDATE OF r`)
}

async function readLocked(tx: SqlTransaction, id: string, lock: Prisma.Sql): Promise<RepositoryForTraffic | null> {
  const [row] = await tx.$queryRaw<RepositoryForTraffic[]>`
    SELECT r."id", r."instanceId", r."path", r."tagImmutability", n."acceptSparseManifests"
    FROM "Repository" r JOIN "Namespace" n ON n."id" = r."namespaceId"
    WHERE r."id" = ${id} ${engineOf(tx).provider === 'sqlite' ? Prisma.empty : lock}`
  return row ?? null
}
