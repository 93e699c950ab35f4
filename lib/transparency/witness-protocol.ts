import type { WitnessFailure } from '@/lib/domain/transparency/witnesses'
import { type Checkpoint, type Cosignature, checkpointText, verifyCosignature } from './checkpoint'
import { type NoteSignature, NoteError, type VerifierKey, parseSignature } from './note'

/** The call `add-checkpoint` of https://c2sp.org/tlog-witness: its body, and what an answer means. No I/O. */

/** Longest answer of a witness that is read, in bytes. */
export const witnessAnswerMax = 64 * 1024

/** What a witness answered, or why it did not. */
export type WitnessResponse =
  | { readonly status: number; readonly contentType: string; readonly text: string }
  | { readonly failure: WitnessFailure; readonly detail: string }

/** What an answer means. */
export type WitnessAnswer =
  | { readonly kind: 'cosigned'; readonly cosignature: Cosignature }
  /** The witness has cosigned this size last, not the one that was sent. */
  | { readonly kind: 'conflict'; readonly size: number }
  /** `detail`: a status or the like; never text of the witness. */
  | { readonly kind: 'failed'; readonly failure: WitnessFailure; readonly detail: string }

/** The body: the size that the witness cosigned last, the proof from there, and the checkpoint. */
export function writeAddCheckpoint(old: number, proof: readonly Uint8Array[], checkpoint: string): string {
  return [`old ${old}`, ...proof.map((hash) => Buffer.from(hash).toString('base64')), '', checkpoint].join('\n')
}

/** What an answer is held against. */
export interface SentCheckpoint {
  readonly checkpoint: Checkpoint
  readonly witness: VerifierKey
  /** The checkpoint that the witness cosigned last, or null. */
  readonly former: Checkpoint | null
  /** When the checkpoint was signed, and now, in milliseconds. */
  readonly signedAtMs: number
  readonly nowMs: number
}

/** How far the clock of a witness may be from the server's, in milliseconds. */
const clockToleranceMs = 10 * 60_000

/** Reads an answer. Nothing of it is trusted: only a cosignature of exactly this checkpoint with this key is good. */
export function readWitnessAnswer(response: WitnessResponse, sent: SentCheckpoint): WitnessAnswer {
  if ('failure' in response) return { kind: 'failed', ...response }
  const { status, contentType, text } = response
  switch (status) {
    case 200:
      return readCosignatures(text, sent)
    case 409: {
      const [, size = ''] = /^(0|[1-9]\d{0,15})\n$/.exec(text) ?? []
      const isSize = size !== '' && contentType.split(';', 1)[0]?.trim() === 'text/x.tlog.size'
      return isSize ? { kind: 'conflict', size: Number(size) } : failed('ANSWER_INVALID', '409')
    }
    case 403:
    case 404:
      return failed('LOG_UNKNOWN', String(status))
    case 422:
      return failed('PROOF_REFUSED')
    default:
      return failed('HTTP_STATUS', String(status))
  }
}

function readCosignatures(
  text: string,
  { checkpoint, witness, former, signedAtMs, nowMs }: SentCheckpoint,
): WitnessAnswer {
  const lines = parseLines(text)
  if (lines === null) return failed('ANSWER_INVALID', '200')
  const own = lines.filter(({ name, keyId }) => name === witness.name && keyId === witness.id)
  const [first] = own
  if (first === undefined) return failed('KEY_OTHER')
  const verified = own.map(({ line }) => verifyCosignature(line, checkpointText(checkpoint), witness))
  const [cosignature] = verified
  if (cosignature === undefined || cosignature === null || verified.includes(null)) {
    const isOlder = former !== null && verifyCosignature(first.line, checkpointText(former), witness) !== null
    return failed(isOlder ? 'OLDER_CHECKPOINT' : 'COSIGNATURE_INVALID')
  }
  const timeMs = cosignature.time * 1000
  const isPlausible = timeMs >= signedAtMs - clockToleranceMs && timeMs <= nowMs + clockToleranceMs
  return isPlausible ? { kind: 'cosigned', cosignature } : failed('TIME_INVALID')
}

/** The signature lines of an answer; null when it has anything else, or nothing. */
function parseLines(text: string): NoteSignature[] | null {
  if (!text.endsWith('\n')) return null
  try {
    return text.slice(0, -1).split('\n').map(parseSignature)
  } catch (error) {
    if (error instanceof NoteError) return null
    throw error
  }
}

function failed(failure: WitnessFailure, detail = ''): WitnessAnswer {
  return { kind: 'failed', failure, detail }
}
