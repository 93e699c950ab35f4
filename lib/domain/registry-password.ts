const kinds = [/[a-z]/i, /[0-9]/, /[^a-z0-9]/i]

/**
 * Whether `text` may be a registry password. ACR's rule: 8 to 32 characters, with at least two of letters, digits and
 * symbols. Only visible ASCII characters: clients do not agree on the encoding of others in HTTP Basic.
 */
export function isRegistryPassword(text: string): boolean {
  return /^[\x21-\x7e]{8,32}$/.test(text) && kinds.filter((kind) => kind.test(text)).length >= 2
}
