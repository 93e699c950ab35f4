import { AggregatorRegistry } from 'prom-client'
import type { MetricsOfProcess, ReadersReport } from './messages'

/** Asks the readers for their metrics. */
export type ReadersMetrics = () => Promise<ReadersReport>

/** Types of metrics that only grow. Those of a reader that has ended stay in the sums, which must not fall. */
const growing = new Set<unknown>(['counter', 'histogram'])

/** The metrics of the readers, also of those that have ended. */
export class ReaderTotals {
  readonly #ask: ReadersMetrics
  /** What each reader has reported last. */
  readonly #last = new Map<number, MetricsOfProcess>()
  /** The sums of the readers that have ended. */
  #ended: MetricsOfProcess = []

  constructor(ask: ReadersMetrics) {
    this.#ask = ask
  }

  /** Reads the metrics of all readers, to be added up. What an ended reader counted after its last report is lost. */
  async read(): Promise<MetricsOfProcess[]> {
    const { running, metrics: reported } = await this.#ask()
    for (const { reader, metrics } of reported) this.#last.set(reader, metrics)
    for (const [reader, metrics] of this.#last) {
      if (running.includes(reader)) continue
      this.#last.delete(reader)
      const ended = metrics.filter(({ type }) => growing.has(type))
      this.#ended = await AggregatorRegistry.aggregate([this.#ended, ended]).getMetricsAsJSON()
    }
    return [this.#ended, ...this.#last.values()]
  }
}
