import { AppError } from '@/lib/domain/errors'
import type { Source } from '@/lib/metadata/engine/database'
import { type UserFacts, type UserRow, findUser, getUserFacts } from '@/lib/metadata/users'
import type { Versioned } from '@/lib/registry/versions'

/** A user as the console and the API show it. Times are UTC, ISO 8601. */
export interface UserDetails
  extends Omit<UserRow, 'version' | 'createdAt' | 'updatedAt' | 'lastLogOnAt'>, Omit<UserFacts, 'invitation'> {
  readonly invitation: { readonly createdBy: string; readonly createdAt: string; readonly expiresAt: string } | null
  readonly createdAt: string
  readonly updatedAt: string
  readonly lastLogOnAt: string | null
}

/** Returns the user. Throws NOT_FOUND. */
export async function requireUser(db: Source, id: string): Promise<UserRow> {
  const user = await findUser(db, id)
  if (user === null) throw new AppError('NOT_FOUND')
  return user
}

/** Returns the details of a user. */
export async function describeUser(db: Source, row: UserRow): Promise<Versioned<UserDetails>> {
  const factsOf = await getUserFacts(db, [row.id])
  return { value: toUserDetails(row, factsOf(row.id)), version: String(row.version) }
}

/** Combines a row and its facts into a user's details. */
export function toUserDetails(row: UserRow, facts: UserFacts): UserDetails {
  const { version: _, createdAt, updatedAt, lastLogOnAt, ...shown } = row
  const { invitation } = facts
  return {
    ...shown,
    ...facts,
    invitation: invitation && {
      createdBy: invitation.createdBy,
      createdAt: invitation.createdAt.toISOString(),
      expiresAt: invitation.expiresAt.toISOString(),
    },
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
    lastLogOnAt: lastLogOnAt?.toISOString() ?? null,
  }
}
