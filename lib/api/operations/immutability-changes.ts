import {
  createImmutabilityChangeBody,
  immutabilityChange,
  immutabilityChangePage,
  immutabilityChangePreview,
  immutabilityChangeQuery,
} from '@/lib/api/schemas/immutability-changes'
import type { Operation } from './operation'

/** Changes of the immutability policy of many repositories at once. */
export const immutabilityChangeOperations = {
  listImmutabilityChanges: {
    id: 'listImmutabilityChanges',
    method: 'GET',
    path: '/instances/{instanceId}/immutability-changes',
    summary: 'List the changes of many repositories that you started, newest first; administrators see all',
    query: immutabilityChangeQuery,
    status: 200,
    response: immutabilityChangePage,
    refusals: ['NOT_FOUND', 'PAGE_INVALID'],
  },
  createImmutabilityChange: {
    id: 'createImmutabilityChange',
    method: 'POST',
    path: '/instances/{instanceId}/immutability-changes',
    summary:
      'Start to change the immutability policy of many repositories, one change of an instance at a time; GET `Location` to follow it',
    body: createImmutabilityChangeBody,
    status: 202,
    response: immutabilityChange,
    refusals: ['NOT_FOUND', 'ALREADY_RUNNING'],
  },
  previewImmutabilityChange: {
    id: 'previewImmutabilityChange',
    method: 'POST',
    path: '/instances/{instanceId}/immutability-changes/preview',
    summary: 'Say what a change of many repositories would do, with the body that would start it',
    isQuestion: true,
    body: createImmutabilityChangeBody,
    status: 200,
    response: immutabilityChangePreview,
    refusals: ['NOT_FOUND'],
  },
  getImmutabilityChange: {
    id: 'getImmutabilityChange',
    method: 'GET',
    path: '/immutability-changes/{changeId}',
    summary: 'Get a change of many repositories: how far it is, and what could not be changed',
    status: 200,
    response: immutabilityChange,
    refusals: ['NOT_FOUND'],
  },
} as const satisfies Record<string, Operation>
