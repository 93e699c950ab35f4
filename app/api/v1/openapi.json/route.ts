import { apiDocument } from '@/lib/api/route/api-document'
import { operations } from '@/lib/api/operations/operations'
import { resource } from '@/lib/api/route/resource'
import { route } from '@/lib/api/route/route'

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = resource({
  GET: route(operations.getOpenApiDocument, () => ({ body: apiDocument() })),
})
