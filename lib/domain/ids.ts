/** ACR's prefix for each kind of thing that has an id. */
export const idPrefixes = {
  instance: 'cri',
  namespace: 'crn',
  repository: 'crr',
  user: 'usr',
  grant: 'grt',
  robot: 'rob',
  temporaryToken: 'tmp',
  session: 'ses',
} as const

/** A kind of thing that has an id. */
export type IdKind = keyof typeof idPrefixes

const alphabet = 'abcdefghijklmnopqrstuvwxyz0123456789'

/** A new id: ACR's prefix and 16 random lower-case letters and digits (82 bits). */
export function createId(kind: IdKind): string {
  let id = `${idPrefixes[kind]}-`
  const bytes = new Uint8Array(32)
  while (id.length < idPrefixes[kind].length + 17) {
    for (const byte of crypto.getRandomValues(bytes)) {
      // 252 is the largest multiple of 36 in a byte: taking more would favour the first letters.
      if (byte < 252 && id.length < idPrefixes[kind].length + 17) id += alphabet.charAt(byte % 36)
    }
  }
  return id
}
