/** A JSON text, set out for reading. */
export interface ReadableJson {
  /** What is signed, where the text wraps it in an envelope. */
  payload: string | null
  /** The text itself; as it is where it is no JSON. */
  text: string
}

/** Sets a JSON text out, and reads the payload of an envelope: DSSE, a Sigstore bundle, a JSON Web Signature. */
export function readableJson(text: string): ReadableJson {
  const value = parsed(text)
  if (value === undefined) return { payload: null, text }
  const payload = payloadOf(value)
  return { payload: payload === undefined ? null : setOut(payload), text: setOut(value) }
}

function setOut(value: unknown): string {
  return JSON.stringify(value, null, 2)
}

function payloadOf(value: unknown): unknown {
  const envelope = fieldOf(value, 'dsseEnvelope') ?? value
  const encoded = fieldOf(envelope, 'payload')
  if (typeof encoded !== 'string') return undefined
  return parsed(decoded(encoded))
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined
}

/** Base64 in either alphabet, as UTF-8; empty where it is neither. */
function decoded(encoded: string): string {
  try {
    const bytes = atob(encoded.replaceAll('-', '+').replaceAll('_', '/'))
    return new TextDecoder().decode(Uint8Array.from(bytes, (byte) => byte.charCodeAt(0)))
  } catch {
    return ''
  }
}

/** Undefined where the text is no JSON, which no JSON text is. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
