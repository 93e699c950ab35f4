import {
  createTemporaryTokenBody,
  credentials,
  setPasswordBody,
  temporaryTokenPage,
  temporaryTokenQuery,
  temporaryTokenWithSecret,
} from '@/lib/api/schemas/credentials'
import type { Operation } from './operation'

/** What the caller logs on to an instance's registry with. Nobody sets another's. */
export const credentialOperations = {
  getCredentials: {
    id: 'getCredentials',
    method: 'GET',
    path: '/instances/{instanceId}/credentials',
    summary: 'What the caller logs on to the registry of an instance with',
    permission: 'see instance',
    status: 200,
    response: credentials,
    refusals: ['NOT_FOUND'],
  },
  setRegistryPassword: {
    id: 'setRegistryPassword',
    method: 'PUT',
    path: '/instances/{instanceId}/credentials/password',
    summary: 'Set the caller’s registry password of an instance',
    permission: 'see instance',
    body: setPasswordBody,
    status: 204,
    refusals: ['NOT_FOUND'],
  },
  removeRegistryPassword: {
    id: 'removeRegistryPassword',
    method: 'DELETE',
    path: '/instances/{instanceId}/credentials/password',
    summary: 'Take the caller’s registry password of an instance away',
    // Whoever can no longer see the instance must be able to take back what they had there.
    permission: 'user',
    status: 204,
  },
  listTemporaryTokens: {
    id: 'listTemporaryTokens',
    method: 'GET',
    path: '/instances/{instanceId}/credentials/temporary-token',
    summary: 'The caller’s temporary tokens of an instance, the newest first; expired ones stay for seven days',
    permission: 'see instance',
    query: temporaryTokenQuery,
    status: 200,
    response: temporaryTokenPage,
    refusals: ['NOT_FOUND', 'PAGE_INVALID'],
  },
  createTemporaryToken: {
    id: 'createTemporaryToken',
    method: 'POST',
    path: '/instances/{instanceId}/credentials/temporary-token',
    summary: 'Make a temporary token of the caller for an instance; the answer shows it, this once',
    permission: 'see instance',
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
    // Whoever can no longer see the instance must be able to take back what they had there.
    permission: 'user',
    status: 204,
    refusals: ['NOT_FOUND'],
  },
} as const satisfies Record<string, Operation>
