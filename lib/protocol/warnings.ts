import type { ServerResponse } from 'node:http'

/** Largest total size of the warnings in a response, in bytes (distribution-spec, "Warnings"). */
const warningsMaxBytes = 4096

/**
 * Adds a `Warning` header for each text, for the user of a request that succeeded. Clients print them. Warnings beyond
 * the size limit are left out.
 */
export function addWarnings(response: ServerResponse, texts: readonly string[]): void {
  let bytes = 0
  for (const text of texts) {
    const warning = formatWarning(text)
    bytes += Buffer.byteLength(`Warning: ${warning}\r\n`)
    if (bytes > warningsMaxBytes) return
    response.appendHeader('Warning', warning)
  }
}

/** Code 299 without agent, as the specification requires, and a quoted string (RFC 9110, 5.6.4) of plain characters. */
export function formatWarning(text: string): string {
  const plain = text.replace(/[^\x20-\x7e]/gu, '?')
  return `299 - "${plain.replace(/["\\]/g, '\\$&')}"`
}
