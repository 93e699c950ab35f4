import { openApiDocument } from '@/lib/api/route/openapi'
import { operations } from '@/lib/api/operations/operations'
import { resource } from '@/lib/api/route/resource'
import { route } from '@/lib/api/route/route'

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = resource({
  GET: route(operations.getOpenApiDocument, () => ({ body: openApiDocument(Object.values(operations)) })),
})
