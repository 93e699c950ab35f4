import { statfs } from 'node:fs/promises'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { Counter, Gauge, Registry, collectDefaultMetrics } from 'prom-client'
import type { TagRefusals } from '@/lib/limits/tag-refusals'
import type { MaintenanceRunRow } from '@/lib/metadata/maintenance-runs'
import type { Connections } from './connections'
import { type Exchange, doors } from './exchange'
import { RequestStatistics } from './request-statistics'
import { withTimeout } from './with-timeout'

/** Where the metrics are read from, on each scrape. */
export interface MetricsSources {
  readonly running: ReadonlySet<Exchange>
  readonly connections: Pick<Connections, 'read'>
  readonly dataDir: string
  /** Throws when the database does not answer. */
  readonly pingDatabase: () => Promise<unknown>
  readonly countUploads: () => Promise<number>
  /** Tags that are open now, of all processes. */
  readonly countOpenTags: () => Promise<number>
  readonly tagRefusals: Pick<TagRefusals, 'read'>
  /** The last completed run of each kind of maintenance. */
  readonly lastRuns: () => Promise<readonly MaintenanceRunRow[]>
}

/** The metrics of the last run of each kind of maintenance. */
const runFacts: readonly { name: string; help: string; of: (run: MaintenanceRunRow, endedAt: Date) => number }[] = [
  { name: 'end_timestamp_seconds', help: 'Time of its end.', of: (_, endedAt) => endedAt.getTime() / 1000 },
  {
    name: 'duration_seconds',
    help: 'Its duration.',
    of: ({ startedAt }, endedAt) => (endedAt.getTime() - startedAt.getTime()) / 1000,
  },
  { name: 'success', help: '1 if it succeeded, else 0.', of: ({ state }) => (state === 'SUCCEEDED' ? 1 : 0) },
  { name: 'examined_blobs', help: 'Blobs it examined.', of: ({ counts }) => counts['examinedBlobs'] ?? 0 },
  { name: 'removed_blobs', help: 'Blobs it removed.', of: ({ counts }) => counts['removedBlobs'] ?? 0 },
  { name: 'removed_bytes', help: 'Bytes it freed.', of: ({ counts }) => counts['removedBytes'] ?? 0 },
  { name: 'removed_manifests', help: 'Manifests it removed.', of: ({ counts }) => counts['removedManifests'] ?? 0 },
  { name: 'removed_uploads', help: 'Abandoned uploads it removed.', of: ({ counts }) => counts['removedUploads'] ?? 0 },
  {
    name: 'corrupt',
    help: 'Blobs and manifests it found whose bytes no longer match their digest.',
    of: ({ counts }) => (counts['corruptBlobs'] ?? 0) + (counts['corruptManifests'] ?? 0),
  },
]

/** How often the event loop is asked whether it is free, in milliseconds. */
const eventLoopSampleMs = 10

/** How long the database and the storage may take, in milliseconds; later, their metrics are left out. */
const sourceTimeoutMs = 2_000

/**
 * The metrics of the process, in Prometheus format. No label value comes from a client, such as a repository name, so
 * the number of series is bounded. docs/operations.md lists the metrics.
 */
export class Metrics {
  readonly #registry = new Registry()
  readonly #sources: MetricsSources
  readonly #refusedPushes: Counter<'reason'>
  readonly #requests: RequestStatistics
  readonly #failures: Counter<'code'>
  readonly #uploads: Gauge
  readonly #openTags: Gauge
  readonly #databaseUp: Gauge
  readonly #databasePing: Gauge
  readonly #freeBytes: Gauge
  readonly #lastRuns: readonly { readonly gauge: Gauge<'kind'>; readonly of: (typeof runFacts)[number]['of'] }[]

  constructor(sources: MetricsSources) {
    this.#sources = sources
    const registers = [this.#registry]
    const gauge = (name: string, help: string) => new Gauge({ name, help, registers })
    this.#requests = new RequestStatistics(this.#registry)
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
    this.#uploads = gauge('stele_uploads_open', 'Uploads that were started and neither finished nor removed.')
    this.#openTags = gauge('stele_tag_openings_open', 'Protected tags that an administrator has opened for a time.')
    this.#databaseUp = gauge('stele_database_up', 'Whether the database answers.')
    this.#databasePing = gauge('stele_database_ping_seconds', 'Duration of one small read of the database.')
    this.#freeBytes = gauge('stele_data_free_bytes', 'Free space on the volume of the data folder.')
    this.#lastRuns = runFacts.map(({ name, help, of }) => ({
      gauge: new Gauge({
        name: `stele_maintenance_last_${name}`,
        help: `Last garbage collection or scrub: ${help}`,
        labelNames: ['kind'],
        registers,
      }),
      of,
    }))
    this.#collectRefusals(registers)
    this.#collectConnections(registers)
    this.#collectEventLoop(registers)
    collectDefaultMetrics({ register: this.#registry })
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

  /** All metrics in Prometheus format. Metrics of a source that does not answer in time are left out. */
  async read(): Promise<{ readonly type: string; readonly text: string }> {
    await Promise.all([this.#collectDatabase(), this.#collectStorage()])
    return { type: this.#registry.contentType, text: await this.#registry.metrics() }
  }

  async #collectDatabase(): Promise<void> {
    const startedAt = performance.now()
    try {
      await withTimeout(sourceTimeoutMs, this.#sources.pingDatabase)
      this.#databasePing.set((performance.now() - startedAt) / 1000)
      this.#uploads.set(await withTimeout(sourceTimeoutMs, this.#sources.countUploads))
      this.#openTags.set(await withTimeout(sourceTimeoutMs, this.#sources.countOpenTags))
      this.#showRuns(await withTimeout(sourceTimeoutMs, this.#sources.lastRuns))
      this.#databaseUp.set(1)
    } catch {
      // This is the value of the metric; the readiness probe logs the cause.
      this.#databaseUp.set(0)
      this.#databasePing.remove()
      this.#uploads.remove()
      this.#openTags.remove()
      this.#showRuns([])
    }
  }

  #showRuns(runs: readonly MaintenanceRunRow[]): void {
    for (const { gauge, of } of this.#lastRuns) {
      gauge.reset()
      for (const run of runs) {
        if (run.endedAt !== null) gauge.set({ kind: run.kind.toLowerCase() }, of(run, run.endedAt))
      }
    }
  }

  async #collectStorage(): Promise<void> {
    try {
      const { bavail, bsize } = await withTimeout(sourceTimeoutMs, () => statfs(this.#sources.dataDir))
      this.#freeBytes.set(bavail * bsize)
    } catch {
      this.#freeBytes.remove()
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
