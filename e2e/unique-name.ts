import { randomBytes } from 'node:crypto'

/** A name that no other test has: all share one server and run at once. */
export function uniqueName(prefix: string): string {
  return `${prefix}-${randomBytes(4).toString('hex')}`
}
