const kinds = [/[a-z]/i, /[0-9]/, /[^a-z0-9]/i]

/**
 * Whether a text may be a registry password: ACR's rule, 8 to 32 characters, at least two of letters, digits and
 * symbols. Only visible ASCII characters: HTTP Basic has no encoding that every client agrees on for others.
 */
export function isRegistryPassword(text: string): boolean {
  return /^[\x21-\x7e]{8,32}$/.test(text) && kinds.filter((kind) => kind.test(text)).length >= 2
}
