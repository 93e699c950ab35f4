import type { Principal } from '@/lib/domain/principal'
import { AppError } from '@/lib/domain/errors'
import { findCredentials } from '@/lib/metadata/user-credentials'
import type { User } from '@/lib/metadata/users'
import { authorizeUser } from '@/lib/registry/authorize'
import type { Context } from '@/lib/context'

/** The caller as they see themself. */
export interface Profile extends Omit<User, 'isDisabled'> {
  /** False: logs on by single sign-on alone. */
  readonly hasPassword: boolean
}

/** The caller. Throws NOT_FOUND for one who is no user. */
export async function getProfile({ db }: Context, principal: Principal): Promise<Profile> {
  authorizeUser(principal)
  const found = await findCredentials(db, principal.id)
  if (found === null) throw new AppError('NOT_FOUND')
  const { isDisabled: _, ...user } = found.user
  return { ...user, hasPassword: found.passwordHash !== null }
}
