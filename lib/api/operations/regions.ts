import { regionList } from '@/lib/api/schemas/regions'
import type { Operation } from './operation'

/** Regions. */
export const regionOperations = {
  listRegions: {
    id: 'listRegions',
    method: 'GET',
    path: '/regions',
    summary: 'List all regions',
    status: 200,
    response: regionList,
  },
} as const satisfies Record<string, Operation>
