import { pageQuery } from '@/lib/api/schemas/common'
import { copyTagBody, movedTag, restoreTagBody } from '@/lib/api/schemas/tag-history'
import {
  deleteTagQuery,
  deleteTagsBody,
  deletedTag,
  deletedTags,
  releaseTagNameBody,
  tagPage,
  tagQuery,
  tagWithEffect,
  tombstonePage,
  untaggedManifestPage,
} from '@/lib/api/schemas/tags'
import { evidence } from '@/lib/domain/transparency/evidence'
import type { Operation } from './operation'

/** How the immutability policy refuses to move a tag. */
const refusalsOfMoves = ['TAG_IMMUTABLE', 'TAG_APPEND_ONLY', 'TAG_RESERVED'] as const

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
  copyTag: {
    id: 'copyTag',
    method: 'POST',
    path: '/repositories/{repositoryId}/tags',
    summary:
      'Copy or promote a tag: point one at content of this or another repository of the instance. No bytes move; the immutability policy of this repository decides as for a push',
    admitsRobots: true,
    body: copyTagBody,
    status: 201,
    response: movedTag,
    isVersioned: true,
    refusals: ['NOT_FOUND', 'MANIFEST_UNKNOWN', 'MANIFEST_BLOB_UNKNOWN', 'STORAGE_FULL', ...refusalsOfMoves],
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
  getTagEvidence: {
    id: 'getTagEvidence',
    method: 'GET',
    path: '/repositories/{repositoryId}/tags/{tag}/evidence',
    summary:
      'Get what the transparency log tells of a tag, with proofs: `npm run stele -- log verify <file>` verifies it without the server',
    status: 200,
    response: evidence,
    refusals: ['NOT_FOUND', 'LIMIT_REACHED'],
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
  deleteTags: {
    id: 'deleteTags',
    method: 'POST',
    path: '/repositories/{repositoryId}/tag-deletions',
    summary:
      'Delete up to 500 tags, each as by itself. Protected ones are left out, unless an administrator gives a reason. What is done when the request fails stays done, and the same request again does the rest',
    body: deleteTagsBody,
    status: 200,
    response: deletedTags,
    refusals: ['NOT_FOUND'],
  },
  restoreTag: {
    id: 'restoreTag',
    method: 'POST',
    path: '/repositories/{repositoryId}/tags/{tag}/restore',
    summary: 'Point a tag at an earlier digest of its history; the immutability policy decides as for a push',
    body: restoreTagBody,
    status: 200,
    response: movedTag,
    isVersioned: true,
    isChange: true,
    refusals: ['NOT_FOUND', 'DIGEST_NOT_IN_HISTORY', 'MANIFEST_GONE', ...refusalsOfMoves],
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
  releaseTagName: {
    id: 'releaseTagName',
    method: 'DELETE',
    path: '/repositories/{repositoryId}/immutability/tombstones/{tag}',
    summary:
      'Release the reserved name of a deleted tag, so that it can be pushed with any digest; administrators only',
    body: releaseTagNameBody,
    status: 204,
    refusals: ['NOT_FOUND'],
  },
} as const satisfies Record<string, Operation>
