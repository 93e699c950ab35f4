/**
 * What the keys of a server are for: `secrets` seals what must be readable later, `registry-tokens` signs tokens,
 * `transparency-log` signs the checkpoints of transparency logs.
 */
export type KeyName = 'registry-tokens' | 'secrets' | 'transparency-log'

/** Where the keys of a server are. All servers that work together have the same. */
export interface KeyStore {
  /** Returns the content of a key. The first call ever makes it with `create`; of several at once, all get the same. */
  read(name: KeyName, create: () => Buffer): Promise<Buffer>
  /** Returns a mark that changes with the content; null while there is none. Costs little. */
  markOf(name: KeyName): Promise<string | null>
  /**
   * Replaces the content by the result of `next`, or changes nothing. Calls `record` before that takes effect; with a
   * transaction, if the two can be one.
   */
  replace(name: KeyName, next: (current: Buffer) => Buffer, record: (within?: object) => Promise<void>): Promise<void>
}

/** Why the keys cannot be used: one sentence for the operator. It contains no key. */
export class KeysError extends Error {}
