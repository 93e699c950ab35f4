import { AppError } from '@/lib/domain/errors'
import { type Viewer, visibleNamespace, visibleRepository } from './access'
import type { Source, Transaction } from './engine/database'
import { isForeignKeyViolation, isUniqueViolation } from './engine/failures'
import { Prisma } from './generated/sqlite/client'
import { type Slice, type Sql, allOf, contains, inOrder } from './engine/listing'

/** A namespace as stored. */
export interface NamespaceRow {
  readonly id: string
  readonly instanceId: string
  readonly name: string
  readonly autoCreateRepository: boolean
  readonly defaultRepositoryType: 'PUBLIC' | 'PRIVATE'
  readonly defaultTagImmutability: boolean
  /** Whether a manifest may name blobs that its repository does not have. */
  readonly acceptSparseManifests: boolean
  /** For how many days garbage collection keeps a manifest that nothing reaches any more; 0: for ever. */
  readonly untaggedRetentionDays: number
  readonly version: number
  readonly createdAt: Date
  readonly updatedAt: Date
}

/** What may change of a namespace. */
export type NamespaceSettings = Pick<
  NamespaceRow,
  | 'autoCreateRepository'
  | 'defaultRepositoryType'
  | 'defaultTagImmutability'
  | 'acceptSparseManifests'
  | 'untaggedRetentionDays'
>

/** Which namespaces of an instance a list shows: those a viewer knows of, whose name holds a text. */
export interface NamespaceFilter {
  readonly viewer: Viewer | null
  readonly instanceId: string
  readonly search?: string | undefined
}

/** The namespace, or null. */
export async function findNamespace(db: Source, id: string): Promise<NamespaceRow | null> {
  return db.prisma.namespace.findUnique({ where: { id } })
}

/** The namespace of that name in the instance, or null. */
export async function findNamespaceByName(db: Source, instanceId: string, name: string): Promise<NamespaceRow | null> {
  return db.prisma.namespace.findUnique({ where: { instanceId_name: { instanceId, name } } })
}

/** Namespaces of an instance by name. */
export async function listNamespaces(db: Source, filter: NamespaceFilter, slice: Slice): Promise<NamespaceRow[]> {
  return db.read.$queryRaw<NamespaceRow[]>`
    SELECT n.* FROM "Namespace" n WHERE ${matching(filter)} ${inOrder(Prisma.sql`n."name"`, Prisma.sql`n."id"`, slice)}`
}

/** How many namespaces the list has. */
export async function countNamespaces(db: Source, filter: NamespaceFilter): Promise<number> {
  const [row] = await db.read.$queryRaw<{ count: bigint }[]>`
    SELECT count(*) AS "count" FROM "Namespace" n WHERE ${matching(filter)}`
  return Number(row?.count)
}

function matching({ viewer, instanceId, search }: NamespaceFilter): Sql {
  return allOf([
    Prisma.sql`n."instanceId" = ${instanceId}`,
    visibleNamespace(viewer),
    search === undefined ? undefined : contains(Prisma.sql`n."name"`, search),
  ])
}

/** How many repositories that a viewer may pull from each of the namespaces has. */
export async function countRepositoriesOf(
  db: Source,
  viewer: Viewer | null,
  namespaceIds: readonly string[],
): Promise<(id: string) => number> {
  if (namespaceIds.length === 0) return () => 0
  const isIn = Prisma.sql`r."namespaceId" IN (${Prisma.join([...namespaceIds])})`
  const rows = await db.read.$queryRaw<{ namespaceId: string; count: bigint }[]>`
    SELECT r."namespaceId", count(*) AS "count" FROM "Repository" r WHERE ${allOf([isIn, visibleRepository(viewer)])}
    GROUP BY r."namespaceId"`
  const counts = new Map(rows.map((row) => [row.namespaceId, Number(row.count)]))
  return (id) => counts.get(id) ?? 0
}

/** Adds a namespace. Throws ALREADY_EXISTS when its instance has one of that name. */
export async function insertNamespace(
  tx: Transaction,
  namespace: NamespaceSettings & Pick<NamespaceRow, 'id' | 'instanceId' | 'name'>,
): Promise<NamespaceRow> {
  try {
    return await tx.prisma.namespace.create({ data: namespace })
  } catch (error) {
    if (!isUniqueViolation(error)) throw error
    const message = `the instance has a namespace ${namespace.name}`
    throw new AppError('ALREADY_EXISTS', { message, fields: [{ path: 'name', message }], cause: error })
  }
}

/** Changes a namespace that still has `version`; null when it has not. */
export async function updateNamespace(
  tx: Transaction,
  { id, version }: { readonly id: string; readonly version: number },
  changes: Partial<NamespaceSettings>,
): Promise<NamespaceRow | null> {
  const data = { ...changes, version: { increment: 1 } }
  const { count } = await tx.prisma.namespace.updateMany({ where: { id, version }, data })
  return count === 0 ? null : findNamespace(tx, id)
}

/** Deletes a namespace that still has `version`; returns whether it had. Throws NOT_EMPTY while it has repositories. */
export async function deleteNamespace(
  tx: Transaction,
  { id, version }: { readonly id: string; readonly version: number },
): Promise<boolean> {
  try {
    const { count } = await tx.prisma.namespace.deleteMany({ where: { id, version } })
    return count > 0
  } catch (error) {
    if (!isForeignKeyViolation(error)) throw error
    throw new AppError('NOT_EMPTY', { message: 'the namespace has repositories', cause: error })
  }
}
