import {
  createGrantBody,
  grant,
  grantPage,
  grantQuery,
  grantSubjectPage,
  grantSubjectQuery,
  updateGrantBody,
} from '@/lib/api/schemas/grants'
import type { Operation } from './operation'

/**
 * Grants. All operations admit every user, because the scope of a grant is in the body or in the grant itself: the use
 * case checks that the caller may manage the scope. Grants that the caller may not see are left out, or not found.
 */
export const grantOperations = {
  listGrants: {
    id: 'listGrants',
    method: 'GET',
    path: '/grants',
    summary: 'List grants: your own, and those on what you may manage',
    query: grantQuery,
    status: 200,
    response: grantPage,
    refusals: ['PAGE_INVALID'],
  },
  createGrant: {
    id: 'createGrant',
    method: 'POST',
    path: '/grants',
    summary: 'Grant a user or a robot a permission on an instance, a namespace or a repository that you may manage',
    body: createGrantBody,
    status: 201,
    response: grant,
    isVersioned: true,
    refusals: ['NOT_FOUND', 'ALREADY_EXISTS'],
  },
  getGrant: {
    id: 'getGrant',
    method: 'GET',
    path: '/grants/{grantId}',
    summary: 'Get a grant',
    status: 200,
    response: grant,
    isVersioned: true,
    refusals: ['NOT_FOUND'],
  },
  updateGrant: {
    id: 'updateGrant',
    method: 'PATCH',
    path: '/grants/{grantId}',
    summary: 'Change the permission of a grant',
    body: updateGrantBody,
    status: 200,
    response: grant,
    isVersioned: true,
    refusals: ['NOT_FOUND'],
  },
  deleteGrant: {
    id: 'deleteGrant',
    method: 'DELETE',
    path: '/grants/{grantId}',
    summary: 'Revoke a grant',
    status: 204,
    isVersioned: true,
    refusals: ['NOT_FOUND'],
  },
  listGrantSubjects: {
    id: 'listGrantSubjects',
    method: 'GET',
    path: '/grant-subjects',
    summary: 'List the users and robots that can be granted access to something you may manage',
    query: grantSubjectQuery,
    status: 200,
    response: grantSubjectPage,
    refusals: ['NOT_FOUND', 'PAGE_INVALID'],
  },
} as const satisfies Record<string, Operation>
