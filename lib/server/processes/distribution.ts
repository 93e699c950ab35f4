import type { ChildProcess } from 'node:child_process'
import type { Server, Socket } from 'node:net'
import type { Order } from './messages'

/** Most connections that no process has confirmed. More are closed: each holds a file descriptor. */
const unconfirmedMax = 4_096

/** A process that takes connections. */
interface Taker {
  readonly process: ChildProcess
  /** How many connections it has been given and has not confirmed. */
  owed: number
}

/** A connection that was given to a process, which has not confirmed it yet. */
interface Given {
  readonly socket: Socket
  readonly to: Taker
}

/**
 * Gives the connections of the server's port to the processes in turn, but fewer to one that is slow to confirm them. A
 * connection stays open here until its process
 * has confirmed it: when that one ends before, another one gets the connection, and the client notices nothing. Node's
 * own cluster module would never close it.
 */
export class Distribution {
  readonly #server: Server
  readonly #max: number
  /** The processes that take connections. The one that was given one last is last. */
  readonly #takers: Taker[] = []
  readonly #given = new Map<number, Given>()
  /** Connections that came while nobody took any. */
  readonly #waiting: Socket[] = []
  #lastConnection = 0

  /** `server` must pause its connections (`pauseOnConnect`), so that nothing is read here. */
  constructor(server: Server, max = unconfirmedMax) {
    this.#server = server
    this.#max = max
    server.on('connection', (socket: Socket) => {
      // A client that leaves meanwhile.
      socket.on('error', () => undefined)
      if (this.#given.size + this.#waiting.length < this.#max) this.#give(socket)
      else socket.destroy()
    })
  }

  /** Gives connections to a process from now on. */
  add(taker: ChildProcess): void {
    this.#takers.push({ process: taker, owed: 0 })
    for (const socket of this.#waiting.splice(0)) this.#give(socket)
  }

  /** Gives a process no more connections. `hasEnded`: others get those that it has not confirmed. */
  remove(taker: ChildProcess, { hasEnded }: { readonly hasEnded: boolean }): void {
    const at = this.#takers.findIndex(({ process }) => process === taker)
    if (at >= 0) this.#takers.splice(at, 1)
    if (!hasEnded) return
    for (const [connection, { socket, to }] of this.#given) {
      if (to.process !== taker) continue
      this.#given.delete(connection)
      this.#give(socket)
    }
  }

  /** The process has the connection now. */
  confirm(connection: number): void {
    const given = this.#given.get(connection)
    if (given === undefined) return
    given.to.owed -= 1
    given.socket.destroy()
    this.#given.delete(connection)
  }

  /** Accepts no more connections, and closes those that no process got. */
  close(): void {
    this.#server.close()
    for (const socket of this.#waiting.splice(0)) socket.destroy()
  }

  #give(socket: Socket): void {
    const taker = this.#next()
    if (taker === null) {
      this.#waiting.push(socket)
      return
    }
    taker.owed += 1
    const connection = ++this.#lastConnection
    this.#given.set(connection, { socket, to: taker })
    const order: Order = { type: 'take', connection }
    // A process that cannot be reached has ended: `remove` gives the connection to another one.
    taker.process.send(order, socket, { keepOpen: true }, () => undefined)
  }

  /** The process that owes the fewest confirmations; of several, the one that has waited longest. */
  #next(): Taker | null {
    const fewest = Math.min(...this.#takers.map(({ owed }) => owed))
    const at = this.#takers.findIndex(({ owed }) => owed === fewest)
    const [taker] = at < 0 ? [] : this.#takers.splice(at, 1)
    if (taker === undefined) return null
    this.#takers.push(taker)
    return taker
  }
}
