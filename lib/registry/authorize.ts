import type { Principal } from '@/lib/domain/principal'
import { type AccessAction, rankAllows } from '@/lib/domain/access'
import { AppError } from '@/lib/domain/errors'
import type { TokenAccess } from '@/lib/domain/token-scope'
import { type ScopeKind, type Viewer, findRank, managesAnythingIn } from '@/lib/metadata/access'
import type { SqlSource } from '@/lib/metadata/engine/database'
import { findRepositoryPath } from '@/lib/metadata/repositories'

/** An instance, a namespace or a repository, by its id. */
export type Scope =
  | { readonly instanceId: string; readonly namespaceId?: never; readonly repositoryId?: never }
  | { readonly namespaceId: string; readonly instanceId?: never; readonly repositoryId?: never }
  | { readonly repositoryId: string; readonly instanceId?: never; readonly namespaceId?: never }

/** A permission that a use case required of a principal, in a form that can be stored as JSON. */
export type Need =
  | { readonly role: 'ADMINISTRATOR' }
  | { readonly managesIn: string }
  | { readonly action: AccessAction; readonly scope: Scope; readonly denied: 'DENIED' | 'NOT_FOUND' }

/** The part of the context that a check uses. */
export interface Authorizing {
  readonly db: SqlSource
  /** Each check that passes adds its need here, for a later `authorizeAgain`. If absent, needs are not collected. */
  readonly needs?: Need[]
}

/** Returns the viewer that filters lists for a principal; null for an administrator, who sees everything. */
export function viewerOf(principal: Principal): Viewer | null {
  return principal.role === 'ADMINISTRATOR' ? null : { subjectId: principal.id }
}

/**
 * Throws unless the principal may do `action` on an instance, a namespace or a repository by its current grants:
 * UNAUTHORIZED for an anonymous caller, SCOPE_INSUFFICIENT for a token that does not allow it, NOT_FOUND when the scope
 * does not exist or the principal may not know that it does, and `denied` otherwise.
 */
export async function authorize(
  ctx: Authorizing,
  principal: Principal,
  action: AccessAction,
  scope: Scope,
  denied: 'DENIED' | 'NOT_FOUND' = 'DENIED',
): Promise<void> {
  assertNotAnonymous(principal)
  if (principal.token !== null) await assertTokenAllows(ctx.db, principal.token, action, scope)
  const rank = await findRank(ctx.db, viewerOf(principal), targetOf(scope))
  if (rank === null) throw new AppError('NOT_FOUND')
  if (!rankAllows(rank, action)) throw new AppError(denied)
  ctx.needs?.push({ action, scope, denied })
}

/** Throws UNAUTHORIZED, SCOPE_INSUFFICIENT for a registry token, or DENIED unless the principal is an administrator. */
export function authorizeAdministrator(ctx: Authorizing, principal: Principal, message?: string): void {
  authorizeProven(principal)
  if (principal.role !== 'ADMINISTRATOR') throw new AppError('DENIED', message === undefined ? {} : { message })
  ctx.needs?.push({ role: 'ADMINISTRATOR' })
}

/**
 * Throws UNAUTHORIZED for an anonymous caller, and SCOPE_INSUFFICIENT for a registry token. For use cases that show
 * each caller only what that caller may see.
 */
export function authorizeProven(principal: Principal): void {
  assertNotAnonymous(principal)
  if (principal.token !== null) throw new AppError('SCOPE_INSUFFICIENT')
}

/**
 * Throws like `authorizeUser`, NOT_FOUND for an instance that the principal cannot see, and DENIED for one in which it
 * manages nothing: not the instance, no namespace, no repository. For what concerns only the repositories that the
 * principal manages.
 */
export async function authorizeManagerIn(ctx: Authorizing, principal: Principal, instanceId: string): Promise<void> {
  authorizeUser(principal)
  if ((await findRank(ctx.db, viewerOf(principal), { kind: 'instance', id: instanceId })) === null) {
    throw new AppError('NOT_FOUND')
  }
  if (!(await managesAnythingIn(ctx.db, viewerOf(principal), instanceId))) throw new AppError('DENIED')
  ctx.needs?.push({ managesIn: instanceId })
}

/** Throws like `authorizeProven`, and DENIED for a principal that is not a user. For a user's own account. */
export function authorizeUser(principal: Principal): void {
  authorizeProven(principal)
  if (principal.kind !== 'user') throw new AppError('DENIED')
}

/**
 * Returns the id of the user whose data the principal asks for. Without `userId` it is the principal's own, and this
 * throws as `authorizeUser` does; with a `userId`, even the principal's own, only an administrator may ask.
 */
export function authorizeOwner(ctx: Authorizing, principal: Principal, userId: string | undefined): string {
  if (userId === undefined) authorizeUser(principal)
  else authorizeAdministrator(ctx, principal)
  return userId ?? principal.id
}

/** Repeats earlier checks with the current grants and role. Throws like the original checks. */
export async function authorizeAgain(ctx: Authorizing, principal: Principal, needs: readonly Need[]): Promise<void> {
  for (const need of needs) {
    if ('role' in need) authorizeAdministrator(ctx, principal)
    else if ('managesIn' in need) await authorizeManagerIn(ctx, principal, need.managesIn)
    else await authorize(ctx, principal, need.action, need.scope, need.denied)
  }
}

function assertNotAnonymous({ kind }: Principal): void {
  if (kind === 'anonymous') throw new AppError('UNAUTHORIZED')
}

/** Throws SCOPE_INSUFFICIENT unless the token has the scope for the repository's path; deleting needs `push`. */
async function assertTokenAllows(
  source: SqlSource,
  token: TokenAccess,
  action: AccessAction,
  { repositoryId }: Scope,
): Promise<void> {
  const path = repositoryId === undefined ? null : await findRepositoryPath(source, repositoryId)
  const needed = action === 'push' || action === 'manage' ? 'push' : 'pull'
  if (path === null || token.repositories.get(path)?.has(needed) !== true) throw new AppError('SCOPE_INSUFFICIENT')
}

function targetOf(scope: Scope): { readonly kind: ScopeKind; readonly id: string } {
  if (scope.instanceId !== undefined) return { kind: 'instance', id: scope.instanceId }
  if (scope.namespaceId !== undefined) return { kind: 'namespace', id: scope.namespaceId }
  return { kind: 'repository', id: scope.repositoryId }
}
