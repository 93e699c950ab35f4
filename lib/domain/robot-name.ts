import { robotNamePrefix } from './access'

/**
 * Whether a robot may have the name: 2 to 64 lower-case letters, digits, `_`, `-` and `.`; no separator first or last.
 */
export function isRobotName(name: string): boolean {
  return /^[a-z0-9][a-z0-9._-]{0,62}[a-z0-9]$/.test(name)
}

/** The user name of a robot at its instance's registry. */
export function robotUserName(name: string): string {
  return `${robotNamePrefix}${name}`
}
