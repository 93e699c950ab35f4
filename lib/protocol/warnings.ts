import type { ServerResponse } from 'node:http'

/** Most bytes of warnings that one answer may carry (distribution-spec, "Warnings"). */
const warningsMaxBytes = 4096

/**
 * Adds a `Warning` header for each text: what the user should know although the request was done. Clients print them. Those
 * that no longer fit into what an answer may carry are left out.
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

/** Code 299 and no agent, as the specification wants, and a quoted string (RFC 9110, section 5.6.4) of plain characters. */
export function formatWarning(text: string): string {
  const plain = text.replace(/[^\x20-\x7e]/gu, '?')
  return `299 - "${plain.replace(/["\\]/g, '\\$&')}"`
}
