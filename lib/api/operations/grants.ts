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
 * Who may do what. Every one is for whoever is logged on, because what a grant is for stands in the body or in the grant
 * itself: the use case asks that the caller may manage it. What the caller may not know of is left out, or not found.
 */
export const grantOperations = {
  listGrants: {
    id: 'listGrants',
    method: 'GET',
    path: '/grants',
    summary: 'Grants: your own, and those on what you may manage',
    permission: 'user',
    query: grantQuery,
    status: 200,
    response: grantPage,
    refusals: ['PAGE_INVALID'],
  },
  createGrant: {
    id: 'createGrant',
    method: 'POST',
    path: '/grants',
    summary: 'Grant a user or a robot something on an instance, a namespace or a repository that you may manage',
    permission: 'user',
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
    summary: 'A grant',
    permission: 'user',
    status: 200,
    response: grant,
    isVersioned: true,
    refusals: ['NOT_FOUND'],
  },
  updateGrant: {
    id: 'updateGrant',
    method: 'PATCH',
    path: '/grants/{grantId}',
    summary: 'Change what a grant allows',
    permission: 'user',
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
    permission: 'user',
    status: 204,
    isVersioned: true,
    refusals: ['NOT_FOUND'],
  },
  listGrantSubjects: {
    id: 'listGrantSubjects',
    method: 'GET',
    path: '/grant-subjects',
    summary: 'Users and robots that something may be granted to, for who may manage it',
    permission: 'user',
    query: grantSubjectQuery,
    status: 200,
    response: grantSubjectPage,
    refusals: ['NOT_FOUND', 'PAGE_INVALID'],
  },
} as const satisfies Record<string, Operation>
