/** A host name or address, and an optional port. Each label of a name has a character; one dot may end the name. */
const hostForm = /^(?:[a-z0-9_-]+(?:\.[a-z0-9_-]+)*\.?|\[[0-9a-f:.]{2,45}\])(?::\d{1,5})?$/i

/** Longest host with its port, in characters: a name has at most 253 and a final dot (RFC 1035). */
const hostMaxLength = 260

/** Whether `host` has the form of a host name or address with an optional port. */
export function isHost(host: string): boolean {
  return host.length <= hostMaxLength && hostForm.test(host)
}

/**
 * The one spelling of a host, with its port: in lower case and without the dot that may end a complete name (RFC 3986,
 * section 3.2.2). Compare hosts only in this spelling.
 */
export function canonicalHost(host: string): string {
  return host.toLowerCase().replace(/\.(?=:\d+$|$)/, '')
}
