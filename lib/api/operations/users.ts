import { createUserBody, updateUserBody, user, userPage, userQuery } from '@/lib/api/schemas/users'
import type { Operation } from './operation'

/** Users. */
export const userOperations = {
  listUsers: {
    id: 'listUsers',
    method: 'GET',
    path: '/users',
    summary: 'List the users, by name',
    query: userQuery,
    status: 200,
    response: userPage,
    refusals: ['PAGE_INVALID'],
  },
  createUser: {
    id: 'createUser',
    method: 'POST',
    path: '/users',
    summary: 'Create a user with an initial password',
    body: createUserBody,
    status: 201,
    response: user,
    isVersioned: true,
    refusals: ['ALREADY_EXISTS'],
  },
  getUser: {
    id: 'getUser',
    method: 'GET',
    path: '/users/{userId}',
    summary: 'Get a user',
    status: 200,
    response: user,
    isVersioned: true,
    refusals: ['NOT_FOUND'],
  },
  updateUser: {
    id: 'updateUser',
    method: 'PATCH',
    path: '/users/{userId}',
    summary: 'Change, disable or enable a user, or set a new password for them',
    body: updateUserBody,
    status: 200,
    response: user,
    isVersioned: true,
    refusals: ['NOT_FOUND', 'LAST_ADMINISTRATOR', 'OWN_ACCOUNT'],
  },
  deleteUser: {
    id: 'deleteUser',
    method: 'DELETE',
    path: '/users/{userId}',
    summary: 'Delete a user with their grants, sessions and credentials',
    status: 204,
    isVersioned: true,
    refusals: ['NOT_FOUND', 'LAST_ADMINISTRATOR', 'OWN_ACCOUNT'],
  },
} as const satisfies Record<string, Operation>
