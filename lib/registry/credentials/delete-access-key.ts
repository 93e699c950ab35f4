import type { Principal } from '@/lib/domain/principal'
import { AppError } from '@/lib/domain/errors'
import { deleteAccessKey as deleteAccessKeyRow, findAccessKeyOwnerName } from '@/lib/metadata/access-keys'
import { insertAuditEvent } from '@/lib/metadata/audit-events'
import { type AccessKeyOfUser, requireAccessKey } from './access-key-details'
import { authorizeOwner } from '@/lib/registry/authorize'
import type { Context } from '@/lib/context'

/** Deletes an access key. It stops working at once. Throws NOT_FOUND. */
export async function deleteAccessKey(ctx: Context, principal: Principal, key: AccessKeyOfUser): Promise<void> {
  const userId = authorizeOwner(ctx, principal, key.userId)
  await ctx.db.transaction(async (tx) => {
    const { id, isDisabled } = await requireAccessKey(tx, userId, key.accessKeyId)
    const name = await findAccessKeyOwnerName(tx, id)
    if (!(await deleteAccessKeyRow(tx, id))) throw new AppError('NOT_FOUND')
    const target = { type: 'ACCESS_KEY', id, name } as const
    await insertAuditEvent(tx, principal, { action: 'DELETE', target, before: { isDisabled }, after: null })
  })
}
