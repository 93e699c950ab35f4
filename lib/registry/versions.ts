import { AppError } from '@/lib/domain/errors'

/** Something and its version: a number that counts its changes, or a digest. Another version means it changed. */
export interface Versioned<T> {
  readonly value: T
  readonly version: string
}

/** The versions that a change may apply to; null: any version. */
export type ExpectedVersions = readonly string[] | null

/** Throws PRECONDITION_FAILED unless `version` is one that the caller expects. */
export function assertExpected(version: string | number, expected: ExpectedVersions): void {
  if (expected !== null && !expected.includes(String(version))) throw changedMeanwhile()
}

/** Returns the error for a change that was based on an older version. */
export function changedMeanwhile(): AppError {
  return new AppError('PRECONDITION_FAILED', { message: 'it was changed meanwhile: read it again, then decide' })
}
