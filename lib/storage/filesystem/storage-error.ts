import { AppError } from '@/lib/domain/errors'

/** The system error code of an I/O error (`ENOENT`, `ENOSPC` …); undefined for anything else. */
export function systemCode(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined
}

/**
 * The AppError for an I/O error: STORAGE_FULL when space or quota is used up, else UNAVAILABLE. An AppError stays as it
 * is.
 */
export function storageError(error: unknown): AppError {
  if (AppError.is(error)) return error
  const code = systemCode(error)
  return new AppError(code === 'ENOSPC' || code === 'EDQUOT' ? 'STORAGE_FULL' : 'UNAVAILABLE', { cause: error })
}
