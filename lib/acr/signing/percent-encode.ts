/** Encodes a text as ACR's signatures do: all but the unreserved characters of RFC 3986, section 2.3. */
export function percentEncode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`)
}

/**
 * The parameters as they are signed: sorted by name, encoded anew. However a client wrote them on the wire, equal
 * parameters are equal here, and different ones differ.
 */
export function canonicalParameters(parameters: ReadonlyMap<string, string>, except?: string): string {
  return [...parameters]
    .filter(([name]) => name !== except)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${percentEncode(name)}=${percentEncode(value)}`)
    .join('&')
}
