import type { Source, Transaction } from './engine/database'
import { type User, userFields } from './users'

/**
 * Who somebody is to a provider of single sign-on: the two together are never given to anybody else (OpenID Connect).
 */
export interface Identity {
  readonly issuer: string
  readonly subject: string
}

/** The user who is known to the provider by this identity, or null. */
export async function findUserByIdentity(db: Source, { issuer, subject }: Identity): Promise<User | null> {
  const found = await db.prisma.userIdentity.findUnique({
    where: { issuer_subject: { issuer, subject } },
    select: { user: { select: userFields } },
  })
  return found?.user ?? null
}

/** Lets a user in by this identity. */
export async function insertIdentity(
  tx: Transaction,
  identity: Identity & { readonly userId: string; readonly createdAt: Date },
): Promise<void> {
  await tx.prisma.userIdentity.create({ data: identity })
}

/** Gives a user the role and the display name that the provider says. */
export async function updateFromProvider(
  tx: Transaction,
  userId: string,
  change: Pick<User, 'role' | 'displayName'>,
): Promise<void> {
  await tx.prisma.user.update({ where: { id: userId }, data: { ...change, version: { increment: 1 } } })
}

/** Takes the administrator role and the console password from a user whom the provider no longer lets in. */
export async function demoteRefused(tx: Transaction, userId: string): Promise<void> {
  const data = { role: 'MEMBER', passwordHash: null, version: { increment: 1 } } as const
  await tx.prisma.user.update({ where: { id: userId }, data })
}
