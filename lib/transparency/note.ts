import { type KeyObject, createHash, createPublicKey, sign as signBytes, verify as verifyBytes } from 'node:crypto'

/**
 * Signed notes: text with signatures of named Ed25519 keys (https://c2sp.org/signed-note).
 *
 *     text, each line with its newline
 *     (an empty line)
 *     — <key name> base64(key id, 4 bytes || signature)
 */

/** What a key signs: the first byte of its encoding. */
export const signatureTypes = { note: 1, cosignature: 4 } as const

/** What a key signs. */
export type SignatureType = keyof typeof signatureTypes

/** A public key with its name. */
export interface VerifierKey {
  readonly name: string
  /** Eight hexadecimal digits, which with the name tell keys apart. */
  readonly id: string
  readonly type: SignatureType
  readonly publicKey: KeyObject
  /** `<name>+<id>+<key>` */
  readonly text: string
}

/** One signature line of a note. */
export interface NoteSignature {
  readonly name: string
  readonly keyId: string
  /** What follows the id of the key. */
  readonly signature: Buffer
  /** The line itself, without its newline. */
  readonly line: string
}

/** A note that was read; nothing of it is verified. */
export interface Note {
  /** With its last newline. */
  readonly text: string
  readonly signatures: readonly NoteSignature[]
}

/** Why a note or a key cannot be used: the end of a sentence. */
export class NoteError extends Error {}

/** Most bytes and signatures of a note that is read. */
const noteMax = { bytes: 1_000_000, signatures: 100 }

/** Whether a key can have this name: no spaces, no `+`. */
function isKeyName(name: string): boolean {
  return name !== '' && !/[\s\u0085+]/u.test(name) && !hasControl(name)
}

/** The verifier key of an Ed25519 key under a name. */
export function verifierKey(name: string, type: SignatureType, key: KeyObject): VerifierKey {
  if (!isKeyName(name)) throw new NoteError('the name of a key has no spaces and no +')
  const publicKey = key.type === 'private' ? createPublicKey(key) : key
  const bytes = Buffer.concat([Buffer.of(signatureTypes[type]), rawKey(publicKey)])
  const id = createHash('sha256').update(`${name}\n`).update(bytes).digest('hex').slice(0, 8)
  return { name, id, type, publicKey, text: `${name}+${id}+${bytes.toString('base64')}` }
}

/** Reads `<name>+<id>+<key>`. Throws a NoteError. */
export function parseVerifierKey(text: string): VerifierKey {
  const [, name = '', id = '', encoded = ''] = /^([^+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+=*)$/.exec(text.trim()) ?? []
  const bytes = decodeBase64(encoded)
  if (bytes === null || bytes.length === 0) throw new NoteError('it is not a key of the form <name>+<id>+<base64>')
  const type = (Object.keys(signatureTypes) as SignatureType[]).find((one) => signatureTypes[one] === bytes[0])
  if (type === undefined || bytes.length !== 33) throw new NoteError('it is not an Ed25519 key')
  const x = bytes.subarray(1).toString('base64url')
  const key = verifierKey(name, type, createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' }))
  if (key.id !== id) throw new NoteError('its id is not the one of its name and its bytes')
  return key
}

/** A note of this text, signed with this key. `text` ends with a newline. Throws a NoteError. */
export function signNote(text: string, name: string, privateKey: KeyObject): string {
  if (!text.endsWith('\n') || hasControl(text)) throw new NoteError('the text of a note is lines')
  const { id } = verifierKey(name, 'note', privateKey)
  return `${text}\n${signatureLine(name, id, signBytes(null, Buffer.from(text), privateKey))}\n`
}

/** `— <name> <base64>`, without a newline. */
export function signatureLine(name: string, keyId: string, signature: Uint8Array): string {
  return `\u2014 ${name} ${Buffer.concat([Buffer.from(keyId, 'hex'), signature]).toString('base64')}`
}

/** Reads a note. Throws a NoteError. */
export function parseNote(note: string): Note {
  if (Buffer.byteLength(note) > noteMax.bytes) throw new NoteError('it is too long')
  if (hasControl(note) || note.includes('\ufffd')) throw new NoteError('it is not plain text')
  const end = note.lastIndexOf('\n\n')
  if (end < 0 || !note.endsWith('\n')) throw new NoteError('it has no signatures')
  const lines = note.slice(end + 2, -1).split('\n')
  if (lines.length > noteMax.signatures) throw new NoteError('it has too many signatures')
  return { text: note.slice(0, end + 1), signatures: lines.map(parseSignature) }
}

/** Reads `— <name> <base64>`. Throws a NoteError. */
export function parseSignature(line: string): NoteSignature {
  const [, name = '', encoded = ''] = /^\u2014 ([^ ]+) ([A-Za-z0-9+/]+=*)$/.exec(line) ?? []
  const bytes = decodeBase64(encoded)
  if (!isKeyName(name) || bytes === null || bytes.length < 5) throw new NoteError('a line of it is not a signature')
  return { name, keyId: bytes.toString('hex', 0, 4), signature: bytes.subarray(4), line }
}

/**
 * Whether `key` signed the note. Null: no signature says it is by this key. Only for keys of type `note`: cosignatures
 * sign more than the text.
 */
export function isSignedBy({ text, signatures }: Note, { name, id, publicKey }: VerifierKey): boolean | null {
  const own = signatures.filter((one) => one.name === name && one.keyId === id)
  if (own.length === 0) return null
  return own.every(({ signature }) => verifyBytes(null, Buffer.from(text), publicKey, signature))
}

/** The 32 bytes of an Ed25519 public key (RFC 8032). */
function rawKey(key: KeyObject): Buffer {
  if (key.asymmetricKeyType !== 'ed25519') throw new NoteError('it is not an Ed25519 key')
  return Buffer.from(key.export({ format: 'jwk' }).x ?? '', 'base64url')
}

function hasControl(text: string): boolean {
  // eslint-disable-next-line no-control-regex -- that is what is looked for
  return /[\u0000-\u0009\u000b-\u001f]/.test(text)
}

/** The bytes, or null: base64 has one spelling only. */
function decodeBase64(text: string): Buffer | null {
  const bytes = Buffer.from(text, 'base64')
  return bytes.toString('base64') === text ? bytes : null
}
