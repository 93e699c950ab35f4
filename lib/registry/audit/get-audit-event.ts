import type { Principal } from '@/lib/domain/principal'
import { AppError } from '@/lib/domain/errors'
import { findAuditEvent } from '@/lib/metadata/audit-listing'
import { type AuditEventDetails, toAuditEventDetails } from './audit-event-details'
import { authorizeAdministrator } from '@/lib/registry/authorize'
import type { Context } from '@/lib/context'

/** Returns an audit event. Throws NOT_FOUND. */
export async function getAuditEvent(ctx: Context, principal: Principal, id: string): Promise<AuditEventDetails> {
  authorizeAdministrator(ctx, principal)
  const row = /^[1-9]\d{0,8}$/.test(id) ? await findAuditEvent(ctx.db, Number(id)) : null
  if (row === null) throw new AppError('NOT_FOUND')
  return toAuditEventDetails(row)
}
