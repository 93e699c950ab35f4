import { hash } from 'node:crypto'
import type { SingleSignOnSettings } from '@/lib/config'
import { isUserName } from '@/lib/domain/user-name'
import type { Identity } from '@/lib/metadata/user-identities'
import type { Claims } from './single-sign-on-provider'

/** The user that the claims of a provider describe. */
export interface ProvidedUser {
  /** The name as the provider gives it: any text. */
  readonly claimedName: string
  readonly displayName: string
  /** Null when roles are managed here, not by the provider. */
  readonly role: 'ADMINISTRATOR' | 'MEMBER' | null
  /** Whether the settings admit members of these groups. */
  readonly isLetIn: boolean
  /** Groups that differ from a configured one only in case: they count as other groups. */
  readonly nearGroups: readonly string[]
}

/** Longest display name, in characters, as in the schema of a user's settings. */
const displayNameMaxLength = 100

/** Longest claim that is read as a name, in characters. */
const claimMaxLength = 256

/** Longest start of a user name that leaves space for a suffix, in characters. */
const baseMaxLength = 55

/** Reads a provider's claims as the settings say. */
export function readProvidedUser(claims: Claims, settings: SingleSignOnSettings): ProvidedUser {
  const groups = groupsOf(claims[settings.groupsClaim])
  const isIn = (wanted: readonly string[]) => wanted.some((group) => groups.includes(withoutSlash(group)))
  const { adminGroups, memberGroups } = settings
  const configured = [...adminGroups, ...memberGroups].map(withoutSlash)
  const inLowerCase = configured.map((group) => group.toLowerCase())
  return {
    claimedName: claimedNameOf(claims, settings.userNameClaim),
    displayName: displayNameOf(textOf(claims['name'])),
    role: adminGroups.length === 0 ? null : isIn(adminGroups) ? 'ADMINISTRATOR' : 'MEMBER',
    isLetIn: memberGroups.length === 0 || isIn(memberGroups) || isIn(adminGroups),
    nearGroups: groups.filter((group) => !configured.includes(group) && inLowerCase.includes(group.toLowerCase())),
  }
}

/** Returns the text as a display name may be: without control characters, and short. */
export function displayNameOf(text: string): string {
  return text
    .replace(/\p{Cc}/gu, '')
    .trim()
    .slice(0, displayNameMaxLength)
}

function claimedNameOf(claims: Claims, claim: string | null): string {
  const names = [...(claim === null ? [] : [claim]), 'preferred_username', 'email']
  const claimed = names.map((name) => textOf(claims[name])).find((text) => text.trim() !== '') ?? claims.sub
  return claimed.slice(0, claimMaxLength)
}

/**
 * Returns the names that a new user may get, best first and without end: the claimed name in the characters of user
 * names, then that name with suffixes that depend only on the identity.
 */
export function* userNamesFor(claimedName: string, { issuer, subject }: Identity): Generator<string, never> {
  const plain = plainNameOf(claimedName)
  if (isUserName(plain)) yield plain
  const base = plain.slice(0, baseMaxLength).replace(/[._-]+$/, '') || 'user'
  for (let n = 0; ; n += 1) {
    yield `${base}-${hash('sha256', JSON.stringify([issuer, subject, n])).slice(0, 8)}`
  }
}

/** Letters that Unicode does not decompose into a Latin letter and an accent. */
const spelledOut: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ı: 'i',
}

/**
 * Returns the name in `CORP\name` or `name@example.com` without accents, in lower case, with `-` for each run of other
 * characters. It may be empty or reserved.
 */
function plainNameOf(claimedName: string): string {
  return claimedName
    .replace(/^.*\\/s, '')
    .replace(/@.*$/s, '')
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[ßæœøłđðþı]/g, (letter) => spelledOut[letter] ?? '')
    .replace(/[^a-z0-9._-]+/g, '-')
    .replace(/^[._-]+/, '')
    .slice(0, 64)
    .replace(/[._-]+$/, '')
}

function textOf(claim: unknown): string {
  return typeof claim === 'string' ? claim : ''
}

/**
 * Returns the groups of a claim: a list, or one text with commas between them, as in the settings. An element of a list
 * is one group, whatever it contains.
 */
function groupsOf(claim: unknown): readonly string[] {
  const groups: unknown[] =
    typeof claim === 'string' ? claim.split(',').map((group) => group.trim()) : Array.isArray(claim) ? claim : []
  return groups
    .filter((group) => typeof group === 'string')
    .map(withoutSlash)
    .filter((group) => group !== '')
}

/** Keycloak sends a group's path, `/team/dev`: its first slash may be left out. The rest of the path counts. */
function withoutSlash(group: string): string {
  return group.replace(/^\//, '')
}
