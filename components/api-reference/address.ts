import type { ApiOperation } from './read-document'

/** The path of a call, relative to `/api/v1`, with the parameters that have a value. What is missing stays in braces. */
export function addressOf(
  { path, parameters }: Pick<ApiOperation, 'path' | 'parameters'>,
  values: Readonly<Record<string, string>>,
): string {
  const filled = path.replace(/\{(\w+)\}/g, (braces, name: string) =>
    values[name] ? encodeURIComponent(values[name]) : braces,
  )
  const query = new URLSearchParams()
  for (const { in: place, path: name } of parameters) {
    if (place === 'query' && values[name]) query.set(name, values[name])
  }
  return query.size === 0 ? filled : `${filled}?${query}`
}
