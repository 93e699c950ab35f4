import {
  checkImmutabilityBody,
  immutability,
  immutabilityCheck,
  immutabilityPreview,
  previewQuery,
} from '@/lib/api/schemas/immutability'
import type { Operation } from './operation'

/** The immutability policies of repositories. `updateRepository` changes them. */
export const immutabilityOperations = {
  getImmutability: {
    id: 'getImmutability',
    method: 'GET',
    path: '/repositories/{repositoryId}/immutability',
    summary: 'Get the immutability policy of a repository; its ETag is that of the repository',
    status: 200,
    response: immutability,
    isVersioned: true,
    refusals: ['NOT_FOUND'],
  },
  previewImmutability: {
    id: 'previewImmutability',
    method: 'GET',
    path: '/repositories/{repositoryId}/immutability/preview',
    summary: 'Preview a policy: what it would protect and leave free, and whose pushes it would refuse',
    query: previewQuery,
    status: 200,
    response: immutabilityPreview,
    refusals: ['NOT_FOUND'],
  },
  checkImmutability: {
    id: 'checkImmutability',
    method: 'POST',
    path: '/repositories/{repositoryId}/immutability/check',
    summary: 'Ask whether the policy would take a push of a tag, before building it; needs the permission to push only',
    admitsRobots: true,
    body: checkImmutabilityBody,
    status: 200,
    response: immutabilityCheck,
    refusals: ['NOT_FOUND'],
  },
} as const satisfies Record<string, Operation>
