import type { ChildProcess } from 'node:child_process'
import type { Order, ReaderMetrics, ReadersReport, Report } from './messages'

/** How long a reader may take to report its metrics, in milliseconds. */
const answerMaxMs = 1_000

interface Collecting {
  readonly waitingFor: Set<ChildProcess>
  readonly metrics: ReaderMetrics[]
  readonly finish: () => void
}

/** Collects the readers' metrics for the main process: processes talk only to their supervisor. */
export class MetricsCollection {
  readonly #under = new Map<number, Collecting>()
  #lastRequest = 0

  /** Asks the readers, which have numbers, for their metrics. Those that do not answer in time are left out. */
  async collect(readers: ReadonlyMap<ChildProcess, number>): Promise<ReadersReport> {
    const request = ++this.#lastRequest
    const metrics: ReaderMetrics[] = []
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, answerMaxMs)
      const finish = () => {
        clearTimeout(timer)
        resolve()
      }
      this.#under.set(request, { waitingFor: new Set(readers.keys()), metrics, finish })
      if (readers.size === 0) finish()
      const order: Order = { type: 'collect', request }
      for (const reader of readers.keys())
        reader.send(order, (error) => error !== null && this.#strike(request, reader))
    })
    this.#under.delete(request)
    return { running: [...readers.values()], metrics }
  }

  /** Records what the reader of this number has reported. */
  note(reader: ChildProcess, number: number, { request, metrics }: Extract<Report, { type: 'metrics' }>): void {
    this.#under.get(request)?.metrics.push({ reader: number, metrics })
    this.#strike(request, reader)
  }

  #strike(request: number, reader: ChildProcess): void {
    const collecting = this.#under.get(request)
    if (collecting?.waitingFor.delete(reader) === true && collecting.waitingFor.size === 0) collecting.finish()
  }
}
