import type { Principal } from '@/lib/domain/principal'
import { type AccessAction, rankAllows } from '@/lib/domain/access'
import { AppError } from '@/lib/domain/errors'
import { type ScopeKind, type Viewer, findRank } from '@/lib/metadata/access'
import type { SqlSource } from '@/lib/metadata/engine/database'

export type { ScopeKind }

/** Through whose eyes lists are made for a principal; null for an administrator, who sees everything. */
export function viewerOf(principal: Principal): Viewer | null {
  return principal.role === 'ADMINISTRATOR' ? null : { subjectId: principal.id }
}

/** Throws DENIED unless the principal is an administrator. */
export function assertAdministrator(principal: Principal, message?: string): void {
  if (principal.role === 'ADMINISTRATOR') return
  throw new AppError('DENIED', message === undefined ? {} : { message })
}

/**
 * Throws unless the principal may do `action` on an instance, a namespace or a repository, by the grants as they are
 * now: NOT_FOUND where there is none that the principal may know of, DENIED otherwise.
 */
export async function assertAccess(
  ctx: { readonly db: SqlSource },
  principal: Principal,
  action: AccessAction,
  scope: { readonly kind: ScopeKind; readonly id: string },
): Promise<void> {
  const rank = await findRank(ctx.db, viewerOf(principal), scope)
  if (rank === null) throw new AppError('NOT_FOUND')
  if (!rankAllows(rank, action)) throw new AppError('DENIED')
}
