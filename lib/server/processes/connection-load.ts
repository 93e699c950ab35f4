import type { Socket } from 'node:net'

/** How many connections a process has. */
export interface Load {
  /** Those with bytes in the last moments, or that are new. */
  readonly active: number
  /** Those that wait for their next request. */
  readonly idle: number
}

/** How often it is looked whether bytes have come or gone, in milliseconds. */
const lookMs = 1_000

/** How long the end of a connection may wait to be reported with others, in milliseconds. */
const reportMs = 20

/** Counts the connections of a process, and has `report` told when fewer are active. */
export class ConnectionLoad {
  readonly #report: (load: Load) => void
  /** The connections, and how many bytes each had when it was looked at last. */
  readonly #bytes = new Map<Socket, number>()
  readonly #idle = new Set<Socket>()
  #looking: NodeJS.Timeout | undefined
  #isReportDue = false

  constructor(report: (load: Load) => void) {
    this.#report = report
  }

  /** Counts a connection until it ends. */
  add(socket: Socket): void {
    this.#bytes.set(socket, -1)
    socket.once('close', () => this.#remove(socket))
    this.#looking ??= setInterval(() => this.#look(), lookMs).unref()
  }

  read(): Load {
    return { active: this.#bytes.size - this.#idle.size, idle: this.#idle.size }
  }

  #remove(socket: Socket): void {
    this.#bytes.delete(socket)
    this.#idle.delete(socket)
    this.#reportSoon()
    if (this.#bytes.size > 0) return
    clearInterval(this.#looking)
    this.#looking = undefined
  }

  #look(): void {
    const idleBefore = this.#idle.size
    for (const [socket, before] of this.#bytes) {
      const bytes = socket.bytesRead + socket.bytesWritten
      if (bytes === before) this.#idle.add(socket)
      else {
        this.#bytes.set(socket, bytes)
        this.#idle.delete(socket)
      }
    }
    if (this.#idle.size !== idleBefore) this.#reportSoon()
  }

  #reportSoon(): void {
    if (this.#isReportDue) return
    this.#isReportDue = true
    setTimeout(() => {
      this.#isReportDue = false
      this.#report(this.read())
    }, reportMs).unref()
  }
}
