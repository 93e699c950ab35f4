import type { Principal } from '@/lib/domain/principal'
import type { Permission } from '@/lib/domain/access'
import { AppError } from '@/lib/domain/errors'
import { createId } from '@/lib/domain/ids'
import { type NewAuditEvent, insertAuditEvent } from '@/lib/metadata/audit-events'
import type { Transaction } from '@/lib/metadata/engine/database'
import { findGrantSubject, insertGrant } from '@/lib/metadata/grants'
import type { Context } from '@/lib/context'
import { type GrantDetails, describeGrant, grantName, requireManagedScope } from './grant-details'
import type { Versioned } from '@/lib/registry/versions'

/** What is granted, to whom, and on what. */
export interface NewGrant {
  readonly subjectId: string
  readonly scopeId: string
  readonly permission: Permission
}

/**
 * Grants a user or a robot something on an instance, a namespace or a repository, for a principal who may manage it.
 *
 * Throws NOT_FOUND and DENIED for the scope, BAD_REQUEST for a subject that does not exist or a robot of another
 * instance, and ALREADY_EXISTS when the subject has a grant on exactly that.
 */
export async function createGrant(
  ctx: Context,
  principal: Principal,
  { subjectId, scopeId, permission }: NewGrant,
): Promise<Versioned<GrantDetails>> {
  return ctx.db.transaction(async (tx) => {
    const { made, event } = await addGrant(tx, principal, { subjectId, scopeId, permission })
    await insertAuditEvent(tx, principal, event)
    return made
  })
}

/** The same within a transaction; the event is the caller's to record, once all else is done. */
export async function addGrant(
  tx: Transaction,
  principal: Principal,
  { subjectId, scopeId, permission }: NewGrant,
): Promise<{ readonly made: Versioned<GrantDetails>; readonly event: NewAuditEvent }> {
  const scope = await requireManagedScope(tx, principal, scopeId)
  const subject = await findGrantSubject(tx, scope.instanceId, subjectId)
  if (subject === null) {
    const message = 'there is no such user, nor such a robot of this instance'
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
