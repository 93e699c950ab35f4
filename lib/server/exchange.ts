import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { RegistryExchange } from '@/lib/protocol/handler'

/** Through which a request came: `registry` is `/v2`, `api` is `/api/v1`, `console` all else. */
export type Door = 'registry' | 'api' | 'console'

/** The doors. */
export const doors: readonly Door[] = ['registry', 'api', 'console']

/** A request, from its first byte to the end of its answer. Its door fills in what only it knows. */
export interface Exchange extends RegistryExchange {
  readonly door: Door
  readonly request: IncomingMessage
  readonly response: ServerResponse
  /** How long it took; 0 until it has ended. */
  durationMs: number
}

/** Sees every request. */
export class Exchanges {
  /** Those that have not ended. */
  readonly running = new Set<Exchange>()
  readonly #onEnd: (exchange: Exchange) => void

  /** Calls `onEnd` for each, once, when its answer has been sent or will never be. */
  constructor(onEnd: (exchange: Exchange) => void) {
    this.#onEnd = onEnd
  }

  /** Begins to see a request. */
  begin(door: Door, request: IncomingMessage, response: ServerResponse): Exchange {
    const exchange: Exchange = {
      requestId: randomUUID(),
      door,
      request,
      response,
      route: null,
      error: null,
      durationMs: 0,
    }
    const startedAt = performance.now()
    this.running.add(exchange)
    response.once('close', () => {
      this.running.delete(exchange)
      exchange.durationMs = performance.now() - startedAt
      this.#onEnd(exchange)
    })
    return exchange
  }
}
