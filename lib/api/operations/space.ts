import { tagSpace } from '@/lib/api/schemas/space'
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
} as const satisfies Record<string, Operation>
