import { searchQuery, searchResult } from '@/lib/api/schemas/search'
import type { Operation } from './operation'

/** The search of everything. */
export const searchOperations = {
  search: {
    id: 'search',
    method: 'GET',
    path: '/search',
    summary:
      'Find instances, repositories, tags, digests, users and robots, of what you may see. Tags and digests are found by their beginning; `1.2` finds `v1.2` too, and tags such as `sha256-…` are found only by that beginning',
    query: searchQuery,
    status: 200,
    response: searchResult,
  },
} as const satisfies Record<string, Operation>
