import type { PlannedRequest } from '@/lib/api/client/api'
import { exampleOf, fieldsOf, typeOf } from './read-schema'
import type { JsonSchema, SchemaField } from './read-schema'

/** An operation of the REST API, as its page shows it. */
export interface ApiOperation {
  readonly id: string
  readonly method: PlannedRequest['method']
  /** Path below `/api/v1`, with parameters in braces. */
  readonly path: string
  readonly summary: string
  readonly isPublic: boolean
  readonly admitsRobots: boolean
  readonly parameters: readonly ApiParameter[]
  /** Null: it has no body. */
  readonly body: { readonly fields: readonly SchemaField[]; readonly example: string } | null
  readonly status: string
  /** Fields of the response; empty: it has no body that is JSON. */
  readonly response: readonly SchemaField[]
  /** Media types of a response that is no JSON. */
  readonly downloads: readonly string[]
  readonly refusals: readonly { readonly status: string; readonly codes: string }[]
}

/** A parameter of the address or a header. */
export interface ApiParameter extends SchemaField {
  readonly in: 'path' | 'query' | 'header'
}

/** Operations that are about the same thing. */
export interface ApiGroup {
  /** The first part of their paths: `repositories`. */
  readonly name: string
  readonly operations: readonly ApiOperation[]
}

interface Content {
  schema?: JsonSchema
}

interface DocumentOperation {
  operationId: string
  summary: string
  security?: readonly Record<string, unknown>[]
  parameters?: readonly {
    name: string
    in: ApiParameter['in']
    required?: boolean
    description?: string
    schema: JsonSchema
  }[]
  requestBody?: { content: Record<string, Content> }
  responses: Record<string, { description: string; content?: Record<string, Content> }>
}

const json = 'application/json'

/** The operations of an OpenAPI document that `openApiDocument` made, in the order of their paths. */
export function readDocument(document: Readonly<Record<string, unknown>>): ApiGroup[] {
  const groups = new Map<string, ApiOperation[]>()
  for (const [path, methods] of Object.entries(document.paths as Record<string, Record<string, DocumentOperation>>)) {
    const name = /^\/([\w-]+)/.exec(path)?.[1] ?? path
    const group = groups.get(name) ?? []
    groups.set(name, group)
    for (const [method, operation] of Object.entries(methods)) {
      group.push(readOperation(path, method.toUpperCase() as ApiOperation['method'], operation))
    }
  }
  return [...groups].map(([name, operations]) => ({ name, operations }))
}

function readOperation(path: string, method: ApiOperation['method'], operation: DocumentOperation): ApiOperation {
  const { parameters = [], requestBody, responses, security } = operation
  const status = Object.keys(responses).find((code) => Number(code) < 400) ?? ''
  const content = responses[status]?.content ?? {}
  const bodySchema = requestBody?.content[json]?.schema
  const responseSchema = content[json]?.schema
  return {
    id: operation.operationId,
    method,
    path,
    summary: operation.summary,
    isPublic: security?.length === 0,
    admitsRobots: security?.some((scheme) => 'robot' in scheme) ?? false,
    parameters: parameters.map(({ name, in: place, required = false, description, schema }) => ({
      in: place,
      path: name,
      type: typeOf(schema),
      isRequired: required,
      description: description ?? schema.description ?? '',
    })),
    body: bodySchema ? { fields: fieldsOf(bodySchema), example: JSON.stringify(exampleOf(bodySchema), null, 2) } : null,
    status,
    response: responseSchema ? fieldsOf(responseSchema) : [],
    downloads: Object.keys(content).filter((type) => type !== json),
    refusals: Object.entries(responses)
      .filter(([code]) => Number(code) >= 400)
      .map(([code, { description }]) => ({ status: code, codes: description })),
  }
}
