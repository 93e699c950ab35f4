/** JSON Schema 2020-12, as far as the schemas of our OpenAPI document use it. */
export interface JsonSchema {
  type?: string
  description?: string
  properties?: Record<string, JsonSchema>
  required?: readonly string[]
  additionalProperties?: boolean | JsonSchema
  items?: JsonSchema
  prefixItems?: readonly JsonSchema[]
  anyOf?: readonly JsonSchema[]
  oneOf?: readonly JsonSchema[]
  allOf?: readonly JsonSchema[]
  enum?: readonly unknown[]
  const?: unknown
  default?: unknown
  examples?: readonly unknown[]
  minimum?: number
  maximum?: number
  minLength?: number
  maxLength?: number
}

/** A field of a body, or of an object in it. */
export interface SchemaField {
  /** `immutability.mode`; `items[].name` in a list. */
  readonly path: string
  /** Its type in words: `string or null`, `"off", "audit" or "enforce"`. */
  readonly type: string
  readonly isRequired: boolean
  readonly description: string
}

/** Objects in objects are shown down to here: deeper ones are those of manifests. */
const depthMax = 5

/** All fields of a schema, those of objects in it after their object. */
export function fieldsOf(schema: JsonSchema, prefix = '', depth = 0): SchemaField[] {
  if (depth > depthMax) return []
  return objectsOf(schema).flatMap(({ properties = {}, required = [] }) =>
    Object.entries(properties).flatMap(([name, field]) => {
      const path = prefix + name
      const isList = listOf(field) !== undefined
      return [
        {
          path,
          type: typeOf(field),
          isRequired: required.includes(name),
          description: [field.description, limitsOf(field)].filter(Boolean).join('. '),
        },
        ...fieldsOf(field, `${path}${isList ? '[]' : ''}.`, depth + 1),
      ]
    }),
  )
}

/** The type of a value in words. */
export function typeOf(schema: JsonSchema): string {
  if (schema.const !== undefined) return JSON.stringify(schema.const)
  if (schema.enum) return inWords(schema.enum.map((value) => JSON.stringify(value)))
  const choices = schema.anyOf ?? schema.oneOf
  if (choices) return inWords([...new Set(choices.map(typeOf))])
  if (schema.type === 'array') return schema.items ? `list of ${typeOf(schema.items)}` : 'list'
  return schema.type ?? 'any'
}

/** A value that fits: an example of the schema's, its default, or what is simplest. Optional fields are left out. */
export function exampleOf(schema: JsonSchema): unknown {
  const [example] = schema.examples ?? []
  if (example !== undefined) return example
  if (schema.const !== undefined) return schema.const
  if (schema.enum) return schema.enum[0]
  const [choice] = schema.anyOf ?? schema.oneOf ?? []
  if (choice) return exampleOf(choice)
  if (schema.default !== undefined) return schema.default
  switch (schema.type) {
    case 'object':
      return Object.fromEntries(
        Object.entries(schema.properties ?? {})
          .filter(([name]) => schema.required?.includes(name))
          .map(([name, field]) => [name, exampleOf(field)]),
      )
    case 'array':
      return schema.items ? [exampleOf(schema.items)] : []
    case 'integer':
    case 'number':
      return schema.minimum ?? 0
    case 'boolean':
      return false
    case 'null':
      return null
    default:
      return 'string'
  }
}

/** The objects that a value may be, or a list of which it is. */
function objectsOf(schema: JsonSchema): JsonSchema[] {
  const inner = listOf(schema)
  if (inner) return objectsOf(inner)
  const choices = schema.anyOf ?? schema.oneOf ?? schema.allOf
  if (choices) return choices.flatMap(objectsOf)
  return schema.properties ? [schema] : []
}

function listOf(schema: JsonSchema): JsonSchema | undefined {
  if (schema.type === 'array') return schema.items
  return (schema.anyOf ?? schema.oneOf)?.find(({ type }) => type === 'array')?.items
}

function limitsOf({ default: preset, minimum, maximum, maxLength }: JsonSchema): string {
  return [
    // What JavaScript can count to is no limit of ours.
    ...(minimum !== undefined && maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER
      ? [`${minimum} to ${maximum}`]
      : []),
    ...(maxLength === undefined ? [] : [`At most ${maxLength} characters`]),
    ...(preset === undefined ? [] : [`Default: ${JSON.stringify(preset)}`]),
  ].join('. ')
}

function inWords(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`
}
