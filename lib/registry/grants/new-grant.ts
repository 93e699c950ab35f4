import type { Principal } from '@/lib/domain/principal'
import type { Permission } from '@/lib/domain/access'
import { AppError } from '@/lib/domain/errors'
import { createId } from '@/lib/domain/ids'
import type { NewAuditEvent } from '@/lib/metadata/audit-events'
import type { Transaction } from '@/lib/metadata/engine/database'
import { findGrantScope, findGrantSubject, insertGrant } from '@/lib/metadata/grants'
import { type GrantDetails, describeGrant, grantName, requireManagedScope } from './grant-details'
import type { Versioned } from '@/lib/registry/versions'

/** The subject, scope and permission of a new grant. */
export interface NewGrant {
  readonly subjectId: string
  readonly scopeId: string
  readonly permission: Permission
}

/**
 * Adds a grant within a transaction. The caller must record the event after all other writes. Throws as `createGrant`
 * does.
 */
export async function addGrant(
  tx: Transaction,
  principal: Principal,
  { subjectId, scopeId, permission }: NewGrant,
): Promise<{ readonly made: Versioned<GrantDetails>; readonly event: NewAuditEvent }> {
  const scope = await requireManagedScope(tx, principal, scopeId)
  const subject = await findGrantSubject(tx, scope.instanceId, subjectId)
  if (subject === null) {
    const message = 'no user and no robot of this instance has this id'
    throw new AppError('BAD_REQUEST', { message, fields: [{ path: 'subjectId', message }] })
  }
  const id = createId('grant')
  await insertGrant(tx, { id, permission, createdBy: principal.name }, subject, scope)
  const made = await describeGrant(tx, principal, id)
  const event: NewAuditEvent = {
    action: 'CREATE',
    target: { type: 'GRANT', id, name: grantName(subject.name, made.value.scope) },
    instanceId: scope.instanceId,
    before: null,
    after: { subjectId, scopeId, permission },
  }
  return { made, event }
}

/** The first grants of a new user or robot. */
export type FirstGrants = readonly Omit<NewGrant, 'subjectId'>[]

/**
 * Adds the first grants of a new user or robot, as `addGrant` does, and returns their events. Throws BAD_REQUEST, naming
 * the grant, for a scope that does not exist, that is not in `instanceId` when one is given, or that is named twice.
 */
export async function addFirstGrants(
  tx: Transaction,
  principal: Principal,
  subjectId: string,
  grants: FirstGrants,
  instanceId: string | null,
): Promise<NewAuditEvent[]> {
  const found: { readonly grant: FirstGrants[number]; readonly instanceId: string }[] = []
  for (const [index, grant] of grants.entries()) {
    const scope = await findGrantScope(tx, grant.scopeId)
    const isFirst = grants.findIndex(({ scopeId }) => scopeId === grant.scopeId) === index
    if (scope === null || !isFirst || (instanceId !== null && scope.instanceId !== instanceId)) {
      const within =
        instanceId === null ? 'an id of an instance, or of what it holds' : 'an id of the instance, or of what it holds'
      const message = isFirst ? within : 'it is given twice'
      throw new AppError('BAD_REQUEST', { fields: [{ path: `grants.${index}.scopeId`, message }] })
    }
    found.push({ grant, instanceId: scope.instanceId })
  }
  // Each adds a lock of its instance: in one order everywhere, so that two such transactions cannot deadlock.
  found.sort((one, other) => (one.instanceId < other.instanceId ? -1 : one.instanceId > other.instanceId ? 1 : 0))
  const events: NewAuditEvent[] = []
  for (const { grant } of found) events.push((await addGrant(tx, principal, { subjectId, ...grant })).event)
  return events
}
