import { createId } from '@/lib/domain/ids'
import type { InstanceHostParts } from '@/lib/domain/instance-host'
import { type SqlSource, type Transaction, sql } from './database'
import { type RepositoryForTraffic, findRepositoryByPath } from './repositories'

/** What a container client's request looks up before anything else: its instance, and a repository a push may make. */

/** The id of the instance whose host name has these parts, or null. */
export async function findInstanceIdByHost(
  source: SqlSource,
  { name, regionId }: InstanceHostParts,
): Promise<string | null> {
  const [row] = await sql(source).$queryRaw<{ id: string }[]>`
    SELECT "id" FROM "Instance" WHERE "regionId" = ${regionId} AND "name" = ${name}`
  return row?.id ?? null
}

/** The id of the instance that serves every host that is no instance's, or null while there is no instance. */
export async function findDefaultInstanceId(source: SqlSource): Promise<string | null> {
  const [row] = await sql(source).$queryRaw<{ id: string }[]>`SELECT "id" FROM "Instance" WHERE "isDefault" LIMIT 1`
  return row?.id ?? null
}

/** The repository a first push makes, with its namespace's defaults; null when the namespace is missing or forbids it. */
export async function createRepositoryOnPush(
  tx: Transaction,
  push: { readonly instanceId: string; readonly namespace: string; readonly name: string; readonly createdBy: string },
): Promise<RepositoryForTraffic | null> {
  const { instanceId, name, createdBy } = push
  const path = `${push.namespace}/${name}`
  const existing = await findRepositoryByPath(tx, instanceId, path)
  if (existing !== null) return existing
  const namespace = await tx.namespace.findUnique({
    where: { instanceId_name: { instanceId, name: push.namespace } },
    select: { id: true, autoCreateRepository: true, defaultRepositoryType: true, defaultTagImmutability: true },
  })
  if (namespace === null || !namespace.autoCreateRepository) return null
  await tx.repository.create({
    data: {
      id: createId('repository'),
      instanceId,
      namespaceId: namespace.id,
      name,
      path,
      type: namespace.defaultRepositoryType,
      tagImmutability: namespace.defaultTagImmutability,
      summary: '',
      description: '',
      updatedBy: createdBy,
    },
    select: { id: true },
  })
  return findRepositoryByPath(tx, instanceId, path)
}
