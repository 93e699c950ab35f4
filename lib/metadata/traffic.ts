import { createId } from '@/lib/domain/ids'
import type { InstanceHostParts } from '@/lib/domain/instance-host'
import { type SqlSource, type SqlTransaction, sql } from './engine/database'
import { type RepositoryForTraffic, findRepositoryByPath } from './repositories'

/** What a container client's request looks up before anything else: its instance, and a repository a push may make. */

/** An instance, as a container client's request needs it. */
export interface InstanceForTraffic {
  readonly id: string
  /** Whether PUBLIC repositories can be pulled from without credentials. */
  readonly allowAnonymousPull: boolean
}

/** The instance whose host name has these parts, or null. */
export async function findInstanceByHost(
  source: SqlSource,
  { name, regionId }: InstanceHostParts,
): Promise<InstanceForTraffic | null> {
  const [row] = await sql(source).$queryRaw<InstanceForTraffic[]>`
    SELECT "id", "allowAnonymousPull" FROM "Instance" WHERE "regionId" = ${regionId} AND "name" = ${name}`
  return row ?? null
}

/** The instance that serves every host that is no instance's, or null while there is no instance. */
export async function findDefaultInstance(source: SqlSource): Promise<InstanceForTraffic | null> {
  const [row] = await sql(source).$queryRaw<InstanceForTraffic[]>`
    SELECT "id", "allowAnonymousPull" FROM "Instance" WHERE "isDefault" LIMIT 1`
  return row ?? null
}

/**
 * The repository a first push makes, with its namespace's defaults; null when the namespace is missing or forbids it. Of
 * pushes at the same time one makes it, and all of them get it.
 */
export async function createRepositoryOnPush(
  tx: SqlTransaction,
  push: { readonly instanceId: string; readonly namespace: string; readonly name: string; readonly createdBy: string },
): Promise<RepositoryForTraffic | null> {
  const { instanceId, name, createdBy } = push
  const path = `${push.namespace}/${name}`
  const now = new Date()
  await tx.$executeRaw`
    INSERT INTO "Repository" ("id", "instanceId", "namespaceId", "name", "path", "type", "tagImmutability", "summary",
      "description", "version", "createdAt", "updatedAt", "updatedBy")
    SELECT ${createId('repository')}, "instanceId", "id", ${name}, ${path}, "defaultRepositoryType",
      "defaultTagImmutability", '', '', 1, ${now}, ${now}, ${createdBy}
    FROM "Namespace" WHERE "instanceId" = ${instanceId} AND "name" = ${push.namespace} AND "autoCreateRepository"
    ON CONFLICT ("instanceId", "path") DO NOTHING`
  return findRepositoryByPath(tx, instanceId, path)
}
