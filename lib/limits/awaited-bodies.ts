/**
 * The requests of the REST API whose clients wait for "100 Continue", by request id. The server's bundle, which can
 * send it, and Next's, which knows whether the body is wanted, share only the context.
 */
export class AwaitedBodies {
  readonly #asks = new Map<string, () => void>()

  /** Keeps `ask`, which sends "100 Continue", until `forget`. */
  hold(requestId: string, ask: () => void): void {
    this.#asks.set(requestId, ask)
  }

  /** Sends "100 Continue" if the client of this request waits for it. */
  ask(requestId: string): void {
    this.#asks.get(requestId)?.()
  }

  /** The request has ended. */
  forget(requestId: string): void {
    this.#asks.delete(requestId)
  }
}
