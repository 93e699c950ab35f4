import { isDeepStrictEqual } from 'node:util'

/** Returns the fields of `wanted` that differ from `current`, with their old values; null when none differs. */
export function changedFields<T extends object, K extends keyof T>(
  current: T,
  wanted: { readonly [Field in K]?: T[Field] | undefined },
): { readonly before: Partial<Pick<T, K>>; readonly after: Partial<Pick<T, K>> } | null {
  const before: Partial<Pick<T, K>> = {}
  const after: Partial<Pick<T, K>> = {}
  let isChanged = false
  for (const field of Object.keys(wanted) as K[]) {
    const value = wanted[field]
    if (value === undefined || isDeepStrictEqual(value, current[field])) continue
    before[field] = current[field]
    after[field] = value
    isChanged = true
  }
  return isChanged ? { before, after } : null
}
