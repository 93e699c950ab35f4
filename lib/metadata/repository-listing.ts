import { type Viewer, visibleRepository } from './access'
import type { Db } from './engine/database'
import { Prisma } from './generated/sqlite/client'
import { type Slice, type Sql, allOf, contains, inOrder } from './engine/listing'
import type { RepositoryRow } from './repository-settings'

/** Which repositories of an instance a list shows: of those a viewer may pull from. */
export interface RepositoryFilter {
  readonly viewer: Viewer | null
  readonly instanceId: string
  /** Exact name of a namespace. */
  readonly namespace?: string | undefined
  /** Exact name in its namespace. */
  readonly name?: string | undefined
  /** Part of `<namespace>/<name>`. */
  readonly search?: string | undefined
  readonly type?: 'PUBLIC' | 'PRIVATE' | undefined
  readonly tagImmutability?: boolean | undefined
}

/** What a list of repositories can be sorted by. */
export type RepositorySortKey = 'name' | 'createdAt' | 'updatedAt'

const sortColumns: Record<RepositorySortKey, Sql> = {
  name: Prisma.sql`r."name"`,
  createdAt: Prisma.sql`r."createdAt"`,
  updatedAt: Prisma.sql`r."updatedAt"`,
}

/** Repositories of an instance, sorted; equals by path. */
export async function listRepositories(
  db: Db,
  filter: RepositoryFilter,
  sortKey: RepositorySortKey,
  slice: Slice,
): Promise<RepositoryRow[]> {
  return db.$queryRaw<RepositoryRow[]>`
    SELECT r.* FROM "Repository" r WHERE ${matching(filter)}
    ${inOrder(sortColumns[sortKey], Prisma.sql`r."path"`, slice)}`
}

/** How many repositories the list has. */
export async function countRepositories(db: Db, filter: RepositoryFilter): Promise<number> {
  const [row] = await db.$queryRaw<{ count: bigint }[]>`
    SELECT count(*) AS "count" FROM "Repository" r WHERE ${matching(filter)}`
  return Number(row?.count)
}

function matching({ viewer, instanceId, namespace, name, search, type, tagImmutability }: RepositoryFilter): Sql {
  return allOf([
    Prisma.sql`r."instanceId" = ${instanceId}`,
    visibleRepository(viewer),
    namespace === undefined
      ? undefined
      : Prisma.sql`r."namespaceId" IN (
          SELECT "id" FROM "Namespace" WHERE "instanceId" = ${instanceId} AND "name" = ${namespace})`,
    name === undefined ? undefined : Prisma.sql`r."name" = ${name}`,
    search === undefined ? undefined : contains(Prisma.sql`r."path"`, search),
    type === undefined ? undefined : Prisma.sql`r."type" = ${type}`,
    tagImmutability === undefined ? undefined : Prisma.sql`r."tagImmutability" = ${tagImmutability}`,
  ])
}
