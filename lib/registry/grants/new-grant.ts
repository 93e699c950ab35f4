import type { Principal } from '@/lib/domain/principal'
import type { Permission } from '@/lib/domain/access'
import { AppError } from '@/lib/domain/errors'
import { createId } from '@/lib/domain/ids'
import type { NewAuditEvent } from '@/lib/metadata/audit-events'
import type { Transaction } from '@/lib/metadata/engine/database'
import { findGrantSubject, insertGrant } from '@/lib/metadata/grants'
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
