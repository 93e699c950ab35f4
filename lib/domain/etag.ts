import { type Digest, isDigest } from './digest'
import { AppError } from './errors'
import type { TagPrecondition } from './immutability'

/** Visible ASCII without the quote, or bytes above ASCII (RFC 9110, section 8.8.3). */
const entityTagPattern = /^"([\x21\x23-\x7e\x80-\xff]*)"$/

/**
 * Parses the precondition of a manifest push (RFC 9110, section 13.1). The entity tag of a manifest, and of a tag that
 * points at it, is its digest in quotes.
 *
 * Throws BAD_REQUEST for a condition that cannot be met or is not understood: a write must not go ahead without its
 * condition, and a mistyped digest must not look like a lost race (PRECONDITION_FAILED).
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
  const tags = parseIfMatch(ifMatch)
  return tags === '*' ? { kind: 'any' } : { kind: 'match', digests: tags.map(asDigest) }
}

/**
 * The versions of a resource that `If-Match` allows to change; null: any version. The resource of a change always
 * exists, so `If-None-Match` has no use here. Throws BAD_REQUEST for it, and for an `If-Match` that is not understood.
 */
export function parseExpectedVersions(
  ifMatch: string | undefined,
  ifNoneMatch: string | undefined,
): readonly string[] | null {
  if (ifNoneMatch !== undefined) {
    throw new AppError('BAD_REQUEST', { message: 'a change cannot have If-None-Match, only If-Match' })
  }
  if (ifMatch === undefined) return null
  const tags = parseIfMatch(ifMatch)
  return tags === '*' ? null : tags
}

/**
 * The digests that `If-Match` allows the deletion of, or of a tag that points at them; null: any. Throws BAD_REQUEST as
 * `parseExpectedVersions` does, and for an entity tag that is not a digest.
 */
export function parseExpectedDigests(
  ifMatch: string | undefined,
  ifNoneMatch: string | undefined,
): readonly Digest[] | null {
  return parseExpectedVersions(ifMatch, ifNoneMatch)?.map(asDigest) ?? null
}

/**
 * Whether the client of a GET or HEAD has what it asks for: then the answer is 304 (RFC 9110, section 13.2.2). `etag`
 * is the entity tag of the content, with its quotes. Throws PRECONDITION_FAILED when `If-Match` names other content.
 */
export function isUnchanged(ifMatch: string | undefined, ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifMatch !== undefined && !hasEntityTag(ifMatch, etag)) throw new AppError('PRECONDITION_FAILED')
  return ifNoneMatch !== undefined && hasEntityTag(ifNoneMatch.replaceAll('W/"', '"'), etag)
}

/** Whether a list of entity tags has `etag`, or is `*`. */
function hasEntityTag(list: string, etag: string): boolean {
  return list.trim() === '*' || list.split(',').some((element) => element.trim() === etag)
}

/** Throws BAD_REQUEST if there is a precondition. For writes that support none. */
export function assertNoPrecondition(ifMatch: string | undefined, ifNoneMatch: string | undefined): void {
  if (ifMatch === undefined && ifNoneMatch === undefined) return
  throw new AppError('BAD_REQUEST', { message: 'this request cannot have If-Match or If-None-Match' })
}

/**
 * `*`, or the text between the quotes of each entity tag. Empty elements of the list are skipped (RFC 9110, section
 * 5.6.1). Every comma separates, because no entity tag of this server has one. A weak entity tag never matches
 * `If-Match` (section 13.1.1), and this server sends none, so it is reported instead of answered with 412 again and
 * again.
 */
function parseIfMatch(header: string): '*' | readonly string[] {
  if (header.trim() === '*') return '*'
  const elements = header.split(',').map((element) => element.trim())
  if (elements.some((element) => element.startsWith('W/'))) {
    throw new AppError('BAD_REQUEST', { message: 'If-Match cannot have a weak entity tag (W/"…"): it never matches' })
  }
  const tags = elements.filter((element) => element !== '').map((element) => entityTagPattern.exec(element)?.[1])
  if (tags.length === 0 || tags.includes(undefined)) {
    throw new AppError('BAD_REQUEST', { message: 'If-Match must be * or entity tags in quotes' })
  }
  return tags.filter((tag) => tag !== undefined)
}

function asDigest(tag: string): Digest {
  if (isDigest(tag)) return tag
  throw new AppError('BAD_REQUEST', { message: 'If-Match of a manifest must be * or digests in quotes' })
}
