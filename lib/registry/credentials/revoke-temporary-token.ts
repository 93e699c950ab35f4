import type { Principal } from '@/lib/domain/principal'
import { AppError } from '@/lib/domain/errors'
import { insertAuditEvent } from '@/lib/metadata/audit-events'
import { deleteRefreshTokens } from '@/lib/metadata/refresh-tokens'
import { findTemporaryToken, revokeTemporaryToken as revokeTemporaryTokenRow } from '@/lib/metadata/temporary-tokens'
import { authorizeUser } from '@/lib/registry/authorize'
import type { Context } from '@/lib/context'

/**
 * Revokes one of the principal's own temporary tokens and the refresh tokens issued for it. A revoked token stays
 * revoked. The principal need not see the instance any more. Throws NOT_FOUND.
 */
export async function revokeTemporaryToken(
  ctx: Context,
  principal: Principal,
  { instanceId, temporaryTokenId: id }: { readonly instanceId: string; readonly temporaryTokenId: string },
): Promise<void> {
  authorizeUser(principal)
  await ctx.db.transaction(async (tx) => {
    const token = await findTemporaryToken(tx, { userId: principal.id, instanceId }, id)
    if (token === null) throw new AppError('NOT_FOUND')
    const revokedAt = new Date()
    if (!(await revokeTemporaryTokenRow(tx, id, revokedAt))) return
    await deleteRefreshTokens(tx, { temporaryTokenId: id })
    const target = { type: 'TEMPORARY_TOKEN', id, name: principal.name } as const
    await insertAuditEvent(tx, principal, {
      action: 'UPDATE',
      target,
      instanceId,
      before: { revokedAt: null },
      after: { revokedAt: revokedAt.toISOString() },
    })
  })
}
