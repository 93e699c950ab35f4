import type { Principal } from '@/lib/domain/principal'
import { type Permission, permissionOfRank } from '@/lib/domain/access'
import { AppError } from '@/lib/domain/errors'
import { listRanks } from '@/lib/metadata/access'
import type { Source } from '@/lib/metadata/engine/database'
import { type NamespaceRow, countRepositoriesOf, findNamespace } from '@/lib/metadata/namespaces'
import type { Versioned } from '@/lib/registry/versions'
import { viewerOf } from '@/lib/registry/authorize'

/** A namespace as the console and the API show it. Times are UTC, ISO 8601. */
export interface NamespaceDetails extends Omit<NamespaceRow, 'version' | 'createdAt' | 'updatedAt'> {
  readonly repositoryCount: number
  readonly createdAt: string
  readonly updatedAt: string
  /** The reader's permission on the whole namespace; null when the reader may only see that it exists. */
  readonly access: Permission | null
}

/** Returns the namespace. Throws NOT_FOUND. */
export async function requireNamespace(db: Source, id: string): Promise<NamespaceRow> {
  const namespace = await findNamespace(db, id)
  if (namespace === null) throw new AppError('NOT_FOUND')
  return namespace
}

/** Returns the details of namespaces, as shown to a principal. */
export async function describeNamespaces(
  db: Source,
  principal: Principal,
  rows: readonly NamespaceRow[],
): Promise<NamespaceDetails[]> {
  const viewer = viewerOf(principal)
  const ids = rows.map((row) => row.id)
  const [countOf, rankOf] = await Promise.all([
    countRepositoriesOf(db, viewer, ids),
    listRanks(db, viewer, 'namespace', ids),
  ])
  return rows.map(({ version: _, createdAt, updatedAt, ...shown }) => ({
    ...shown,
    repositoryCount: countOf(shown.id),
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
    access: permissionOfRank(rankOf(shown.id)),
  }))
}

/** Returns the details of a namespace, as shown to a principal. */
export async function describeNamespace(
  db: Source,
  principal: Principal,
  row: NamespaceRow,
): Promise<Versioned<NamespaceDetails>> {
  const [value] = await describeNamespaces(db, principal, [row])
  return { value: value as NamespaceDetails, version: String(row.version) }
}
