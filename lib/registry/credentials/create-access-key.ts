import type { Principal } from '@/lib/domain/principal'
import { AppError } from '@/lib/domain/errors'
import { createAccessKeyId, createSecret } from '@/lib/domain/random-secret'
import { countAccessKeys, insertAccessKey } from '@/lib/metadata/access-keys'
import { insertAuditEvent } from '@/lib/metadata/audit-events'
import { lockName } from '@/lib/metadata/engine/locks'
import { type AccessKeyDetails, requireAccessKey, toAccessKeyDetails } from './access-key-details'
import { authorizeUser } from '@/lib/registry/authorize'
import type { Context } from '@/lib/context'

/** As in ACR: one in use, and one to switch to. Disabled keys count. */
const accessKeysMax = 2

/** An access key with its secret, which is shown only once. */
export interface AccessKeyWithSecret extends AccessKeyDetails {
  readonly secret: string
}

/** Creates an access key for the principal. Throws LIMIT_REACHED when the principal has two. */
export async function createAccessKey(ctx: Context, principal: Principal): Promise<AccessKeyWithSecret> {
  authorizeUser(principal)
  const id = createAccessKeyId()
  const secret = createSecret()
  const row = await ctx.db.transaction(async (tx) => {
    await lockName(tx, `access-keys ${principal.id}`)
    if ((await countAccessKeys(tx, principal.id)) >= accessKeysMax) {
      throw new AppError('LIMIT_REACHED', {
        message: `a user has at most ${accessKeysMax} access keys, disabled ones included: delete one first`,
        detail: { limit: accessKeysMax },
      })
    }
    await insertAccessKey(tx, { id, userId: principal.id, sealedSecret: ctx.secrets.seal(secret, id) })
    const target = { type: 'ACCESS_KEY', id, name: principal.name } as const
    await insertAuditEvent(tx, principal, { action: 'CREATE', target, before: null, after: { isDisabled: false } })
    return requireAccessKey(tx, principal.id, id)
  })
  return { ...toAccessKeyDetails(row), secret }
}
