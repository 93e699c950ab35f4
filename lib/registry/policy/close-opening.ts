import type { Context } from '@/lib/context'
import { AppError } from '@/lib/domain/errors'
import { endOfOpening } from '@/lib/domain/openings'
import { type Principal, systemPrincipal } from '@/lib/domain/principal'
import { insertAuditEvent } from '@/lib/metadata/audit-events'
import { findOpening } from '@/lib/metadata/openings'
import { lockRepositoryExclusively } from '@/lib/metadata/repositories'
import { authorize, authorizeAdministrator } from '@/lib/registry/authorize'
import { recordClosing } from './record-closing'

const administratorsOnly = 'only an administrator can close an opening'

/**
 * Ends an opening now; does nothing when it has ended already. When this returns, no push moves the tag any more.
 * Throws NOT_FOUND for the repository and the opening, and DENIED for a caller that is not an administrator.
 */
export async function closeOpening(
  ctx: Context,
  principal: Principal,
  repositoryId: string,
  openingId: string,
): Promise<void> {
  await authorize(ctx, principal, 'manage', { repositoryId })
  authorizeAdministrator(ctx, principal, administratorsOnly)
  await ctx.db.sqlTransaction(async (tx) => {
    const repository = await lockRepositoryExclusively(tx, repositoryId)
    const opening = repository === null ? null : await findOpening(tx, repositoryId, openingId)
    if (repository === null || opening === null) throw new AppError('NOT_FOUND')
    if (opening.closedAt !== null) return
    const now = new Date()
    const end = endOfOpening(opening, now)
    if (end !== null) {
      await recordClosing(tx, repository, systemPrincipal, opening, { ...end, by: null })
      return
    }
    await recordClosing(tx, repository, principal, opening, { at: now, how: 'HAND', by: principal.name })
    await insertAuditEvent(tx, principal, {
      action: 'DELETE',
      target: { type: 'TAG_OPENING', id: opening.id, name: `${repository.path}:${opening.tag}` },
      instanceId: repository.instanceId,
      before: { closesAt: opening.closesAt.toISOString(), moveCount: opening.moveCount },
      after: null,
    })
  })
}
