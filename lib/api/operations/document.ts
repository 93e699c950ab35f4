import { z } from 'zod'
import type { Operation } from './operation'

/** The OpenAPI document of all operations. */
export const documentOperations = {
  getOpenApiDocument: {
    id: 'getOpenApiDocument',
    method: 'GET',
    path: '/openapi.json',
    summary: 'Get this document',
    isPublic: true,
    status: 200,
    response: z.looseObject({ openapi: z.literal('3.1.0') }),
  },
} as const satisfies Record<string, Operation>
