import { pageQuery } from '@/lib/api/schemas/common'
import {
  deleteTagQuery,
  deletedTag,
  tagPage,
  tagQuery,
  tagWithEffect,
  tombstonePage,
  untaggedManifestPage,
} from '@/lib/api/schemas/tags'
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
    response: tagWithEffect,
    isVersioned: true,
    refusals: ['NOT_FOUND'],
  },
  deleteTag: {
    id: 'deleteTag',
    method: 'DELETE',
    path: '/repositories/{repositoryId}/tags/{tag}',
    summary: 'Delete a tag; only administrators may delete an immutable tag, with a reason',
    query: deleteTagQuery,
    status: 200,
    response: deletedTag,
    isVersioned: true,
    refusals: ['NOT_FOUND', 'TAG_UNDELETABLE'],
  },
  listUntaggedManifests: {
    id: 'listUntaggedManifests',
    method: 'GET',
    path: '/repositories/{repositoryId}/untagged-manifests',
    summary: 'List the manifests of a repository that no tag, index or subject reaches',
    query: pageQuery,
    status: 200,
    response: untaggedManifestPage,
    refusals: ['NOT_FOUND', 'PAGE_INVALID'],
  },
  listTombstones: {
    id: 'listTombstones',
    method: 'GET',
    path: '/repositories/{repositoryId}/immutability/tombstones',
    summary: 'List the names of deleted tags that are reserved in a repository that you may push to',
    query: pageQuery,
    status: 200,
    response: tombstonePage,
    refusals: ['NOT_FOUND', 'PAGE_INVALID'],
  },
} as const satisfies Record<string, Operation>
