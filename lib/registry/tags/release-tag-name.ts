import type { Context } from '@/lib/context'
import { AppError } from '@/lib/domain/errors'
import type { Principal } from '@/lib/domain/principal'
import { insertAuditEvent } from '@/lib/metadata/audit-events'
import { recordDecision } from '@/lib/metadata/ledger'
import { lockRepositoryExclusively } from '@/lib/metadata/repositories'
import { releaseTagName as releaseRow } from '@/lib/metadata/tombstones'
import { authorize, authorizeAdministrator } from '@/lib/registry/authorize'

const administratorsOnly = 'only an administrator can release a reserved name'

/**
 * Gives back the name of a deleted tag: it can be pushed with any digest again. Also a name that a former repository of
 * the same path reserved. Throws NOT_FOUND for the repository and for a name that is not reserved, and DENIED for a
 * caller that is not an administrator.
 */
export async function releaseTagName(
  ctx: Context,
  principal: Principal,
  repositoryId: string,
  tag: string,
  { reason }: { readonly reason: string },
): Promise<void> {
  await authorize(ctx, principal, 'manage', { repositoryId })
  authorizeAdministrator(ctx, principal, administratorsOnly)
  await ctx.db.sqlTransaction(async (tx) => {
    const repository = await lockRepositoryExclusively(tx, repositoryId)
    if (repository === null) throw new AppError('NOT_FOUND')
    const released = await releaseRow(tx, repository, tag)
    if (released === null) throw new AppError('NOT_FOUND', { message: 'the name is not reserved' })
    const { digest } = released
    await recordDecision(tx, repository, principal, { kind: 'RELEASED', tag, digest, reason, now: new Date() })
    await insertAuditEvent(tx, principal, {
      action: 'DELETE',
      target: { type: 'RESERVED_NAME', id: `${repositoryId}:${tag}`, name: `${repository.path}:${tag}` },
      instanceId: repository.instanceId,
      before: { digest, reason: released.reason, deletedBy: released.createdBy },
      after: null,
      reason,
    })
  })
}
