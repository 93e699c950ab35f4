import {
  createTemporaryTokenBody,
  credentials,
  setPasswordBody,
  temporaryTokenPage,
  temporaryTokenQuery,
  temporaryTokenWithSecret,
} from '@/lib/api/schemas/credentials'
import type { Operation } from './operation'

/** The caller's credentials for an instance's registry. Nobody can set those of another user. */
export const credentialOperations = {
  getCredentials: {
    id: 'getCredentials',
    method: 'GET',
    path: '/instances/{instanceId}/credentials',
    summary: 'Get the caller’s credentials for the registry of an instance',
    status: 200,
    response: credentials,
    refusals: ['NOT_FOUND'],
  },
  setRegistryPassword: {
    id: 'setRegistryPassword',
    method: 'PUT',
    path: '/instances/{instanceId}/credentials/password',
    summary: 'Set the caller’s registry password for an instance',
    body: setPasswordBody,
    status: 204,
    refusals: ['NOT_FOUND'],
  },
  removeRegistryPassword: {
    id: 'removeRegistryPassword',
    method: 'DELETE',
    path: '/instances/{instanceId}/credentials/password',
    summary: 'Remove the caller’s registry password for an instance',
    // Users who can no longer see the instance must still be able to remove their credentials.
    status: 204,
  },
  listTemporaryTokens: {
    id: 'listTemporaryTokens',
    method: 'GET',
    path: '/instances/{instanceId}/credentials/temporary-token',
    summary: 'List the caller’s temporary tokens for an instance, newest first; expired ones are kept for seven days',
    query: temporaryTokenQuery,
    status: 200,
    response: temporaryTokenPage,
    refusals: ['NOT_FOUND', 'PAGE_INVALID'],
  },
  createTemporaryToken: {
    id: 'createTemporaryToken',
    method: 'POST',
    path: '/instances/{instanceId}/credentials/temporary-token',
    summary: 'Create a temporary token of the caller for an instance; only this response shows it',
    body: createTemporaryTokenBody,
    status: 201,
    response: temporaryTokenWithSecret,
    showsSecret: true,
    refusals: ['NOT_FOUND', 'LIMIT_REACHED'],
  },
  revokeTemporaryToken: {
    id: 'revokeTemporaryToken',
    method: 'DELETE',
    path: '/instances/{instanceId}/credentials/temporary-token/{temporaryTokenId}',
    summary: 'Revoke one of the caller’s temporary tokens',
    // Users who can no longer see the instance must still be able to remove their credentials.
    status: 204,
    refusals: ['NOT_FOUND'],
  },
} as const satisfies Record<string, Operation>
