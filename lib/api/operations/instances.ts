import {
  createInstanceBody,
  instance,
  instancePage,
  instanceQuery,
  transparencyLog,
  transparencyLogQuery,
  updateInstanceBody,
} from '@/lib/api/schemas/instances'
import type { Operation } from './operation'

/** Instances. */
export const instanceOperations = {
  listInstances: {
    id: 'listInstances',
    method: 'GET',
    path: '/instances',
    summary:
      'List the instances that the caller may see, by name: those with a grant of the caller or with PUBLIC repositories',
    query: instanceQuery,
    status: 200,
    response: instancePage,
    refusals: ['PAGE_INVALID'],
  },
  createInstance: {
    id: 'createInstance',
    method: 'POST',
    path: '/instances',
    summary: 'Create an instance',
    body: createInstanceBody,
    status: 201,
    response: instance,
    isVersioned: true,
    refusals: ['ALREADY_EXISTS'],
  },
  getInstance: {
    id: 'getInstance',
    method: 'GET',
    path: '/instances/{instanceId}',
    summary: 'Get an instance',
    status: 200,
    response: instance,
    isVersioned: true,
    refusals: ['NOT_FOUND'],
  },
  updateInstance: {
    id: 'updateInstance',
    method: 'PATCH',
    path: '/instances/{instanceId}',
    summary: 'Change an instance; only administrators may rename it, which changes its host names',
    body: updateInstanceBody,
    status: 200,
    response: instance,
    isVersioned: true,
    refusals: ['NOT_FOUND', 'ALREADY_EXISTS'],
  },
  getTransparencyLog: {
    id: 'getTransparencyLog',
    method: 'GET',
    path: '/instances/{instanceId}/transparency-log',
    summary:
      'Get the head of an instance’s transparency log, and who has cosigned it; for those who may pull from the whole instance',
    query: transparencyLogQuery,
    status: 200,
    response: transparencyLog,
    refusals: ['NOT_FOUND'],
  },
  deleteInstance: {
    id: 'deleteInstance',
    method: 'DELETE',
    path: '/instances/{instanceId}',
    summary: 'Delete an empty instance, except the default instance',
    status: 204,
    isVersioned: true,
    refusals: ['NOT_FOUND', 'NOT_EMPTY'],
  },
} as const satisfies Record<string, Operation>
