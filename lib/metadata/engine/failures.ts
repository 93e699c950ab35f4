import { AppError } from '@/lib/domain/errors'

/** Whether `error` is the database refusing a row whose key exists already. */
export function isUniqueViolation(error: unknown): boolean {
  return hasCode(error, 'P2002')
}

/** Whether `error` is the database refusing to break a reference. */
export function isForeignKeyViolation(error: unknown): boolean {
  return hasCode(error, 'P2003')
}

/** Errors with a meaning for callers keep their form; anything else that Prisma throws becomes UNAVAILABLE. */
export function translateFailure(error: unknown): unknown {
  if (AppError.is(error) || isUniqueViolation(error) || isForeignKeyViolation(error)) return error
  return isPrismaError(error) ? new AppError('UNAVAILABLE', { cause: error }) : error
}

/**
 * The same for what the database itself threw, which may be anything: the driver's own errors pass through Prisma as they
 * are when a connection breaks.
 */
export function databaseFailure(error: unknown): unknown {
  const translated = translateFailure(error)
  const hasMeaning = AppError.is(translated) || isUniqueViolation(translated) || isForeignKeyViolation(translated)
  return hasMeaning ? translated : new AppError('UNAVAILABLE', { cause: error })
}

function hasCode(error: unknown, code: string): boolean {
  return isPrismaError(error) && 'code' in error && error.code === code
}

// By name, not `instanceof`: the server's bundle and Next's hold a copy of the generated client each.
function isPrismaError(error: unknown): error is Error {
  return error instanceof Error && /^(?:PrismaClient|TransactionManager|DriverAdapter)/.test(error.name)
}
