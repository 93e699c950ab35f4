/**
 * Descriptors, compared by what clients read of them (OCI image-spec, "Content Descriptors"). Fields that the
 * specification does not define are left out: clients ignore them, and lose them when they write a manifest anew.
 */

const definedFields = ['annotations', 'artifactType', 'data', 'digest', 'mediaType', 'platform', 'size', 'urls']

/**
 * Text that two descriptors share exactly when clients read the same from both. `fields` limits it to some fields. An
 * empty list or object and null are the same as no field: Go clients leave them out when they write a manifest anew.
 */
export function descriptorText(
  descriptor: Readonly<Record<string, unknown>>,
  fields: readonly string[] = definedFields,
): string {
  let text = ''
  for (const field of fields) {
    const value = descriptor[field]
    if (value === undefined || value === null) continue
    const json = canonicalJson(value)
    // JSON has no line break outside a text, and none in one.
    if (json !== '[]' && json !== '{}') text += `${field} ${json}\n`
  }
  return text
}

/** JSON with sorted keys. */
function canonicalJson(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  const members = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1))
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`).join(',')}}`
}
