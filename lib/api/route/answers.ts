import { AppError } from '@/lib/domain/errors'
import type { Versioned } from '@/lib/registry/versions'

/** The answer that shows a resource with its ETag. */
export function versioned<T>({ value, version }: Versioned<T>): { body: T; version: string } {
  return { body: value, version }
}

/** The answer for a created resource, with its ETag and its location; `collection` is a path below `/api/v1`. */
export function created<T extends { readonly id: string }>(collection: `/${string}`, { value, version }: Versioned<T>) {
  return { body: value, version, location: `/api/v1${collection}/${value.id}` }
}

/** Returns what a change found. Throws NOT_FOUND for null. */
export function found<T>(value: T | null): T {
  if (value === null) throw new AppError('NOT_FOUND')
  return value
}
