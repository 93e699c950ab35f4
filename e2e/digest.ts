import { createHash } from 'node:crypto'

/** The digest a registry gives these bytes. */
export function digestOf(content: Uint8Array): string {
  return `sha256:${createHash('sha256').update(content).digest('hex')}`
}
