import type { SingleSignOnSettings } from '@/lib/config'
import type { Claims } from './single-sign-on-provider'

/** What the claims of a provider mean here. */
export interface ProvidedUser {
  readonly name: string
  readonly displayName: string
  /** Null: roles are given here, not by the provider. */
  readonly role: 'ADMINISTRATOR' | 'MEMBER' | null
  /** Whether the settings let people of these groups in. */
  readonly isLetIn: boolean
}

/** Longest display name, in characters: what the schema of a user's settings allows. */
const displayNameMaxLength = 100

/** Reads a provider's claims by the settings. The name may be one that no user can have: `isUserName` tells. */
export function readProvidedUser(claims: Claims, settings: SingleSignOnSettings): ProvidedUser {
  const groups = listOf(claims[settings.groupsClaim])
  const isIn = (wanted: readonly string[]) => wanted.some((group) => groups.includes(group))
  const { adminGroups, memberGroups } = settings
  return {
    name: nameOf(claims),
    displayName: textOf(claims['name'])
      .replace(/\p{Cc}/gu, '')
      .trim()
      .slice(0, displayNameMaxLength),
    role: adminGroups.length === 0 ? null : isIn(adminGroups) ? 'ADMINISTRATOR' : 'MEMBER',
    isLetIn: memberGroups.length === 0 || isIn(memberGroups) || isIn(adminGroups),
  }
}

/** Many providers call people by their e-mail address: what stands before the @ is their name here. */
function nameOf(claims: Claims): string {
  const said = [claims['preferred_username'], claims['email']].map(textOf).find((text) => text !== '') ?? claims.sub
  return said.replace(/@.*$/s, '').toLowerCase()
}

function textOf(claim: unknown): string {
  return typeof claim === 'string' ? claim : ''
}

function listOf(claim: unknown): readonly unknown[] {
  return Array.isArray(claim) ? claim : [claim]
}
