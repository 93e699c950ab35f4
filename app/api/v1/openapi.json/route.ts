import { openApiDocument } from '@/lib/api/route/openapi'
import { operations } from '@/lib/api/operations/operations'
import { resource } from '@/lib/api/route/resource'
import { route } from '@/lib/api/route/route'

let document: ReturnType<typeof openApiDocument> | undefined

/** The document is the same for everybody until the server ends, and takes long to make. */
function makeOnce() {
  return (document ??= openApiDocument(Object.values(operations)))
}

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = resource({
  GET: route(operations.getOpenApiDocument, () => ({ body: makeOnce() })),
})
