import type { Principal } from '@/lib/domain/principal'
import { findAccessKeyOwnerName, setAccessKeyDisabled } from '@/lib/metadata/access-keys'
import { insertAuditEvent } from '@/lib/metadata/audit-events'
import { type AccessKeyDetails, type AccessKeyOfUser, requireAccessKey, toAccessKeyDetails } from './access-key-details'
import { authorizeOwner } from '@/lib/registry/authorize'
import type { Context } from '@/lib/context'

/** Disables or enables an access key. Writes nothing when nothing changes. Throws NOT_FOUND. */
export async function updateAccessKey(
  ctx: Context,
  principal: Principal,
  key: AccessKeyOfUser,
  { isDisabled }: { readonly isDisabled: boolean },
): Promise<AccessKeyDetails> {
  const userId = authorizeOwner(ctx, principal, key.userId)
  return ctx.db.transaction(async (tx) => {
    const current = await requireAccessKey(tx, userId, key.accessKeyId)
    if (await setAccessKeyDisabled(tx, current.id, isDisabled)) {
      await insertAuditEvent(tx, principal, {
        action: 'UPDATE',
        target: { type: 'ACCESS_KEY', id: current.id, name: await findAccessKeyOwnerName(tx, current.id) },
        before: { isDisabled: !isDisabled },
        after: { isDisabled },
      })
    }
    return toAccessKeyDetails({ ...current, isDisabled })
  })
}
