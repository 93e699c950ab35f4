import { AppError } from './errors'
import type { TagPrecondition } from './immutability'

/**
 * Parses the precondition of a write from `If-Match` and `If-None-Match` (RFC 9110, section 13.1). The registry's
 * entity tags are digests in quotes. Throws BAD_REQUEST for a condition it does not understand: the write must not go
 * ahead without it.
 */
export function parsePrecondition(ifMatch: string | undefined, ifNoneMatch: string | undefined): TagPrecondition {
  if (ifMatch !== undefined && ifNoneMatch !== undefined) {
    throw new AppError('BAD_REQUEST', { message: 'If-Match and If-None-Match cannot be used together' })
  }
  if (ifNoneMatch !== undefined) {
    if (ifNoneMatch.trim() === '*') return { kind: 'absent' }
    throw new AppError('BAD_REQUEST', { message: 'If-None-Match of a write must be *' })
  }
  if (ifMatch === undefined) return { kind: 'none' }
  if (ifMatch.trim() === '*') return { kind: 'any' }
  const digests = ifMatch.split(',').map((part) => /^\s*"([^"]+)"\s*$/.exec(part)?.[1])
  if (digests.some((digest) => digest === undefined)) {
    throw new AppError('BAD_REQUEST', { message: 'If-Match must be * or entity tags in quotes' })
  }
  return { kind: 'match', digests: digests.filter((digest) => digest !== undefined) }
}
