import { AppError } from './errors'
import type { TagPrecondition } from './immutability'

/**
 * The precondition that `If-Match` and `If-None-Match` of a write express (RFC 9110, section 13.1). Entity tags of a
 * registry are digests in quotes. Throws BAD_REQUEST for what it cannot honour: a write must not go ahead on a
 * condition that was not understood.
 */
export function parsePrecondition(ifMatch: string | undefined, ifNoneMatch: string | undefined): TagPrecondition {
  if (ifMatch !== undefined && ifNoneMatch !== undefined) {
    throw new AppError('BAD_REQUEST', { message: 'If-Match and If-None-Match exclude each other' })
  }
  if (ifNoneMatch !== undefined) {
    if (ifNoneMatch.trim() === '*') return { kind: 'absent' }
    throw new AppError('BAD_REQUEST', { message: 'If-None-Match of a write takes only *' })
  }
  if (ifMatch === undefined) return { kind: 'none' }
  if (ifMatch.trim() === '*') return { kind: 'any' }
  const digests = ifMatch.split(',').map((part) => /^\s*"([^"]+)"\s*$/.exec(part)?.[1])
  if (digests.some((digest) => digest === undefined)) {
    throw new AppError('BAD_REQUEST', { message: 'If-Match takes * or entity tags in quotes' })
  }
  return { kind: 'match', digests: digests.filter((digest) => digest !== undefined) }
}
