import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { isAcrRequest } from '@/lib/acr/is-acr-request'
import { isLogPath } from '@/lib/log-door/handler'
import { type RegistryExchange, isRegistryPath } from '@/lib/protocol/handler'
import { isApiPath } from './api-routes'

/**
 * The door that a request used: `registry` is `/v2`, `api` is `/api/v1`, `acr` is ACR's API at `/`, `log` is `/log`,
 * `console` is everything else.
 */
export type Door = 'registry' | 'api' | 'acr' | 'log' | 'console'

/** All doors. */
export const doors: readonly Door[] = ['registry', 'api', 'acr', 'log', 'console']

/** The door of a request. */
export function doorOf(request: Pick<IncomingMessage, 'method' | 'url' | 'headers'>): Door {
  const { url = '' } = request
  if (isRegistryPath(url)) return 'registry'
  if (isApiPath(url)) return 'api'
  if (isLogPath(url)) return 'log'
  return isAcrRequest(request) ? 'acr' : 'console'
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

/** An exchange that has not ended, and where it is in the list of them; -1 when it has ended. */
interface Running extends Exchange {
  place: number
}

/** Tracks all requests. */
export class Exchanges {
  /**
   * In an array, not a Set. A Set that has filled up with deleted entries is copied, and once it has lived for a while, V8
   * puts its copies among the old objects: each keeps what was running at its time until the next full collection. That
   * was nearly every request, and a quarter of the CPU of a pull from PostgreSQL (docs/decisions/0042-postgresql-cost.md).
   */
  readonly #running: Running[] = []
  readonly #onEnd: (exchange: Exchange) => void

  /** Calls `onEnd` once for each request that has ended: its response was sent or its connection is closed. */
  constructor(onEnd: (exchange: Exchange) => void) {
    this.#onEnd = onEnd
  }

  /** The requests that have not ended. */
  get running(): Iterable<Exchange> {
    return this.#running
  }

  /** Starts to track a request. */
  begin(door: Door, request: IncomingMessage, response: ServerResponse): Exchange {
    const exchange: Running = {
      requestId: randomUUID(),
      door,
      request,
      response,
      route: null,
      error: null,
      durationMs: 0,
      isPassedOn: false,
      place: this.#running.length,
    }
    const startedAt = performance.now()
    this.#running.push(exchange)
    // Not `once`, which makes two more objects for each request.
    response.on('close', () => {
      if (exchange.place < 0) return
      this.#remove(exchange)
      exchange.durationMs = performance.now() - startedAt
      this.#onEnd(exchange)
    })
    return exchange
  }

  /** The last one takes its place. */
  #remove(exchange: Running): void {
    const last = this.#running.pop()
    if (last !== undefined && last !== exchange) {
      this.#running[exchange.place] = last
      last.place = exchange.place
    }
    exchange.place = -1
  }
}
