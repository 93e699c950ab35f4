/** Longest file name, in bytes of UTF-8: file systems take 255, and a browser may add a number. */
const maxBytes = 200

/** Names that Windows gives to devices, whatever follows their first dot. */
const deviceNames = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?=\.|$)/i

/**
 * Makes a safe file name of one that a pusher wrote: its last part, without path separators, characters that a shell, a
 * browser or Windows reads in another way, and directions of writing that show another ending. `fallback` where nothing
 * is left.
 */
export function safeFileName(given: string | null, fallback: string): string {
  const [lastPart = ''] = (given ?? '').slice(-4096).split(/[/\\]/).slice(-1)
  const name = lastPart
    .replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/gu, '')
    .replace(/[<>:"|?*%;'`$]/g, '_')
    .replace(/^[.\s]+|[.\s]+$/g, '')
    .replace(deviceNames, '_$&')
  return name === '' ? fallback : shortened(name)
}

/** Returns a `Content-Disposition` that makes a browser save an answer under a safe file name (RFC 6266). */
export function attachmentHeader(fileName: string): string {
  const ascii = fileName.replace(/[^\x20-\x7e]|["\\]/g, '_')
  if (ascii === fileName) return `attachment; filename="${fileName}"`
  const encoded = encodeURIComponent(fileName).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16)}`,
  )
  return `attachment; filename="${ascii}"; filename*=UTF-8''${encoded}`
}

/** Cuts in front of the ending, which says what to open the file with. */
function shortened(name: string): string {
  const bytes = (text: string) => new TextEncoder().encode(text).length
  if (bytes(name) <= maxBytes) return name
  const ending = /\.[\w-]{1,16}$/.exec(name)?.[0] ?? ''
  let start = ''
  let left = maxBytes - bytes(ending)
  for (const character of name) {
    left -= bytes(character)
    if (left < 0) break
    start += character
  }
  return start + ending
}
