import type { SingleSignOnSettings } from '@/lib/config'
import type { Claims } from './single-sign-on-provider'

/** The user that the claims of a provider describe. */
export interface ProvidedUser {
  readonly name: string
  readonly displayName: string
  /** Null when roles are managed here, not by the provider. */
  readonly role: 'ADMINISTRATOR' | 'MEMBER' | null
  /** Whether the settings admit members of these groups. */
  readonly isLetIn: boolean
}

/** Longest display name, in characters, as in the schema of a user's settings. */
const displayNameMaxLength = 100

/** Reads a provider's claims as the settings say. The name may not be valid for a user: check it with `isUserName`. */
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

/** Returns the part before the @: many providers use the e-mail address as the name. */
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
