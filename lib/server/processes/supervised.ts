import type { Server } from 'node:http'
import type { Socket } from 'node:net'
import { ConnectionLoad } from './connection-load'
import type { MetricsOfProcess, Order, ReadersReport, Report } from './messages'

/** How long the main process waits for the readers' metrics, in milliseconds: longer than the supervisor does. */
const collectMaxMs = 2_000

/**
 * The side of a supervised process: it follows the supervisor's orders instead of signals, which a terminal and systemd
 * send to all processes at once. The process ends at once when the supervisor is gone: another server may start then.
 */
export class Supervised {
  readonly #collecting = new Map<number, (report: ReadersReport) => void>()
  #lastRequest = 0
  #onStop: ((isHurried: boolean) => void) | null = null
  /** Whether the process was told to stop before it knew how. */
  #mustStop = false
  #onDrain: (() => void) | null = null
  /** Whether the process was told to drain before it knew how. */
  #mustDrain = false
  #readMetrics: () => Promise<MetricsOfProcess> = () => Promise.resolve([])
  /** Resolves when no reader runs any more, while the server stops. */
  readonly readersEnded: Promise<void>
  #endReaders: () => void = () => {}
  #readersHaveUploads = true
  #server: Server | null = null
  readonly #load = new ConnectionLoad((load) => report({ type: 'load', load }))

  constructor() {
    this.readersEnded = new Promise((resolve) => (this.#endReaders = resolve))
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => undefined)
    process.once('disconnect', () => process.exit(1))
    process.on('message', (order: Order, socket?: Socket) => this.#follow(order, socket))
  }

  /** Has the server take the connections that the supervisor gives the process. */
  take(server: Server): void {
    this.#server = server
    // Node's server watches over the time limits of its connections from this event on.
    server.emit('listening')
    report({ type: 'open' })
  }

  /** Tells the supervisor to accept no more connections for anybody. */
  close(): void {
    report({ type: 'closed' })
  }

  /** Whether clients of readers may be in the middle of uploads, while the server stops: they may need the port again. */
  get readersHaveUploads(): boolean {
    return this.#readersHaveUploads
  }

  /** Tells the supervisor that no client of this reader, which stops, is in the middle of an upload any more. */
  endUploads(): void {
    report({ type: 'uploads ended' })
  }

  /** Calls `drain` when the server will stop soon. */
  onDrain(drain: () => void): void {
    this.#onDrain = drain
    if (this.#mustDrain) drain()
  }

  /** Calls `stop` when the process must stop; again, hurried, when it must stop now. */
  onStop(stop: (isHurried: boolean) => void): void {
    this.#onStop = stop
    if (this.#mustStop) stop(false)
  }

  /** Reports `read` when the supervisor asks for the metrics. */
  onCollect(read: () => Promise<MetricsOfProcess>): void {
    this.#readMetrics = read
  }

  /** Tells the supervisor that the process serves. */
  ready(): void {
    report({ type: 'ready' })
  }

  /** The metrics of the readers; of none when the supervisor does not answer. */
  async collect(): Promise<ReadersReport> {
    const request = ++this.#lastRequest
    const answer = new Promise<ReadersReport>((resolve) => {
      this.#collecting.set(request, resolve)
      setTimeout(() => resolve({ running: [], metrics: [] }), collectMaxMs).unref()
    })
    report({ type: 'collect', request })
    const readers = await answer
    this.#collecting.delete(request)
    return readers
  }

  #follow(order: Order, socket: Socket | undefined): void {
    switch (order.type) {
      case 'take':
        // Undefined when the client has left.
        if (socket !== undefined) {
          this.#load.add(socket)
          // As Node's HTTP server sets them for its own connections: a client may end its side and wait for the answer.
          socket.allowHalfOpen = true
          socket.setNoDelay(true)
          this.#server?.emit('connection', socket)
        }
        report({ type: 'taken', connection: order.connection, load: this.#load.read() })
        return
      case 'drain':
        if (this.#onDrain === null) this.#mustDrain = true
        else this.#onDrain()
        return
      case 'stop':
      case 'hurry':
        if (this.#onStop === null) this.#mustStop = true
        else this.#onStop(order.type === 'hurry')
        return
      case 'uploads ended':
        this.#readersHaveUploads = false
        return
      case 'readers ended':
        this.#endReaders()
        return
      case 'collect':
        void this.#readMetrics().then((metrics) => report({ type: 'metrics', request: order.request, metrics }))
        return
      case 'collected':
        this.#collecting.get(order.request)?.(order.report)
    }
  }
}

function report(message: Report): void {
  // The supervisor may be ending; then so is this process.
  process.send?.(message, undefined, undefined, () => undefined)
}
