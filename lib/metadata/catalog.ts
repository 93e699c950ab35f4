import { type Viewer, visibleRepository } from './access'
import { type SqlSource, sql } from './engine/database'
import { Prisma } from './generated/sqlite/client'
import { allOf } from './engine/listing'

/** Up to `limit` paths after `last`, in byte order: of the repositories of an instance that the viewer may pull from. */
export async function listRepositoryPaths(
  source: SqlSource,
  viewer: Viewer | null,
  instanceId: string,
  { limit, last }: { readonly limit: number; readonly last: string },
): Promise<string[]> {
  const condition = allOf([
    Prisma.sql`r."instanceId" = ${instanceId} AND r."path" > ${last}`,
    visibleRepository(viewer),
  ])
  const rows = await sql(source).$queryRaw<{ path: string }[]>`
    SELECT r."path" FROM "Repository" r WHERE ${condition} ORDER BY r."path" LIMIT ${limit}`
  return rows.map(({ path }) => path)
}
