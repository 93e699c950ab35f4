import { temporaryUserName } from './access'

/** Names that records use for actors that are not users, and the user name of temporary tokens. */
const reserved: readonly string[] = [temporaryUserName, 'anonymous', 'system', 'schedule', 'command-line']

/**
 * The user name that somebody means who typed `text` to log on: without spaces around it, in lower case, as all user
 * names are. It may be no user's name.
 */
export function typedUserName(text: string): string {
  return text.trim().toLowerCase()
}

/**
 * Whether a user may have the name: 1 to 64 lower-case letters, digits, `_`, `-` and `.`; no separator first or last.
 */
export function isUserName(name: string): boolean {
  return /^[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?$/.test(name) && !reserved.includes(name)
}
