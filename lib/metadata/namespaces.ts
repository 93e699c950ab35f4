import { AppError } from '@/lib/domain/errors'
import type { ImmutabilityMode, ImmutabilityRule } from '@/lib/domain/immutability'
import { type Viewer, visibleNamespace, visibleRepository } from './access'
import type { Source, Transaction } from './engine/database'
import { isForeignKeyViolation, isUniqueViolation } from './engine/failures'
import { Prisma } from './generated/sqlite/client'
import { type Slice, type Sql, allOf, contains, inOrder } from './engine/listing'
import { parseExemptTags, storeExemptTags } from './immutability-policies'

/** A namespace as stored. */
export interface NamespaceRow {
  readonly id: string
  readonly instanceId: string
  readonly name: string
  readonly autoCreateRepository: boolean
  readonly defaultRepositoryType: 'PUBLIC' | 'PRIVATE'
  /** The policy of new repositories; null, and `defaultExemptTags` too: that of the instance. */
  readonly defaultImmutabilityMode: ImmutabilityMode | null
  readonly defaultExemptTags: readonly string[] | null
  /** The default of the instance. */
  readonly instanceDefault: ImmutabilityRule
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
  | 'defaultImmutabilityMode'
  | 'defaultExemptTags'
  | 'acceptSparseManifests'
  | 'untaggedRetentionDays'
>

/** A namespace as a statement reads it. */
type StoredNamespace = Omit<NamespaceRow, 'defaultExemptTags' | 'instanceDefault'> & {
  readonly defaultExemptTags: string | null
}

/** The default of an instance as a statement reads it. */
interface StoredDefault {
  readonly defaultImmutabilityMode: ImmutabilityMode
  readonly defaultExemptTags: string
}

function toNamespaceRow(stored: StoredNamespace, ofInstance: StoredDefault): NamespaceRow {
  const { defaultExemptTags } = stored
  return {
    ...stored,
    defaultExemptTags: defaultExemptTags === null ? null : parseExemptTags(defaultExemptTags),
    instanceDefault: {
      immutabilityMode: ofInstance.defaultImmutabilityMode,
      exemptTags: parseExemptTags(ofInstance.defaultExemptTags),
    },
  }
}

/** What reads a namespace together with the default of its instance. */
const withInstanceDefault = {
  include: { instance: { select: { defaultImmutabilityMode: true, defaultExemptTags: true } } },
} as const

/** Which namespaces of an instance a list shows: those a viewer knows of, with this name or whose name holds a text. */
export interface NamespaceFilter {
  readonly viewer: Viewer | null
  readonly instanceId: string
  readonly name?: string | undefined
  readonly search?: string | undefined
}

/** The namespace, or null. */
export async function findNamespace(db: Source, id: string): Promise<NamespaceRow | null> {
  return findUnique(db, { id })
}

/** The namespace of that name in the instance, or null. */
export async function findNamespaceByName(db: Source, instanceId: string, name: string): Promise<NamespaceRow | null> {
  return findUnique(db, { instanceId_name: { instanceId, name } })
}

async function findUnique(db: Source, where: Prisma.NamespaceWhereUniqueInput): Promise<NamespaceRow | null> {
  const found = await db.prisma.namespace.findUnique({ where, ...withInstanceDefault })
  if (found === null) return null
  const { instance, ...stored } = found
  return toNamespaceRow(stored, instance)
}

/** Namespaces of an instance by name. */
export async function listNamespaces(db: Source, filter: NamespaceFilter, slice: Slice): Promise<NamespaceRow[]> {
  const rows = await db.read.$queryRaw<(StoredNamespace & { instanceMode: ImmutabilityMode; instanceTags: string })[]>`
    SELECT n.*, i."defaultImmutabilityMode" AS "instanceMode", i."defaultExemptTags" AS "instanceTags"
    FROM "Namespace" n JOIN "Instance" i ON i."id" = n."instanceId"
    WHERE ${matching(filter)} ${inOrder(Prisma.sql`n."name"`, Prisma.sql`n."id"`, slice)}`
  return rows.map(({ instanceMode, instanceTags, ...stored }) =>
    toNamespaceRow(stored, { defaultImmutabilityMode: instanceMode, defaultExemptTags: instanceTags }),
  )
}

/** How many namespaces the list has. */
export async function countNamespaces(db: Source, filter: NamespaceFilter): Promise<number> {
  const [row] = await db.read.$queryRaw<{ count: bigint }[]>`
    SELECT count(*) AS "count" FROM "Namespace" n WHERE ${matching(filter)}`
  return Number(row?.count)
}

function matching({ viewer, instanceId, name, search }: NamespaceFilter): Sql {
  return allOf([
    Prisma.sql`n."instanceId" = ${instanceId}`,
    visibleNamespace(viewer),
    name === undefined ? undefined : Prisma.sql`n."name" = ${name}`,
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
    const { defaultExemptTags, ...others } = namespace
    const data = { ...others, defaultExemptTags: storeTags(defaultExemptTags) }
    const { instance, ...stored } = await tx.prisma.namespace.create({ data, ...withInstanceDefault })
    return toNamespaceRow(stored, instance)
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
  const { defaultExemptTags, ...others } = changes
  const stored = defaultExemptTags === undefined ? {} : { defaultExemptTags: storeTags(defaultExemptTags) }
  const data = { ...others, ...stored, version: { increment: 1 } }
  const { count } = await tx.prisma.namespace.updateMany({ where: { id, version }, data })
  return count === 0 ? null : findNamespace(tx, id)
}

function storeTags(exemptTags: readonly string[] | null): string | null {
  return exemptTags === null ? null : storeExemptTags(exemptTags)
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
