import { z } from 'zod'
import { problem } from '@/lib/api/schemas/common'
import { AppError, type ErrorCode } from '@/lib/domain/errors'
import { type Operation, parameterNames, takesIdempotencyKey, takesIfMatch } from '@/lib/api/operations/operation'

type Json = Record<string, unknown>

/** Error codes that follow from the kind of operation and so are not listed with each one. */
function commonRefusals(operation: Operation): ErrorCode[] {
  const isChange = operation.method !== 'GET'
  return [
    // Public operations too: any request may carry an access key, and too many wrong ones are refused.
    'TOO_MANY_ATTEMPTS',
    ...(operation.isPublic ? [] : (['UNAUTHORIZED', 'DENIED'] as const)),
    ...(isChange ? (['DENIED', 'ORIGIN_REFUSED'] as const) : []),
    ...(operation.query || operation.body ? (['BAD_REQUEST'] as const) : []),
    ...(operation.body ? (['PAYLOAD_TOO_LARGE', 'MEDIA_TYPE_UNSUPPORTED'] as const) : []),
    ...(takesIdempotencyKey(operation) ? (['IDEMPOTENCY_CONFLICT'] as const) : []),
    ...(takesIfMatch(operation) ? (['PRECONDITION_FAILED'] as const) : []),
    'UNAVAILABLE',
  ]
}

/** The OpenAPI 3.1 document of the operations, with the schemas that requests and responses are checked against. */
export function openApiDocument(operations: readonly Operation[]): { openapi: '3.1.0' } & Json {
  const paths: Record<string, Json> = {}
  for (const operation of operations) {
    paths[operation.path] = { ...paths[operation.path], [operation.method.toLowerCase()]: describe(operation) }
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Stele', version: '1', description: 'The REST API of the container registry Stele.' },
    servers: [{ url: '/api/v1' }],
    security: [{ accessKey: [] }, { session: [] }],
    paths,
    components: {
      schemas: { Problem: jsonSchema(problem, 'output') },
      securitySchemes: {
        accessKey: { type: 'http', scheme: 'basic', description: 'Id and secret of an access key' },
        robot: {
          type: 'http',
          scheme: 'basic',
          description: 'User name (`robot+…`) and secret of a robot of the instance',
        },
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: 'stele_session',
          description:
            'The name ends with _ and the port of an address that has one: stele_session_3000. Requests that change something must have an Origin header of this server',
        },
      },
    },
  }
}

function describe(operation: Operation): Json {
  return {
    operationId: operation.id,
    summary: operation.summary,
    ...(operation.isPublic ? { security: [] } : {}),
    ...(operation.admitsRobots ? { security: [{ accessKey: [] }, { robot: [] }, { session: [] }] } : {}),
    parameters: [...pathParameters(operation), ...queryParameters(operation), ...headerParameters(operation)],
    ...(operation.body === undefined ? {} : { requestBody: requestBody(operation.body, operation.method) }),
    responses: { [operation.status]: success(operation), ...refusals(operation) },
  }
}

function pathParameters({ path }: Operation): Json[] {
  return parameterNames(path).map((name) => ({ name, in: 'path', required: true, schema: { type: 'string' } }))
}

function queryParameters({ query }: Operation): Json[] {
  if (query === undefined) return []
  const { properties = {}, required = [] } = jsonSchema(query, 'input') as {
    properties?: Record<string, Json>
    required?: string[]
  }
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    schema,
  }))
}

function headerParameters(operation: Operation): Json[] {
  const header = (name: string, description: string) => ({
    name,
    in: 'header',
    description,
    schema: { type: 'string' },
  })
  return [
    ...(takesIfMatch(operation)
      ? [header('If-Match', 'ETag of the version to change; if the resource has another version, the answer is 412')]
      : []),
    ...(takesIdempotencyKey(operation)
      ? [header('Idempotency-Key', 'A repeated request with the same key gets the first response again, for one day')]
      : []),
  ]
}

function requestBody(body: z.ZodType, method: Operation['method']): Json {
  const content = { schema: jsonSchema(body, 'input') }
  return {
    required: true,
    content: {
      'application/json': content,
      ...(method === 'PATCH' ? { 'application/merge-patch+json': content } : {}),
    },
  }
}

function success(operation: Operation): Json {
  const header = (description: string) => ({ description, schema: { type: 'string' } })
  const { response, download = [] } = operation
  const content = {
    ...(response === undefined ? {} : { 'application/json': { schema: jsonSchema(response, 'output') } }),
    ...Object.fromEntries(download.map((type) => [type, { schema: { type: 'string' } }])),
  }
  return {
    description: operation.summary,
    headers: {
      'X-Request-Id': header('Id of the request in the server’s log'),
      ...(operation.isVersioned && operation.response ? { ETag: header('Version of the resource') } : {}),
      ...(operation.status === 201 ? { Location: header('Path of the created resource') } : {}),
      ...(operation.status === 303 ? { Location: header('The page to open next') } : {}),
    },
    ...(Object.keys(content).length === 0 ? {} : { content }),
  }
}

function refusals(operation: Operation): Json {
  const codes = [...new Set([...commonRefusals(operation), ...(operation.refusals ?? [])])]
  const byStatus: Record<string, Json> = {}
  for (const code of codes) {
    const { status } = new AppError(code)
    const others = codes.filter((other) => new AppError(other).status === status)
    byStatus[status] = {
      description: others.join(', '),
      content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
    }
  }
  return byStatus
}

/** JSON Schema 2020-12, the dialect of OpenAPI 3.1. Its parts need no `$schema` of their own. */
function jsonSchema(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, {
    io,
    // An answer may gain fields at any time: clients made from the document must not refuse them.
    override({ jsonSchema: part }) {
      if (io === 'output' && part.additionalProperties === false) delete part.additionalProperties
    },
  })
  return rest
}
