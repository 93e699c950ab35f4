import type { ServerResponse } from 'node:http'
import { AppError } from '@/lib/domain/errors'

/** Names in a page when the client does not ask for a number. */
const pageDefault = 1000

/** Most names in a page. A page of the longest names still has less than the 4 MiB that clients read. */
const pageMax = 10_000

/** The page size from the `n` parameter: 0 to 10,000. Throws PAGE_INVALID when it is not a number. */
export function parsePageSize(query: URLSearchParams): number {
  const text = query.get('n') ?? ''
  if (text === '') return pageDefault
  if (!/^\d+$/.test(text)) throw new AppError('PAGE_INVALID', { message: 'n must be a whole number, 0 or more' })
  return Math.min(Number(text), pageMax)
}

/**
 * The name after which a page starts, from the `last` parameter; empty for the first page. Everything from a null
 * character on is cut off: PostgreSQL accepts none in a text, and no name has one, so the same names follow.
 */
export function parseLast(query: URLSearchParams): string {
  return query.get('last')?.split('\0', 1)[0] ?? ''
}

/** Adds a `Link` header to the next page (RFC 8288). */
export function linkNextPage(response: ServerResponse, path: string, query: Readonly<Record<string, string>>): void {
  response.setHeader('Link', `<${path}?${new URLSearchParams(query).toString()}>; rel="next"`)
}
