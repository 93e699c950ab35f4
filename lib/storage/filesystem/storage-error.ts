import { AppError } from '@/lib/domain/errors'

/** The system's code of an I/O error (`ENOENT`, `ENOSPC` …), or undefined for anything else. */
export function systemCode(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined
}

/** `error` as the caller may see it: STORAGE_FULL when space or quota ran out, UNAVAILABLE for any other I/O error. */
export function storageError(error: unknown): AppError {
  if (AppError.is(error)) return error
  const code = systemCode(error)
  return new AppError(code === 'ENOSPC' || code === 'EDQUOT' ? 'STORAGE_FULL' : 'UNAVAILABLE', { cause: error })
}
