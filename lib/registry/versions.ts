import { AppError } from '@/lib/domain/errors'

/** Something and its version: a number that counts its changes, or a digest. Another version means it changed. */
export interface Versioned<T> {
  readonly value: T
  readonly version: string
}

/** The versions a change may be made to; null: whichever it is. */
export type ExpectedVersions = readonly string[] | null

/** Throws PRECONDITION_FAILED unless the thing is still of a version that the caller decided on. */
export function assertExpected(version: string | number, expected: ExpectedVersions): void {
  if (expected !== null && !expected.includes(String(version))) throw changedMeanwhile()
}

/** The refusal of a change that was decided on an older version. */
export function changedMeanwhile(): AppError {
  return new AppError('PRECONDITION_FAILED', { message: 'it was changed meanwhile: read it again, then decide' })
}
