import { deleteTagQuery, tag, tagPage, tagQuery } from '@/lib/api/schemas/tags'
import type { Operation } from './operation'

/** Tags. */
export const tagOperations = {
  listTags: {
    id: 'listTags',
    method: 'GET',
    path: '/repositories/{repositoryId}/tags',
    summary: 'List the tags of a repository',
    query: tagQuery,
    status: 200,
    response: tagPage,
    refusals: ['NOT_FOUND', 'PAGE_INVALID'],
  },
  getTag: {
    id: 'getTag',
    method: 'GET',
    path: '/repositories/{repositoryId}/tags/{tag}',
    summary: 'Get a tag; its ETag is the digest it points at',
    status: 200,
    response: tag,
    isVersioned: true,
    refusals: ['NOT_FOUND'],
  },
  deleteTag: {
    id: 'deleteTag',
    method: 'DELETE',
    path: '/repositories/{repositoryId}/tags/{tag}',
    summary: 'Delete a tag; only administrators may delete an immutable tag, with a reason',
    query: deleteTagQuery,
    status: 204,
    isVersioned: true,
    refusals: ['NOT_FOUND', 'TAG_UNDELETABLE'],
  },
} as const satisfies Record<string, Operation>
