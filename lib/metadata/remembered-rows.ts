import { LRUCache } from 'lru-cache'
import type { CommitMark, DirectReads, Question } from './engine/database'

/** SQLite answers at once. */
export type Answer<T> = T | null | Promise<T | null>

/** How much is remembered. */
export interface RememberedLimits<T> {
  /** In all, in bytes. */
  readonly maxBytes: number
  /** Larger answers are found, and not remembered: a few must not displace all others. Absent: all are remembered. */
  readonly maxEntryBytes?: number
  /** About how much memory an answer takes. */
  readonly bytesOf: (answer: T) => number
  /** How much it takes that there is no answer; absent: that is not remembered. */
  readonly noneBytes?: number
}

/** What is asked for. */
export interface RowQuestion<Row, T> {
  /** No two questions that have different answers have the same. */
  readonly key: string
  readonly question: Question
  /** Makes an answer of the first row; null when it is none. */
  readonly toAnswer: (row: Row) => T | null
}

/**
 * Reads first rows, and remembers each until the database says that something was committed
 * (docs/decisions/0028-short-way.md): an answer is always what the statement would find now.
 */
export class RememberedRows<T extends object> {
  readonly #reads: DirectReads
  readonly #remembersNone: boolean
  readonly #remembered: LRUCache<string, { readonly mark: CommitMark; readonly answer: T | null }>

  constructor(reads: DirectReads, { maxBytes, maxEntryBytes = maxBytes, bytesOf, noneBytes }: RememberedLimits<T>) {
    this.#reads = reads
    this.#remembersNone = noneBytes !== undefined
    this.#remembered = new LRUCache({
      maxSize: maxBytes,
      maxEntrySize: maxEntryBytes,
      sizeCalculation: ({ answer }) => (answer === null ? (noneBytes ?? 1) : bytesOf(answer)),
    })
  }

  /** The answer to a question, or null. */
  find<Row, U extends T>({ key, question, toAnswer }: RowQuestion<Row, U>): Answer<U> {
    const known = this.#remembered.get(key)
    return then(this.#reads.firstSince<Row>(known?.mark, question), (found) => {
      if (found === null) return (known?.answer ?? null) as U | null
      const answer = found.row === undefined ? null : toAnswer(found.row)
      if (answer === null && !this.#remembersNone) this.#remembered.delete(key)
      else this.#remembered.set(key, { mark: found.mark, answer })
      return answer
    })
  }
}

/** Applies `use` to what was found, now or when it comes. */
function then<T, U>(found: T | Promise<T>, use: (found: T) => U): U | Promise<U> {
  return found instanceof Promise ? found.then(use) : use(found)
}
