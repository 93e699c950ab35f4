import { AppError } from '@/lib/domain/errors'
import type { Source } from '@/lib/metadata/engine/database'
import { type UserFacts, type UserRow, findUser, getUserFacts } from '@/lib/metadata/users'
import type { Versioned } from '@/lib/registry/versions'

/** A user as the console and the API show them. Times are UTC, ISO 8601. */
export interface UserDetails extends Omit<UserRow, 'version' | 'createdAt' | 'updatedAt' | 'lastLogOnAt'>, UserFacts {
  readonly createdAt: string
  readonly updatedAt: string
  readonly lastLogOnAt: string | null
}

/** The user. Throws NOT_FOUND. */
export async function requireUser(db: Source, id: string): Promise<UserRow> {
  const user = await findUser(db, id)
  if (user === null) throw new AppError('NOT_FOUND')
  return user
}

/** The user with all that is shown of them. */
export async function describeUser(db: Source, row: UserRow): Promise<Versioned<UserDetails>> {
  const factsOf = await getUserFacts(db, [row.id])
  return { value: toUserDetails(row, factsOf(row.id)), version: String(row.version) }
}

/** Joins what is shown of a user. */
export function toUserDetails(row: UserRow, facts: UserFacts): UserDetails {
  const { version: _, createdAt, updatedAt, lastLogOnAt, ...shown } = row
  return {
    ...shown,
    ...facts,
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
    lastLogOnAt: lastLogOnAt?.toISOString() ?? null,
  }
}
