import type { ServerResponse } from 'node:http'
import { AppError } from '@/lib/domain/errors'

/** Largest and default number of names in a page. */
const pageMax = 1000

/** The page size from the `n` parameter: 0 to 1000. Throws PAGE_INVALID when it is not a number. */
export function parsePageSize(query: URLSearchParams): number {
  const text = query.get('n')
  if (text === null) return pageMax
  if (!/^\d{1,9}$/.test(text)) throw new AppError('PAGE_INVALID', { message: 'n must be a whole number, 0 or more' })
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
