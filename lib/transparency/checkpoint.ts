import { type KeyObject, sign as signBytes, verify as verifyBytes } from 'node:crypto'
import { hashBytes } from './hashes'
import {
  type Note,
  NoteError,
  type NoteSignature,
  type VerifierKey,
  parseNote,
  parseSignature,
  signNote,
  signatureLine,
  verifierKey,
} from './note'
import type { TreeHead } from './proofs'

/**
 * Checkpoints (https://c2sp.org/tlog-checkpoint): notes that state the size and the root of a log; and the cosignatures
 * of witnesses on them (https://c2sp.org/tlog-cosignature, `cosignature/v1`).
 */

/** What a checkpoint states. */
export interface Checkpoint extends TreeHead {
  /** Which log it is: the host name of the instance. */
  readonly origin: string
}

/** A checkpoint as read, with the note that it is of. */
export interface SignedCheckpoint extends Checkpoint {
  readonly note: Note
}

/** What is signed of a checkpoint, by the log and by witnesses. */
export function checkpointText({ origin, size, root }: Checkpoint): string {
  return `${origin}\n${size}\n${Buffer.from(root).toString('base64')}\n`
}

/** The signed checkpoint of a log. The key has the log's origin as its name. */
export function signCheckpoint(checkpoint: Checkpoint, privateKey: KeyObject): string {
  return signNote(checkpointText(checkpoint), checkpoint.origin, privateKey)
}

/** Reads a checkpoint; no signature is verified. Throws a NoteError. */
export function parseCheckpoint(text: string): SignedCheckpoint {
  const note = parseNote(text)
  const [origin = '', size = '', encoded = '', ...rest] = note.text.split('\n')
  const root = Buffer.from(encoded, 'base64')
  const isRoot = root.length === hashBytes && root.toString('base64') === encoded
  const isSize = /^(?:0|[1-9]\d*)$/.test(size) && Number.isSafeInteger(Number(size))
  // After the last newline there is an empty string; extension lines are not empty.
  const hasEmptyLine = rest.slice(0, -1).includes('')
  if (origin === '' || !isSize || !isRoot || hasEmptyLine) throw new NoteError('it is not a checkpoint')
  return { origin, size: Number(size), root, note }
}

/** A cosignature whose signature was verified. */
export interface Cosignature {
  readonly witness: string
  /** When the witness had seen no larger tree of this log, in seconds since 1970. */
  readonly time: number
  /** The signature line, without its newline. */
  readonly line: string
}

const timestampBytes = 8

/** The line by which a witness cosigns the text of a checkpoint at a time in seconds. */
export function cosign(text: string, witness: string, privateKey: KeyObject, time: number): string {
  const { id } = verifierKey(witness, 'cosignature', privateKey)
  const timestamp = Buffer.alloc(timestampBytes)
  timestamp.writeBigUInt64BE(BigInt(time))
  const signature = signBytes(null, cosignedText(text, BigInt(time)), privateKey)
  return signatureLine(witness, id, Buffer.concat([timestamp, signature]))
}

/**
 * The cosignature of this witness on the text of a checkpoint, from the line that the witness answered. Null when the
 * line is of another key, or its signature is not valid. Throws a NoteError for what is not a signature line.
 */
export function verifyCosignature(line: string, text: string, witness: VerifierKey): Cosignature | null {
  return verifyLine(parseSignature(line), text, witness)
}

/** The cosignatures of these witnesses on a checkpoint. `false` for a line of a witness that is not valid. */
export function cosignaturesOf({ text, signatures }: Note, witnesses: readonly VerifierKey[]): (Cosignature | false)[] {
  return witnesses.flatMap((witness) =>
    signatures
      .filter(({ name, keyId }) => name === witness.name && keyId === witness.id)
      .map((signature) => verifyLine(signature, text, witness) ?? false),
  )
}

function verifyLine(
  { name, keyId, signature, line }: NoteSignature,
  text: string,
  witness: VerifierKey,
): Cosignature | null {
  if (witness.type !== 'cosignature' || name !== witness.name || keyId !== witness.id) return null
  if (signature.length <= timestampBytes) return null
  const time = signature.readBigUInt64BE()
  const isSigned = verifyBytes(null, cosignedText(text, time), witness.publicKey, signature.subarray(timestampBytes))
  return isSigned && time < 2n ** 53n ? { witness: name, time: Number(time), line } : null
}

function cosignedText(text: string, time: bigint): Buffer {
  return Buffer.from(`cosignature/v1\ntime ${time}\n${text}`)
}
