import type { ChildProcess } from 'node:child_process'
import type { Server, Socket } from 'node:net'
import type { Order } from './messages'

/** A connection that was given to a process, which has not confirmed it yet. */
interface Given {
  readonly socket: Socket
  readonly to: ChildProcess
}

/**
 * Gives the connections of the server's port to the processes in turn. A connection stays open here until its process
 * has confirmed it: when that one ends before, another one gets the connection, and the client notices nothing. Node's
 * own cluster module would never close it.
 */
export class Distribution {
  readonly #server: Server
  /** The processes that take connections, the next one first. */
  readonly #takers: ChildProcess[] = []
  readonly #given = new Map<number, Given>()
  /** Connections that came while nobody took any. */
  readonly #waiting: Socket[] = []
  #lastConnection = 0

  /** `server` must pause its connections (`pauseOnConnect`), so that nothing is read here. */
  constructor(server: Server) {
    this.#server = server
    server.on('connection', (socket: Socket) => {
      // A client that leaves meanwhile.
      socket.on('error', () => undefined)
      this.#give(socket)
    })
  }

  /** Gives connections to a process from now on. */
  add(taker: ChildProcess): void {
    this.#takers.push(taker)
    for (const socket of this.#waiting.splice(0)) this.#give(socket)
  }

  /** Gives a process no more connections. `hasEnded`: others get those that it has not confirmed. */
  remove(taker: ChildProcess, { hasEnded }: { readonly hasEnded: boolean }): void {
    const at = this.#takers.indexOf(taker)
    if (at >= 0) this.#takers.splice(at, 1)
    if (!hasEnded) return
    for (const [connection, { socket, to }] of this.#given) {
      if (to !== taker) continue
      this.#given.delete(connection)
      this.#give(socket)
    }
  }

  /** The process has the connection now. */
  confirm(connection: number): void {
    this.#given.get(connection)?.socket.destroy()
    this.#given.delete(connection)
  }

  /** Accepts no more connections, and closes those that no process got. */
  close(): void {
    this.#server.close()
    for (const socket of this.#waiting.splice(0)) socket.destroy()
  }

  #give(socket: Socket): void {
    const taker = this.#takers.shift()
    if (taker === undefined) {
      this.#waiting.push(socket)
      return
    }
    this.#takers.push(taker)
    const connection = ++this.#lastConnection
    this.#given.set(connection, { socket, to: taker })
    const order: Order = { type: 'take', connection }
    // A process that cannot be reached has ended: `remove` gives the connection to another one.
    taker.send(order, socket, { keepOpen: true }, () => undefined)
  }
}
