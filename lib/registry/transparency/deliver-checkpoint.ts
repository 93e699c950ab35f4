import type { WitnessSetting } from '@/lib/config-witnesses'
import type { Context } from '@/lib/context'
import type { WitnessFailure } from '@/lib/domain/transparency/witnesses'
import type { LogWitnessRow } from '@/lib/metadata/log-witnesses'
import type { SignedTree } from '@/lib/metadata/served-checkpoints'
import { findLog } from '@/lib/metadata/transparency-logs'
import type { Checkpoint, Cosignature } from '@/lib/transparency/checkpoint'
import { proveConsistency } from '@/lib/transparency/proofs'
import { type WitnessResponse, readWitnessAnswer, writeAddCheckpoint } from '@/lib/transparency/witness-protocol'
import { tileReader } from './append-leaves'

/** Sends the body of `add-checkpoint` to the address of a witness. Never rejects. */
export type PostToWitness = (url: string, body: string, signal: AbortSignal) => Promise<WitnessResponse>

/** A checkpoint on its way to the witnesses of a log. */
export interface Candidate extends SignedTree {
  readonly instanceId: string
  readonly origin: string
}

/** What became of a delivery. */
export type Delivered =
  { readonly cosignature: Cosignature } | { readonly failure: WitnessFailure; readonly detail: string }

/** Requests of one delivery: the first, one with the size that the witness names, and one more. */
const requestsMax = 3

/**
 * Asks a witness for its cosignature of a checkpoint. `known` is what is known of both, or null. Returns null when
 * `signal` ended it.
 */
export async function deliverCheckpoint(
  { db }: Pick<Context, 'db'>,
  post: PostToWitness,
  { key, url }: WitnessSetting,
  candidate: Candidate,
  known: Pick<LogWitnessRow, 'size' | 'root'> | null,
  signal: AbortSignal,
): Promise<Delivered | null> {
  const { size, origin } = candidate
  const tiles = tileReader(db, candidate.instanceId)
  const former = known === null || known.size === 0 ? null : asCheckpoint({ origin, ...known })
  let old = former?.size ?? 0
  for (let request = 1; request <= requestsMax; request++) {
    const proof = await proveConsistency(tiles, old, size)
    const response = await post(`${url}/add-checkpoint`, writeAddCheckpoint(old, proof, candidate.checkpoint), signal)
    if (signal.aborted) return null
    const answer = readWitnessAnswer(response, {
      ...{ checkpoint: asCheckpoint(candidate), witness: key, former },
      ...{ signedAtMs: candidate.signedAt.getTime(), nowMs: Date.now() },
    })
    if (answer.kind !== 'conflict') return answer.kind === 'cosigned' ? answer : refused(answer.failure, answer.detail)
    const detail = String(answer.size)
    if (answer.size > size) {
      // Another server may have given it a later checkpoint meanwhile.
      const head = await findLog(db, candidate.instanceId)
      return refused(answer.size > (head?.size ?? 0) ? 'AHEAD' : 'SIZE_UNSTABLE', detail)
    }
    if (former !== null && answer.size < former.size) return refused('WENT_BACK', detail)
    if (answer.size === old) return refused('ANSWER_INVALID', '409')
    old = answer.size
  }
  return refused('SIZE_UNSTABLE', String(old))
}

function refused(failure: WitnessFailure, detail: string): Delivered {
  return { failure, detail }
}

function asCheckpoint({ origin, size, root }: Pick<Candidate, 'origin' | 'size' | 'root'>): Checkpoint {
  return { origin, size, root: Buffer.from(root, 'base64') }
}
