/** How long an invitation works, in hours. */
export const invitationHours = 72

/** What the holder of an invitation can do with it, or why nothing. */
export type InvitationState = 'OPEN' | 'EXPIRED' | 'ACCEPTED' | 'REVOKED'

/** What decides the state of an invitation. */
export interface InvitationFacts {
  readonly expiresAt: Date
  readonly acceptedAt: Date | null
  readonly revokedAt: Date | null
  readonly user: { readonly isDisabled: boolean; readonly hasPassword: boolean }
}

/**
 * The state of an invitation at `now`. It is also used up when its user has a password by another way, so that an old
 * link never replaces a password. While the user is disabled it counts as revoked.
 */
export function invitationState(
  { expiresAt, acceptedAt, revokedAt, user }: InvitationFacts,
  now: Date,
): InvitationState {
  if (acceptedAt !== null) return 'ACCEPTED'
  if (revokedAt !== null || user.isDisabled) return 'REVOKED'
  if (user.hasPassword) return 'ACCEPTED'
  return expiresAt > now ? 'OPEN' : 'EXPIRED'
}

/** Where the page of an invitation is. The token is in the fragment, which browsers never send to a server. */
export function invitationPath(token: string): string {
  return `/invitation#${token}`
}
