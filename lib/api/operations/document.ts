import { z } from 'zod'
import type { Operation } from './operation'

/** The document of all operations. */
export const documentOperations = {
  getOpenApiDocument: {
    id: 'getOpenApiDocument',
    method: 'GET',
    path: '/openapi.json',
    summary: 'This document',
    permission: 'public',
    status: 200,
    response: z.looseObject({ openapi: z.literal('3.1.0') }),
  },
} as const satisfies Record<string, Operation>
