import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { isAcrRequest } from '@/lib/acr/is-acr-request'
import { type RegistryExchange, isRegistryPath } from '@/lib/protocol/handler'
import { isApiPath } from './api-routes'

/**
 * The door that a request used: `registry` is `/v2`, `api` is `/api/v1`, `acr` is ACR's API at `/`, `console` is everything
 * else.
 */
export type Door = 'registry' | 'api' | 'acr' | 'console'

/** All doors. */
export const doors: readonly Door[] = ['registry', 'api', 'acr', 'console']

/** The door of a request. */
export function doorOf(request: Pick<IncomingMessage, 'method' | 'url' | 'headers'>): Door {
  const { url = '' } = request
  return isRegistryPath(url) ? 'registry' : isApiPath(url) ? 'api' : isAcrRequest(request) ? 'acr' : 'console'
}

/** A request, from its first byte to the end of its answer. Its door fills in what only it knows. */
export interface Exchange extends RegistryExchange {
  readonly door: Door
  readonly request: IncomingMessage
  readonly response: ServerResponse
  /** Duration in milliseconds; 0 until the request has ended. */
  durationMs: number
  /** Whether another process has it, which logs and counts it. */
  isPassedOn: boolean
}

/** Tracks all requests. */
export class Exchanges {
  /** The requests that have not ended. */
  readonly running = new Set<Exchange>()
  readonly #onEnd: (exchange: Exchange) => void

  /** Calls `onEnd` once for each request that ends in this process: its response was sent or its connection is closed. */
  constructor(onEnd: (exchange: Exchange) => void) {
    this.#onEnd = onEnd
  }

  /** Starts to track a request. */
  begin(door: Door, request: IncomingMessage, response: ServerResponse): Exchange {
    const exchange: Exchange = {
      requestId: randomUUID(),
      door,
      request,
      response,
      route: null,
      error: null,
      durationMs: 0,
      isPassedOn: false,
    }
    const startedAt = performance.now()
    this.running.add(exchange)
    // Not `once`, which makes two more objects for each request.
    response.on('close', () => {
      if (!this.running.delete(exchange)) return
      exchange.durationMs = performance.now() - startedAt
      if (!exchange.isPassedOn) this.#onEnd(exchange)
    })
    return exchange
  }
}
