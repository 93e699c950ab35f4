import {
  createNamespaceBody,
  namespace,
  namespacePage,
  namespaceQuery,
  updateNamespaceBody,
} from '@/lib/api/schemas/namespaces'
import type { Operation } from './operation'

/** Namespaces. */
export const namespaceOperations = {
  listNamespaces: {
    id: 'listNamespaces',
    method: 'GET',
    path: '/instances/{instanceId}/namespaces',
    summary: 'List the namespaces of an instance that the caller may see, by name',
    query: namespaceQuery,
    status: 200,
    response: namespacePage,
    refusals: ['NOT_FOUND', 'PAGE_INVALID'],
  },
  createNamespace: {
    id: 'createNamespace',
    method: 'POST',
    path: '/instances/{instanceId}/namespaces',
    summary: 'Create a namespace',
    body: createNamespaceBody,
    status: 201,
    response: namespace,
    isVersioned: true,
    refusals: ['NOT_FOUND', 'ALREADY_EXISTS'],
  },
  getNamespace: {
    id: 'getNamespace',
    method: 'GET',
    path: '/namespaces/{namespaceId}',
    summary: 'Get a namespace',
    status: 200,
    response: namespace,
    isVersioned: true,
    refusals: ['NOT_FOUND'],
  },
  updateNamespace: {
    id: 'updateNamespace',
    method: 'PATCH',
    path: '/namespaces/{namespaceId}',
    summary: 'Change the settings of a namespace: defaults for new repositories, and what pushes may do',
    body: updateNamespaceBody,
    status: 200,
    response: namespace,
    isVersioned: true,
    refusals: ['NOT_FOUND'],
  },
  deleteNamespace: {
    id: 'deleteNamespace',
    method: 'DELETE',
    path: '/namespaces/{namespaceId}',
    summary: 'Delete an empty namespace',
    status: 204,
    isVersioned: true,
    refusals: ['NOT_FOUND', 'NOT_EMPTY'],
  },
} as const satisfies Record<string, Operation>
