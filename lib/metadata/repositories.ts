import { type Db, type Transaction, preparedReads } from './database'

/** What a push or pull must know of a repository, as it is now. */
export interface RepositoryForTraffic {
  readonly id: string
  readonly instanceId: string
  /** `<namespace>/<name>`. */
  readonly path: string
  readonly tagImmutability: boolean
}

const trafficFields = { id: true, instanceId: true, path: true, tagImmutability: true } as const

/** The repository an image's address names, or null. */
export async function findRepositoryByPath(
  db: Db,
  instanceId: string,
  path: string,
): Promise<RepositoryForTraffic | null> {
  const reads = preparedReads(db)
  if (reads === undefined) {
    return db.repository.findUnique({ where: { instanceId_path: { instanceId, path } }, select: trafficFields })
  }
  const row = reads.repository(instanceId, path)
  return row && { ...row, tagImmutability: row.tagImmutability === 1 }
}

/**
 * The repository's row, locked against settings changes until the transaction ends; null when it is gone. What it says
 * of immutability is what every push that commits before the next settings change is judged by (immutability.md,
 * part 4). On SQLite the transaction has held the write lock since its start; PostgreSQL will need FOR SHARE here.
 */
export async function lockRepository(tx: Transaction, id: string): Promise<RepositoryForTraffic | null> {
  const [row] = await tx.$queryRaw<RepositoryForTraffic[]>`
    SELECT "id", "instanceId", "path", "tagImmutability" FROM "Repository" WHERE "id" = ${id}`
  return row ?? null
}
