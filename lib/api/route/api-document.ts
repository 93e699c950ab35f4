import { operations } from '@/lib/api/operations/operations'
import { openApiDocument } from './openapi'

let document: ReturnType<typeof openApiDocument> | undefined

/** The document of the REST API. It is the same for everybody until the server ends, and takes long to make. */
export function apiDocument(): ReturnType<typeof openApiDocument> {
  return (document ??= openApiDocument(Object.values(operations)))
}
