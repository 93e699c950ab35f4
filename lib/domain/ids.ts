/** The id prefix of each kind of object, as in ACR. */
export const idPrefixes = {
  instance: 'cri',
  namespace: 'crn',
  repository: 'crr',
  user: 'usr',
  grant: 'grt',
  robot: 'rob',
  temporaryToken: 'tmp',
  session: 'ses',
  invitation: 'inv',
  opening: 'opn',
  immutabilityChange: 'imc',
} as const

/** A kind of object that has an id. */
export type IdKind = keyof typeof idPrefixes

/** Whether `text` has the form of an id that `createId` makes for this kind of object. */
export function hasIdForm(kind: IdKind, text: string): boolean {
  return new RegExp(`^${idPrefixes[kind]}-[a-z0-9]{16}$`).test(text)
}

const alphabet = 'abcdefghijklmnopqrstuvwxyz0123456789'

/** A new id: ACR's prefix and 16 random lower-case letters and digits (82 bits). */
export function createId(kind: IdKind): string {
  let id = `${idPrefixes[kind]}-`
  const bytes = new Uint8Array(32)
  while (id.length < idPrefixes[kind].length + 17) {
    for (const byte of crypto.getRandomValues(bytes)) {
      // 252 is the largest multiple of 36 that fits in a byte: using larger values would favour the first letters.
      if (byte < 252 && id.length < idPrefixes[kind].length + 17) id += alphabet.charAt(byte % 36)
    }
  }
  return id
}
