import { monitorEventLoopDelay } from 'node:perf_hooks'
import { Counter, Gauge, type Registry, collectDefaultMetrics } from 'prom-client'
import type { TagRefusals } from '@/lib/limits/tag-refusals'
import type { Connections } from './connections'
import { type Exchange, doors } from './exchange'
import { RequestStatistics } from './request-statistics'

/** Where the metrics of a process are read from, on each scrape. */
export interface ProcessSources {
  readonly running: Iterable<Exchange>
  readonly connections: Pick<Connections, 'read'>
  readonly tagRefusals: Pick<TagRefusals, 'read'>
}

/** How often the event loop is asked whether it is free, in milliseconds. */
const eventLoopSampleMs = 10

/**
 * What each process of the server counts by itself, in a registry that is given. Their sums are the server's, but for the
 * delay of the event loop, of which the worst counts.
 */
export class ProcessMetrics {
  readonly #sources: ProcessSources
  readonly #refusedPushes: Counter<'reason'>
  readonly #requests: RequestStatistics
  readonly #failures: Counter<'code'>

  constructor(registry: Registry, sources: ProcessSources) {
    this.#sources = sources
    const registers = [registry]
    this.#requests = new RequestStatistics(registry)
    this.#refusedPushes = new Counter({
      name: 'stele_refused_pushes_total',
      help: 'Refused manifests, by error code: TAG_IMMUTABLE and others.',
      labelNames: ['reason'],
      registers,
    })
    this.#failures = new Counter({
      name: 'stele_registry_failures_total',
      help: 'Registry requests that the server failed: UNAVAILABLE (database or storage), STORAGE_FULL, INTERNAL.',
      labelNames: ['code'],
      registers,
    })
    this.#collectRefusals(registers)
    this.#collectConnections(registers)
    this.#collectEventLoop(registers)
    collectDefaultMetrics({ register: registry })
  }

  /** Counts a completed request. */
  note(exchange: Exchange): void {
    this.#requests.note(exchange)
    const { error, route, request, response } = exchange
    if (error === null) return
    if (response.statusCode >= 500) this.#failures.inc({ code: error })
    else if (request.method === 'PUT' && route === '/v2/{name}/manifests/{reference}') {
      this.#refusedPushes.inc({ reason: error })
    }
  }

  #collectRefusals(registers: Registry[]): void {
    const { tagRefusals } = this.#sources
    new Counter({
      name: 'stele_tag_refusals_total',
      help: 'Moves of tags that immutability refused, or would have (mode audit), by reason.',
      labelNames: ['reason', 'effect'],
      registers,
      collect() {
        this.reset()
        for (const { reason, effect, count } of tagRefusals.read()) this.inc({ reason, effect }, count)
      },
    })
  }

  #collectConnections(registers: Registry[]): void {
    const { running, connections } = this.#sources
    new Gauge({
      name: 'stele_http_requests_running',
      help: 'Running requests.',
      labelNames: ['door'],
      registers,
      collect() {
        for (const door of doors) this.set({ door }, [...running].filter((exchange) => exchange.door === door).length)
      },
    })
    new Gauge({
      name: 'stele_http_connections_open',
      help: 'Open connections.',
      registers,
      collect() {
        this.set(connections.read().open)
      },
    })
    new Counter({
      name: 'stele_http_received_bytes_total',
      help: 'Bytes received over all connections, including HTTP heads.',
      registers,
      collect() {
        this.reset()
        this.inc(connections.read().receivedBytes)
      },
    })
    new Counter({
      name: 'stele_http_sent_bytes_total',
      help: 'Bytes sent over all connections, including HTTP heads.',
      registers,
      collect() {
        this.reset()
        this.inc(connections.read().sentBytes)
      },
    })
  }

  #collectEventLoop(registers: Registry[]): void {
    const delay = monitorEventLoopDelay({ resolution: eventLoopSampleMs })
    delay.enable()
    new Gauge({
      name: 'stele_event_loop_delay_seconds',
      help: 'How long requests waited because the process was busy, since the last scrape.',
      labelNames: ['quantile'],
      aggregator: 'max',
      registers,
      collect() {
        for (const quantile of [0.5, 0.99, 1]) {
          const sampleMs = (quantile === 1 ? delay.max : delay.percentile(quantile * 100)) / 1e6
          // A sample is the time between two questions.
          this.set({ quantile }, Math.max(0, sampleMs - eventLoopSampleMs) / 1000)
        }
        delay.reset()
      },
    })
  }
}
