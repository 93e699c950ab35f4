import type { ServerResponse } from 'node:http'
import { AppError } from '@/lib/domain/errors'

/** Names of one page, where the client asks for more or says nothing. */
const pageMax = 1000

/** How many names a page is to have, by its `n` parameter: 0 to 1000. Throws PAGE_INVALID for what is no number. */
export function parsePageSize(query: URLSearchParams): number {
  const text = query.get('n')
  if (text === null) return pageMax
  if (!/^\d{1,9}$/.test(text)) throw new AppError('PAGE_INVALID', { message: 'n is a whole number, 0 or more' })
  return Math.min(Number(text), pageMax)
}

/**
 * The name a page begins after, by its `last` parameter; empty for the first page. What follows a null character is
 * left out: no name has one, so the same names come after it, and PostgreSQL takes none in a text.
 */
export function parseLast(query: URLSearchParams): string {
  return query.get('last')?.split('\0', 1)[0] ?? ''
}

/** Says where the page after this one is (RFC 8288). */
export function linkNextPage(response: ServerResponse, path: string, query: Readonly<Record<string, string>>): void {
  response.setHeader('Link', `<${path}?${new URLSearchParams(query).toString()}>; rel="next"`)
}
