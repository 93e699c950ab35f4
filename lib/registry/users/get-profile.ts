import type { Principal } from '@/lib/domain/principal'
import { AppError } from '@/lib/domain/errors'
import { findCredentials } from '@/lib/metadata/user-credentials'
import type { User } from '@/lib/metadata/users'
import { authorizeUser } from '@/lib/registry/authorize'
import type { Context } from '@/lib/context'

/** The caller's own account, as shown to the caller. */
export interface Profile extends Omit<User, 'isDisabled'> {
  /** False when the user logs on only by single sign-on. */
  readonly hasPassword: boolean
}

/** Returns the caller's profile. Throws NOT_FOUND when the user does not exist. */
export async function getProfile({ db }: Context, principal: Principal): Promise<Profile> {
  authorizeUser(principal)
  const found = await findCredentials(db, principal.id)
  if (found === null) throw new AppError('NOT_FOUND')
  const { isDisabled: _, ...user } = found.user
  return { ...user, hasPassword: found.passwordHash !== null }
}
