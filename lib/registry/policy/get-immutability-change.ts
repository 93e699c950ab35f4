import type { Principal } from '@/lib/domain/principal'
import { AppError } from '@/lib/domain/errors'
import { findImmutabilityChange } from '@/lib/metadata/immutability-changes'
import { authorizeProven } from '@/lib/registry/authorize'
import type { Context } from '@/lib/context'
import { type ImmutabilityChangeDetails, describeChange } from './immutability-change-details'

/**
 * Returns a change of many repositories: how far it is, and what could not be changed. Throws NOT_FOUND, also for a
 * change that another user started, except for administrators.
 */
export async function getImmutabilityChange(
  ctx: Context,
  principal: Principal,
  id: string,
): Promise<ImmutabilityChangeDetails> {
  authorizeProven(principal)
  const row = await findImmutabilityChange(ctx.db, id)
  const isSeen = principal.role === 'ADMINISTRATOR' || row?.actorId === principal.id
  if (row === null || !isSeen) throw new AppError('NOT_FOUND')
  return describeChange(ctx.db, principal, row)
}
