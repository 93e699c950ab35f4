import { statfs } from 'node:fs/promises'
import { AggregatorRegistry, Gauge, Registry } from 'prom-client'
import type { LogFigures } from '@/lib/metadata/transparency-figures'
import type { MaintenanceRunRow } from '@/lib/metadata/maintenance-runs'
import type { Exchange } from './exchange'
import { ProcessMetrics, type ProcessSources } from './process-metrics'
import type { MetricsOfProcess } from './processes/messages'
import { ReaderTotals, type ReadersMetrics } from './processes/reader-totals'
import { withTimeout } from './with-timeout'

/** Where the metrics are read from, on each scrape. */
export interface MetricsSources extends ProcessSources {
  /** The data folder; null when nothing is in it. */
  readonly dataDir: string | null
  /** Throws when the database does not answer. */
  readonly pingDatabase: () => Promise<unknown>
  readonly countUploads: () => Promise<number>
  /** Tags that are open now, of all processes. */
  readonly countOpenTags: () => Promise<number>
  /** How far the transparency logs are. */
  readonly measureLogs: () => Promise<LogFigures>
  /** The last completed run of each kind of maintenance. */
  readonly lastRuns: () => Promise<readonly MaintenanceRunRow[]>
  /** The metrics of the processes that read beside this one; absent when there are none. */
  readonly readers?: ReadersMetrics
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

/** The metrics of each witness of the transparency logs. Its name is in the settings, so they are few. */
const witnessFacts: readonly {
  name: string
  help: string
  of: (witness: LogFigures['witnesses'][number]) => number
}[] = [
  {
    name: 'behind_leaves',
    help: 'Leaves that it has not cosigned, of the log where those are most.',
    of: ({ behindLeaves }) => behindLeaves,
  },
  {
    name: 'behind_seconds',
    help: 'How long it has not cosigned although it was asked; 0 when it did the last time.',
    of: ({ behindSeconds }) => behindSeconds,
  },
  {
    name: 'refused',
    help: '1 if its last answer contradicts what it, or the log, said before; else 0.',
    of: ({ isRefused }) => (isRefused ? 1 : 0),
  },
]

/** How long the database and the storage may take, in milliseconds; later, their metrics are left out. */
const sourceTimeoutMs = 2_000

/**
 * The metrics of the server, in Prometheus format: one sum over all its processes. No label value comes from a client,
 * such as a repository name, so the number of series is bounded. docs/operations.md lists the metrics.
 */
export class Metrics {
  readonly #registry = new Registry()
  readonly #sources: MetricsSources
  readonly #process: ProcessMetrics
  readonly #readers: ReaderTotals | null
  readonly #uploads: Gauge
  readonly #openTags: Gauge
  readonly #logs: Readonly<Record<Exclude<keyof LogFigures, 'witnesses'>, Gauge>>
  readonly #witnesses: readonly { readonly gauge: Gauge<'witness'>; readonly of: (typeof witnessFacts)[number]['of'] }[]
  readonly #databaseUp: Gauge
  readonly #databasePing: Gauge
  readonly #freeBytes: Gauge
  readonly #lastRuns: readonly { readonly gauge: Gauge<'kind'>; readonly of: (typeof runFacts)[number]['of'] }[]

  constructor(sources: MetricsSources) {
    this.#sources = sources
    this.#readers = sources.readers === undefined ? null : new ReaderTotals(sources.readers)
    const registers = [this.#registry]
    const gauge = (name: string, help: string) => new Gauge({ name, help, registers })
    this.#uploads = gauge('stele_uploads_open', 'Uploads that were started and neither finished nor removed.')
    this.#openTags = gauge('stele_tag_openings_open', 'Protected tags that an administrator has opened for a time.')
    this.#logs = {
      leaves: gauge('stele_transparency_log_leaves', 'Leaves of all transparency logs.'),
      stalled: gauge(
        'stele_transparency_logs_stalled',
        'Transparency logs that stand still: something cannot be read.',
      ),
      lagSeconds: gauge(
        'stele_transparency_log_lag_seconds',
        'Age of the oldest event that no log has yet; 0 for none.',
      ),
      checkpointAgeSeconds: gauge('stele_transparency_log_checkpoint_age_seconds', 'Age of the newest checkpoint.'),
    }
    this.#witnesses = witnessFacts.map(({ name, help, of }) => ({
      gauge: new Gauge({
        name: `stele_transparency_witness_${name}`,
        help: `Witness of the transparency logs: ${help}`,
        labelNames: ['witness'],
        registers,
      }),
      of,
    }))
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
    this.#process = new ProcessMetrics(this.#registry, sources)
  }

  /** Counts a completed request of this process. */
  note(exchange: Exchange): void {
    this.#process.note(exchange)
  }

  /** All metrics in Prometheus format. Metrics of a source that does not answer in time are left out. */
  async read(): Promise<{ readonly type: string; readonly text: string }> {
    await Promise.all([this.#collectDatabase(), this.#collectStorage()])
    if (this.#readers === null) return { type: this.#registry.contentType, text: await this.#registry.metrics() }
    const own: MetricsOfProcess = await this.#registry.getMetricsAsJSON()
    // What is of one process only, such as its start, is the main process's.
    const shown = own.map((metric) =>
      metric.aggregator === 'omit' ? { ...metric, aggregator: 'first' as const } : metric,
    )
    const summed = AggregatorRegistry.aggregate([shown, ...(await this.#readers.read())])
    return { type: summed.contentType, text: await summed.metrics() }
  }

  async #collectDatabase(): Promise<void> {
    const startedAt = performance.now()
    try {
      await withTimeout(sourceTimeoutMs, this.#sources.pingDatabase)
      this.#databasePing.set((performance.now() - startedAt) / 1000)
      this.#uploads.set(await withTimeout(sourceTimeoutMs, this.#sources.countUploads))
      this.#openTags.set(await withTimeout(sourceTimeoutMs, this.#sources.countOpenTags))
      this.#showRuns(await withTimeout(sourceTimeoutMs, this.#sources.lastRuns))
      this.#showLogs(await withTimeout(sourceTimeoutMs, this.#sources.measureLogs))
      this.#databaseUp.set(1)
    } catch {
      // This is the value of the metric; the readiness probe logs the cause.
      this.#databaseUp.set(0)
      this.#databasePing.remove()
      this.#uploads.remove()
      this.#openTags.remove()
      this.#showRuns([])
      this.#showLogs({ leaves: null, stalled: null, lagSeconds: null, checkpointAgeSeconds: null, witnesses: [] })
    }
  }

  #showLogs(figures: LogFigures): void {
    for (const name of ['leaves', 'stalled', 'lagSeconds', 'checkpointAgeSeconds'] as const) {
      const value = figures[name]
      if (value === null) this.#logs[name].remove()
      else this.#logs[name].set(value)
    }
    for (const { gauge, of } of this.#witnesses) {
      gauge.reset()
      for (const witness of figures.witnesses) gauge.set({ witness: witness.name }, of(witness))
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
    const { dataDir } = this.#sources
    try {
      if (dataDir === null) throw new Error('there is no folder')
      const { bavail, bsize } = await withTimeout(sourceTimeoutMs, () => statfs(dataDir))
      this.#freeBytes.set(bavail * bsize)
    } catch {
      this.#freeBytes.remove()
    }
  }
}
