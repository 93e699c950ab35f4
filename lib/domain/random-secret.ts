const letters = 'abcdefghijklmnopqrstuvwxyz'
const digits = '0123456789'
const alphabet = `${letters.toUpperCase()}${letters}${digits}`

/**
 * A new secret: 43 random letters and digits, which hold 256 bits. It needs no quoting in a shell, a URL or a
 * configuration file, and no program mistakes it for an option.
 */
export function createSecret(): string {
  return randomText(alphabet, 43)
}

/** A new access key id: 20 random capital letters and digits (103 bits), the first a letter. */
export function createAccessKeyId(): string {
  return randomText(letters.toUpperCase(), 1) + randomText(`${letters.toUpperCase()}${digits}`, 19)
}

function randomText(characters: string, length: number): string {
  // Using bytes above the largest multiple would favour the first characters.
  const limit = 256 - (256 % characters.length)
  let text = ''
  while (text.length < length) {
    for (const byte of crypto.getRandomValues(new Uint8Array(64))) {
      if (byte < limit && text.length < length) text += characters.charAt(byte % characters.length)
    }
  }
  return text
}
