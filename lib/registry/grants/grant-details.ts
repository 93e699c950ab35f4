import type { Principal } from '@/lib/domain/principal'
import { AppError } from '@/lib/domain/errors'
import type { Viewer } from '@/lib/metadata/access'
import type { Source, Transaction } from '@/lib/metadata/engine/database'
import { type GrantRow, type GrantScope, findGrant, findGrantScope, listManageable } from '@/lib/metadata/grants'
import { lockName } from '@/lib/metadata/engine/locks'
import type { Versioned } from '@/lib/registry/versions'
import { type Authorizing, type Scope, authorize, authorizeProven, viewerOf } from '@/lib/registry/authorize'

/** A grant as the console and the API show it. Times are UTC, ISO 8601. */
export interface GrantDetails extends Pick<GrantRow, 'id' | 'permission' | 'createdBy'> {
  readonly subject: {
    readonly type: GrantRow['subjectType']
    readonly id: string
    readonly name: string
    readonly description: string
    readonly isDisabled: boolean
  }
  /** What the grant is on, with the names of what contains it. Names of narrower levels are null. */
  readonly scope: Pick<
    GrantRow,
    'instanceId' | 'regionId' | 'instanceName' | 'namespaceId' | 'namespace' | 'repositoryId' | 'repository'
  > & { readonly type: 'INSTANCE' | 'NAMESPACE' | 'REPOSITORY'; readonly id: string }
  readonly createdAt: string
  /** Whether the reader may change and revoke it. */
  readonly isManageable: boolean
}

/** Returns the details of grants, as shown to a viewer. */
export async function describeGrants(
  db: Source,
  viewer: Viewer | null,
  rows: readonly GrantRow[],
): Promise<GrantDetails[]> {
  const manageable = await listManageable(
    db,
    viewer,
    rows.map((row) => row.id),
  )
  return rows.map((row) => toGrantDetails(row, manageable.has(row.id)))
}

/** Returns the current details of a grant, as shown to a principal. Throws NOT_FOUND. */
export async function describeGrant(db: Source, principal: Principal, id: string): Promise<Versioned<GrantDetails>> {
  const row = await requireGrant(db, id)
  const [value] = await describeGrants(db, viewerOf(principal), [row])
  if (value === undefined || !(value.isManageable || row.subjectId === principal.id)) throw new AppError('NOT_FOUND')
  return { value, version: String(row.version) }
}

/**
 * Returns a grant that the principal may change. Locks all grants of its instance, so that nobody grants or revokes
 * with a permission that was removed meanwhile. Throws NOT_FOUND, also for a grant that the principal may not see, and
 * DENIED for the principal's own grant when the principal may not change it.
 */
export async function requireManagedGrant(tx: Transaction, principal: Principal, id: string): Promise<GrantRow> {
  const { instanceId } = await requireGrant(tx, id)
  await lockGrants(tx, instanceId)
  const { value } = await describeGrant(tx, principal, id)
  if (!value.isManageable) throw new AppError('DENIED')
  return requireGrant(tx, id)
}

/**
 * Returns a scope that the principal manages, to grant a permission on it. Locks all grants of its instance. Throws
 * NOT_FOUND and DENIED.
 */
export async function requireManagedScope(tx: Transaction, principal: Principal, id: string): Promise<GrantScope> {
  const { instanceId } = await requireGrantScope(tx, id)
  await lockGrants(tx, instanceId)
  return authorizeGrantScope({ db: tx }, principal, id)
}

/**
 * Returns the instance, namespace or repository with an id. The principal must manage it. Throws NOT_FOUND, DENIED, and
 * the errors of `authorizeProven`.
 */
export async function authorizeGrantScope(
  ctx: Authorizing & { readonly db: Source },
  principal: Principal,
  id: string,
): Promise<GrantScope> {
  authorizeProven(principal)
  const scope = await requireGrantScope(ctx.db, id)
  await authorize(ctx, principal, 'manage', toScope(scope))
  return scope
}

function toScope({ kind, id }: GrantScope): Scope {
  if (kind === 'instance') return { instanceId: id }
  return kind === 'namespace' ? { namespaceId: id } : { repositoryId: id }
}

async function requireGrantScope(db: Source, id: string): Promise<GrantScope> {
  const scope = await findGrantScope(db, id)
  if (scope === null) throw new AppError('NOT_FOUND')
  return scope
}

/** Returns the name of a grant in audit events: its subject and its scope. */
export function grantName(subject: string, { instanceName, namespace, repository }: GrantDetails['scope']): string {
  const path = [namespace, repository].filter((name) => name !== null).join('/')
  return `${subject} on ${path === '' ? instanceName : path}`
}

async function lockGrants(tx: Transaction, instanceId: string): Promise<void> {
  await lockName(tx, `grants:${instanceId}`)
}

async function requireGrant(db: Source, id: string): Promise<GrantRow> {
  const grant = await findGrant(db, id)
  if (grant === null) throw new AppError('NOT_FOUND')
  return grant
}

function toGrantDetails(row: GrantRow, isManageable: boolean): GrantDetails {
  return {
    id: row.id,
    subject: {
      type: row.subjectType,
      id: row.subjectId,
      name: row.subjectName,
      description: row.subjectDescription,
      isDisabled: row.isSubjectDisabled,
    },
    scope: {
      type: row.repositoryId !== null ? 'REPOSITORY' : row.namespaceId !== null ? 'NAMESPACE' : 'INSTANCE',
      id: row.scopeId,
      instanceId: row.instanceId,
      regionId: row.regionId,
      instanceName: row.instanceName,
      namespaceId: row.namespaceId,
      namespace: row.namespace,
      repositoryId: row.repositoryId,
      repository: row.repository,
    },
    permission: row.permission,
    createdAt: row.createdAt.toISOString(),
    createdBy: row.createdBy,
    isManageable,
  }
}
