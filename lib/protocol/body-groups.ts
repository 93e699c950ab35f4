import type { IncomingMessage } from 'node:http'
import { batchBytesOf } from '@/lib/domain/batch-bytes'
import { noteBodyBytes } from './young-garbage'

/** A client that sends its body in tiny chunks has to wait for these: each takes a hundred bytes and more beside its own. */
const groupMaxChunks = 1024

/** How many bodies are being read. */
let openBodies = 0

/**
 * The request's body in groups of the chunks that arrived together, for large bodies: waiting for a group costs as much
 * as waiting for a chunk, and a fast client sends four chunks or more at a time. A group has about a batch at most
 * (`batchBytesOf`), then the client has to wait.
 *
 * Like `bodyOf`, it keeps the connection open when reading stops early, and throws when the client disconnects, after
 * all chunks that came before.
 */
export function bodyInGroups(request: IncomingMessage): AsyncIterable<readonly Uint8Array[]> {
  return { [Symbol.asyncIterator]: () => new BodyGroups(request) }
}

type Group = IteratorResult<readonly Uint8Array[], undefined>

const done: Group = { done: true, value: undefined }

class BodyGroups implements AsyncIterator<readonly Uint8Array[], undefined> {
  readonly #request: IncomingMessage
  #chunks: Uint8Array[] = []
  #bytes = 0
  #hasEnded = false
  #failure: Error | null = null
  #waiting: { resolve: (group: Group) => void; reject: (error: Error) => void } | null = null
  #isDue = false
  #isCounted = false

  constructor(request: IncomingMessage) {
    this.#request = request
    request.on('data', this.#take).on('end', this.#end).on('error', this.#fail).on('close', this.#close)
    if (request.readableEnded) this.#hasEnded = true
    else if (request.destroyed) this.#fail(request.errored ?? leftEarly())
    else {
      this.#isCounted = true
      openBodies += 1
    }
  }

  next(): Promise<Group> {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject }
      if (this.#bytes > 0 || this.#hasEnded || this.#failure !== null) this.#answer()
      if (this.#request.isPaused()) this.#request.resume()
    })
  }

  return(): Promise<Group> {
    this.#detach()
    this.#request.pause()
    return Promise.resolve(done)
  }

  readonly #take = (chunk: Uint8Array): void => {
    this.#chunks.push(chunk)
    this.#bytes += chunk.byteLength
    if (this.#bytes >= batchBytesOf(openBodies) || this.#chunks.length >= groupMaxChunks) {
      this.#request.pause()
      this.#answer()
    } else if (!this.#isDue) {
      // More of what the client has sent arrives in this turn of the event loop.
      this.#isDue = true
      setImmediate(this.#answerDue)
    }
  }

  readonly #answerDue = (): void => {
    this.#isDue = false
    this.#answer()
  }

  readonly #end = (): void => {
    this.#hasEnded = true
    this.#detach()
    this.#answer()
  }

  readonly #fail = (error: Error): void => {
    this.#failure ??= error
    this.#answer()
  }

  readonly #close = (): void => {
    if (!this.#hasEnded) this.#fail(leftEarly())
    this.#detach()
  }

  #answer(): void {
    const waiting = this.#waiting
    if (waiting === null) return
    if (this.#bytes > 0) {
      const value = this.#chunks
      noteBodyBytes(this.#bytes)
      this.#chunks = []
      this.#bytes = 0
      this.#waiting = null
      waiting.resolve({ done: false, value })
    } else if (this.#failure !== null) {
      this.#waiting = null
      waiting.reject(this.#failure)
    } else if (this.#hasEnded) {
      this.#waiting = null
      waiting.resolve(done)
    }
  }

  #detach(): void {
    if (this.#isCounted) openBodies -= 1
    this.#isCounted = false
    this.#request.off('data', this.#take).off('end', this.#end).off('close', this.#close)
    // A request may report a failure after its reading has stopped, and one without a listener would end the process.
    this.#request.off('error', this.#fail).on('error', ignore)
  }
}

function ignore(): void {}

function leftEarly(): Error {
  return new Error('the client disconnected before the end of its body')
}
