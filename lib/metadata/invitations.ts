import type { Source, Transaction } from './engine/database'

/** How long the row of an invitation is kept after it expired, in milliseconds, so that its page can say why it ended. */
const keptMs = 30 * 24 * 60 * 60 * 1000

/** An invitation as stored, without its hash. */
export interface InvitationRow {
  readonly id: string
  readonly userId: string
  readonly createdBy: string
  readonly createdAt: Date
  readonly expiresAt: Date
  readonly acceptedAt: Date | null
  readonly revokedAt: Date | null
}

/** An invitation with what decides whether it can still be used. */
export interface InvitationOfUser extends InvitationRow {
  readonly user: {
    readonly name: string
    readonly displayName: string
    readonly isDisabled: boolean
    readonly hasPassword: boolean
  }
}

/** The invitation of that token hash, ended or not; null when there is none. Only lib/auth asks for it. */
export async function findInvitationByHash(source: Source, tokenHash: string): Promise<InvitationOfUser | null> {
  const row = await source.prisma.invitation.findUnique({
    where: { tokenHash },
    omit: { tokenHash: true },
    include: { user: { select: { name: true, displayName: true, isDisabled: true, passwordHash: true } } },
  })
  if (row === null) return null
  const { passwordHash, ...user } = row.user
  return { ...row, user: { ...user, hasPassword: passwordHash !== null } }
}

/**
 * Adds an invitation. Revokes the open ones of its user, and removes those that expired long ago. Returns how many were
 * open.
 */
export async function insertInvitation(
  tx: Transaction,
  invitation: Omit<InvitationRow, 'acceptedAt' | 'revokedAt'> & { readonly tokenHash: string },
): Promise<number> {
  const { userId, createdAt } = invitation
  const revoked = await revokeInvitations(tx, userId, createdAt)
  const keptSince = new Date(createdAt.getTime() - keptMs)
  await tx.prisma.invitation.deleteMany({ where: { userId, expiresAt: { lt: keptSince } } })
  await tx.prisma.invitation.create({ data: invitation })
  return revoked
}

/** Revokes the open invitations of a user; returns how many there were. */
export async function revokeInvitations(tx: Transaction, userId: string, now: Date): Promise<number> {
  const { count } = await tx.prisma.invitation.updateMany({
    where: { userId, acceptedAt: null, revokedAt: null, expiresAt: { gt: now } },
    data: { revokedAt: now },
  })
  return count
}

/** Notes that an open invitation was used at `now`; returns whether it was open until then. */
export async function acceptInvitation(tx: Transaction, id: string, now: Date): Promise<boolean> {
  const { count } = await tx.prisma.invitation.updateMany({
    where: { id, acceptedAt: null, revokedAt: null, expiresAt: { gt: now } },
    data: { acceptedAt: now },
  })
  return count > 0
}

/** The latest invitation of each of the users that was neither used nor revoked; it may have expired. */
export async function findPendingInvitations(
  source: Source,
  userIds: readonly string[],
): Promise<ReadonlyMap<string, InvitationRow>> {
  const rows = await source.prisma.invitation.findMany({
    where: { userId: { in: [...userIds] }, acceptedAt: null, revokedAt: null },
    omit: { tokenHash: true },
    orderBy: { createdAt: 'asc' },
  })
  return new Map(rows.map((row) => [row.userId, row]))
}
