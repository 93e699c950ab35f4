/**
 * Witnesses of a transparency log (https://c2sp.org/tlog-witness): others who see each checkpoint, check that it continues
 * the one before, and cosign it. docs/transparency.md describes what each failure means.
 */

/** Why an attempt failed although the witness may be honest: it, or the way to it, does not work. */
const faults = [
  /** No connection, or it broke. */
  'UNREACHABLE',
  /** No whole answer in time. */
  'TIMEOUT',
  /** An answer with another HTTP status than the protocol has, a redirect among them. */
  'HTTP_STATUS',
  /** It does not know this log, or not the log's key. */
  'LOG_UNKNOWN',
  /** An answer that is not of the protocol. */
  'ANSWER_INVALID',
  /** It named one former size after the other. */
  'SIZE_UNSTABLE',
] as const

/** Why an answer was refused: the witness, or the log, is not what it was. Somebody must look at it. */
const refusals = [
  /** It has cosigned a larger log than there is. */
  'AHEAD',
  /** It names a smaller size than it has cosigned. */
  'WENT_BACK',
  /** It says that the log does not continue the one that it has cosigned. */
  'PROOF_REFUSED',
  /** It sent the cosignature of an earlier checkpoint. */
  'OLDER_CHECKPOINT',
  /** It cosigned something else, such as another root. */
  'COSIGNATURE_INVALID',
  /** It signed with another key than the one in the settings. */
  'KEY_OTHER',
  /** It dates its cosignature before the checkpoint, or in the future. */
  'TIME_INVALID',
] as const

/** All failures: faults first, then refusals. */
export const witnessFailures = [...faults, ...refusals] as const

/** Why an attempt to have a checkpoint cosigned failed. */
export type WitnessFailure = (typeof witnessFailures)[number]

/** Whether the answer of a witness was refused, rather than missing. */
export function isRefusal(failure: WitnessFailure): boolean {
  return (refusals as readonly string[]).includes(failure)
}

/** Where a witness stands. */
export const witnessStates = ['COSIGNED', 'BEHIND', 'REFUSED'] as const
export type WitnessState = (typeof witnessStates)[number]

/** Where a witness stands that has cosigned `size` leaves, when `servedSize` are served. */
export function stateOfWitness(
  { size, failure }: { readonly size: number; readonly failure: WitnessFailure | null },
  servedSize: number,
): WitnessState {
  if (failure !== null && isRefusal(failure)) return 'REFUSED'
  return size > 0 && size >= servedSize ? 'COSIGNED' : 'BEHIND'
}

/** Where the count of a repository's leaves ends: the console asks for it every few seconds. */
export const leavesCountedMax = 10_000

/** How long to wait after failed attempts, in milliseconds: twice as long after each, up to a limit. */
export interface BackOff {
  readonly firstMs: number
  readonly maxMs: number
}

/**
 * How long to wait after this many failures in a row, in milliseconds. `random` is from 0 to 1: it spreads attempts over
 * the second half of the wait, so that servers that failed together do not come back together.
 */
export function backOffMs(failures: number, { firstMs, maxMs }: BackOff, random: number): number {
  const whole = Math.min(maxMs, firstMs * 2 ** Math.min(failures - 1, 30))
  return Math.round(whole * (0.5 + random / 2))
}
