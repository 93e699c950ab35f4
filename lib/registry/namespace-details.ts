import { AppError } from '@/lib/domain/errors'
import type { Db } from '@/lib/metadata/database'
import { type NamespaceRow, countRepositoriesOf, findNamespace } from '@/lib/metadata/namespaces'
import type { Versioned } from './versions'

/** A namespace as the console and the API show it. Times are UTC, ISO 8601. */
export interface NamespaceDetails extends Omit<NamespaceRow, 'version' | 'createdAt' | 'updatedAt'> {
  readonly repositoryCount: number
  readonly createdAt: string
  readonly updatedAt: string
}

/** The namespace. Throws NOT_FOUND. */
export async function requireNamespace(db: Db, id: string): Promise<NamespaceRow> {
  const namespace = await findNamespace(db, id)
  if (namespace === null) throw new AppError('NOT_FOUND')
  return namespace
}

/** The namespace with all that is shown of it. */
export async function describeNamespace(db: Db, row: NamespaceRow): Promise<Versioned<NamespaceDetails>> {
  const countOf = await countRepositoriesOf(db, [row.id])
  return { value: toNamespaceDetails(row, countOf(row.id)), version: String(row.version) }
}

/** Joins what is shown of a namespace. */
export function toNamespaceDetails(row: NamespaceRow, repositoryCount: number): NamespaceDetails {
  const { version: _, createdAt, updatedAt, ...shown } = row
  return { ...shown, repositoryCount, createdAt: createdAt.toISOString(), updatedAt: updatedAt.toISOString() }
}
