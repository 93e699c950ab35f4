import { instanceEventQuery, repositoryEventQuery, tagEventPage } from '@/lib/api/schemas/tag-events'
import { tagHistory, tagHistoryQuery } from '@/lib/api/schemas/tag-history'
import type { Operation } from './operation'

/** The ledger. */
export const tagEventOperations = {
  listRepositoryEvents: {
    id: 'listRepositoryEvents',
    method: 'GET',
    path: '/repositories/{repositoryId}/events',
    summary: 'List what happened to the tags of a repository that you may push to, newest first, or download it as CSV',
    query: repositoryEventQuery,
    status: 200,
    response: tagEventPage,
    download: ['text/csv'],
    refusals: ['NOT_FOUND', 'PAGE_INVALID'],
  },
  listInstanceEvents: {
    id: 'listInstanceEvents',
    method: 'GET',
    path: '/instances/{instanceId}/events',
    summary:
      'List what happened to the tags of an instance that you manage, newest first, deleted repositories included, or download it as CSV',
    query: instanceEventQuery,
    status: 200,
    response: tagEventPage,
    download: ['text/csv'],
    refusals: ['NOT_FOUND', 'PAGE_INVALID'],
  },
  getTagHistory: {
    id: 'getTagHistory',
    method: 'GET',
    path: '/repositories/{repositoryId}/tags/{tag}/history',
    summary: 'Get every digest that a tag of a repository that you may push to has had, deleted tags included',
    query: tagHistoryQuery,
    status: 200,
    response: tagHistory,
    refusals: ['NOT_FOUND', 'PAGE_INVALID'],
  },
} as const satisfies Record<string, Operation>
