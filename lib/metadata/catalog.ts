import type { Db } from './database'

/** Up to `limit` paths of repositories of an instance after `last`, in byte order. */
export async function listRepositoryPaths(db: Db, instanceId: string, limit: number, last: string): Promise<string[]> {
  const rows = await db.repository.findMany({
    where: { instanceId, path: { gt: last } },
    orderBy: { path: 'asc' },
    take: limit,
    select: { path: true },
  })
  return rows.map((row) => row.path)
}
