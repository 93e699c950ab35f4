import { instanceSpace, repositorySpace, spaceQuery, tagSpace } from '@/lib/api/schemas/space'
import type { Operation } from './operation'

/** How much room content takes. */
export const spaceOperations = {
  getTagSpace: {
    id: 'getTagSpace',
    method: 'GET',
    path: '/repositories/{repositoryId}/tags/{tag}/space',
    summary: 'Get how much room a tag takes in the whole storage, and what its deletion frees',
    status: 200,
    response: tagSpace,
    refusals: ['NOT_FOUND'],
  },
  getRepositorySpace: {
    id: 'getRepositorySpace',
    method: 'GET',
    path: '/repositories/{repositoryId}/space',
    summary:
      'Get how much room a repository takes, and what of it nothing else has: its deletion frees that in the end',
    query: spaceQuery,
    status: 200,
    response: repositorySpace,
    refusals: ['NOT_FOUND'],
  },
  getInstanceSpace: {
    id: 'getInstanceSpace',
    method: 'GET',
    path: '/instances/{instanceId}/space',
    summary: 'Get how much room an instance that you may manage takes, by namespace and repository',
    query: spaceQuery,
    status: 200,
    response: instanceSpace,
    refusals: ['NOT_FOUND'],
  },
} as const satisfies Record<string, Operation>
