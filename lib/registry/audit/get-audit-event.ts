import { AppError } from '@/lib/domain/errors'
import { findAuditEvent } from '@/lib/metadata/audit-listing'
import { type AuditEventDetails, toAuditEventDetails } from './audit-event-details'
import type { Context } from '@/lib/context'

/** An audit event. Throws NOT_FOUND. */
export async function getAuditEvent(ctx: Context, id: string): Promise<AuditEventDetails> {
  const row = /^[1-9]\d{0,8}$/.test(id) ? await findAuditEvent(ctx.db, Number(id)) : null
  if (row === null) throw new AppError('NOT_FOUND')
  return toAuditEventDetails(row)
}
