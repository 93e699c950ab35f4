const kibibyte = 1024

/** For so few bodies, a batch may be as large as pays. */
const fewBodies = 4
const largeBytes = 1024 * kibibyte

/** What the batches of more bodies take together, and each at least. */
const sharedBytes = 1024 * kibibyte
const smallBytes = 64 * kibibyte

/**
 * How many bytes of a body to handle together when so many bodies are handled at once, this one included. A large batch
 * costs less per byte. With many bodies, chunks would live until they are old, and only full collections would free them
 * (docs/decisions/0049-batches-of-bodies.md).
 */
export function batchBytesOf(bodies: number): number {
  return bodies <= fewBodies ? largeBytes : Math.max(smallBytes, Math.floor(sharedBytes / bodies))
}
