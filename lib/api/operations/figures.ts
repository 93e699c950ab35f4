import { figures, figuresQuery } from '@/lib/api/schemas/figures'
import type { Operation } from './operation'

/** What happened over time. */
export const figureOperations = {
  getFigures: {
    id: 'getFigures',
    method: 'GET',
    path: '/instances/{instanceId}/figures',
    summary:
      'Get pulls, pushes, refusals and storage of an instance by day, and its first repositories; for those who may pull from the whole instance',
    query: figuresQuery,
    status: 200,
    response: figures,
    refusals: ['NOT_FOUND'],
  },
} as const satisfies Record<string, Operation>
