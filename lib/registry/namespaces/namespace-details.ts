import type { Principal } from '@/lib/domain/principal'
import { type Permission, permissionOfRank } from '@/lib/domain/access'
import { AppError } from '@/lib/domain/errors'
import type { ImmutabilityMode, ImmutabilityRule } from '@/lib/domain/immutability'
import { listRanks } from '@/lib/metadata/access'
import type { Source } from '@/lib/metadata/engine/database'
import { type NamespaceRow, countRepositoriesOf, findNamespace } from '@/lib/metadata/namespaces'
import type { Versioned } from '@/lib/registry/versions'
import { viewerOf } from '@/lib/registry/authorize'

/** A namespace as the console and the API show it. Times are UTC, ISO 8601. */
export interface NamespaceDetails extends Pick<
  NamespaceRow,
  | 'id'
  | 'instanceId'
  | 'name'
  | 'autoCreateRepository'
  | 'defaultRepositoryType'
  | 'acceptSparseManifests'
  | 'untaggedRetentionDays'
> {
  /** Whether new repositories get mode `enforce`. */
  readonly defaultTagImmutability: boolean
  readonly defaultImmutability: { mode: ImmutabilityMode; exemptTags: string[]; source: 'namespace' | 'instance' }
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

/** The namespace's own default for the policy of new repositories, or null. */
export function ownDefault({ defaultImmutabilityMode, defaultExemptTags }: NamespaceRow): ImmutabilityRule | null {
  if (defaultImmutabilityMode === null || defaultExemptTags === null) return null
  return { immutabilityMode: defaultImmutabilityMode, exemptTags: defaultExemptTags }
}

/** The settings of a namespace that has this default of its own; null: none. */
export function settingsOfDefault(
  own: ImmutabilityRule | null,
): Pick<NamespaceRow, 'defaultImmutabilityMode' | 'defaultExemptTags'> {
  return { defaultImmutabilityMode: own?.immutabilityMode ?? null, defaultExemptTags: own?.exemptTags ?? null }
}

/** The policy that new repositories of the namespace get, and where it comes from. */
export function policyForNew(
  namespace: NamespaceRow,
): ImmutabilityRule & { readonly immutabilitySource: 'namespace' | 'instance' } {
  const own = ownDefault(namespace)
  return own === null
    ? { ...namespace.instanceDefault, immutabilitySource: 'instance' }
    : { ...own, immutabilitySource: 'namespace' }
}

function toDefaultDetails(row: NamespaceRow): NamespaceDetails['defaultImmutability'] {
  const { immutabilityMode: mode, exemptTags, immutabilitySource: source } = policyForNew(row)
  return { mode, exemptTags: [...exemptTags], source }
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
  return rows.map((row) => ({
    id: row.id,
    instanceId: row.instanceId,
    name: row.name,
    autoCreateRepository: row.autoCreateRepository,
    defaultRepositoryType: row.defaultRepositoryType,
    defaultTagImmutability: policyForNew(row).immutabilityMode === 'enforce',
    defaultImmutability: toDefaultDetails(row),
    acceptSparseManifests: row.acceptSparseManifests,
    untaggedRetentionDays: row.untaggedRetentionDays,
    repositoryCount: countOf(row.id),
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
    access: permissionOfRank(rankOf(row.id)),
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
