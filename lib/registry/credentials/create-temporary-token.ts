import type { Principal } from '@/lib/domain/principal'
import { hashToken } from '@/lib/secrets/token-hash'
import { temporaryUserName } from '@/lib/domain/access'
import { AppError } from '@/lib/domain/errors'
import { createId } from '@/lib/domain/ids'
import { createSecret } from '@/lib/domain/random-secret'
import { insertAuditEvent } from '@/lib/metadata/audit-events'
import { lockName } from '@/lib/metadata/engine/locks'
import {
  countTemporaryTokens,
  deleteTemporaryTokensExpiredBefore,
  insertTemporaryToken,
} from '@/lib/metadata/temporary-tokens'
import { authorize, authorizeUser } from '@/lib/registry/authorize'
import type { Context } from '@/lib/context'
import { type TemporaryTokenDetails, toTemporaryTokenDetails } from './temporary-token-details'

/** Maximum number of a user's valid temporary tokens for an instance. */
const livingMax = 50

/** How long an expired token is kept, in milliseconds, so that its error and the list can say that it expired. */
const keptMs = 7 * 24 * 60 * 60 * 1000

/** A temporary token with its user name and secret, which is shown only once. */
export interface TemporaryTokenWithSecret extends TemporaryTokenDetails {
  readonly userName: string
  readonly token: string
}

/**
 * Creates a temporary token of the principal for an instance, for 1 to 24 hours. It has the principal's permissions.
 * Also deletes all users' tokens that expired long ago. Throws NOT_FOUND for the instance, and LIMIT_REACHED when 50
 * tokens are valid.
 */
export async function createTemporaryToken(
  ctx: Context,
  principal: Principal,
  instanceId: string,
  hours: number,
): Promise<TemporaryTokenWithSecret> {
  authorizeUser(principal)
  await authorize(ctx, principal, 'see', { instanceId })
  const owner = { userId: principal.id, instanceId }
  const id = createId('temporaryToken')
  const token = createSecret()
  const row = await ctx.db.transaction(async (tx) => {
    await lockName(tx, `temporary-tokens ${owner.userId} ${instanceId}`)
    const createdAt = new Date()
    await deleteTemporaryTokensExpiredBefore(tx, new Date(createdAt.getTime() - keptMs))
    if ((await countTemporaryTokens(tx, owner, createdAt)) >= livingMax) {
      throw new AppError('LIMIT_REACHED', {
        message: `${livingMax} temporary tokens of this instance are in force: revoke one, or wait until one expires`,
        detail: { limit: livingMax },
      })
    }
    const expiresAt = new Date(createdAt.getTime() + hours * 60 * 60 * 1000)
    const made = { id, ...owner, createdAt, expiresAt }
    await insertTemporaryToken(tx, { ...made, tokenHash: hashToken(token) })
    await insertAuditEvent(tx, principal, {
      action: 'CREATE',
      target: { type: 'TEMPORARY_TOKEN', id, name: principal.name },
      instanceId,
      before: null,
      after: { expiresAt: expiresAt.toISOString() },
    })
    return { ...made, revokedAt: null, lastUsedAt: null }
  })
  return { ...toTemporaryTokenDetails(row), userName: temporaryUserName, token }
}
