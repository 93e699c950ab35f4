/** What the server says is wrong with a field of a request: the field's path, as in `grants.0.scopeId`, and why. */
export interface RefusedField {
  path: string
  message: string
}

/**
 * Sorts what the server says by the fields that a form shows, in their order, and what is about none of them. A field stands
 * for what its path names, and else for the last name of a longer path that it has: `exemptTags` for
 * `immutability.exemptTags.0`.
 */
export function sortRefusals(refused: readonly RefusedField[], shown: readonly string[]) {
  const taken = refused.map(({ path, message }) => ({ field: fieldFor(path, shown), path, message }))
  const fields = new Map<string, string>()
  for (const field of shown) {
    const messages = taken.filter((one) => one.field === field).map(({ message }) => message)
    if (messages.length > 0) fields.set(field, [...new Set(messages)].join('; '))
  }
  const rest = taken.filter(({ field }) => field === null).map(({ path, message }) => ({ path, message }))
  return { fields, rest }
}

function fieldFor(path: string, shown: readonly string[]): string | null {
  return [path, ...path.split('.').reverse()].find((name) => shown.includes(name)) ?? null
}
