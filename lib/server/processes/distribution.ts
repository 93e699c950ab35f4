import type { ChildProcess } from 'node:child_process'
import type { Server, Socket } from 'node:net'
import type { Load } from './connection-load'
import type { Order } from './messages'

/** Most connections that no process has confirmed. More are closed: each holds a file descriptor. */
const unconfirmedMax = 4_096

/** A process that takes connections. */
interface Taker {
  readonly process: ChildProcess
  readonly isMain: boolean
  /** How many connections it has been given and has not confirmed. */
  owed: number
  /** The connections that it has confirmed. */
  load: Load
}

/** How many idle connections count as one that is active. */
const idlePerActive = 8

/** A connection that was given to a process, which has not confirmed it yet. */
interface Given {
  readonly socket: Socket
  readonly to: Taker
}

/**
 * Gives each connection of the server's port to the process that has the fewest, but fewer to one that is slow to confirm
 * them. One connection of the main process does not count, and it comes first where several have the fewest: it need not
 * ask anybody for what it writes, and a client that opens one connection after the other is answered by it alone, even if
 * it is not known yet that the last one has ended.
 *
 * A connection stays open here until its process has confirmed it: when that one ends before, another one gets the
 * connection, and the client notices nothing. Node's own cluster module would never close it.
 */
export class Distribution {
  readonly #server: Server
  readonly #max: number
  /** The processes that take connections. Of the readers, the one that was given one last is last. */
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
  add(taker: ChildProcess, { isMain }: { readonly isMain: boolean }): void {
    const added: Taker = { process: taker, isMain, owed: 0, load: { active: 0, idle: 0 } }
    if (isMain) this.#takers.unshift(added)
    else this.#takers.push(added)
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

  /** The process has the connection now, and so many with it. */
  confirm(connection: number, load: Load): void {
    const given = this.#given.get(connection)
    if (given === undefined) return
    given.to.owed -= 1
    given.to.load = load
    given.socket.destroy()
    this.#given.delete(connection)
  }

  /** The process has so many connections now. */
  noteLoad(taker: ChildProcess, load: Load): void {
    const from = this.#takers.find(({ process }) => process === taker)
    if (from !== undefined) from.load = load
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

  /** The process that owes the fewest confirmations; of several, the first of those with the fewest connections. */
  #next(): Taker | null {
    let next: Taker | undefined
    for (const taker of this.#takers) if (next === undefined || isFreer(taker, next)) next = taker
    if (next === undefined) return null
    if (!next.isMain) {
      this.#takers.splice(this.#takers.indexOf(next), 1)
      this.#takers.push(next)
    }
    return next
  }
}

function isFreer(one: Taker, other: Taker): boolean {
  return one.owed === other.owed ? weightOf(one) < weightOf(other) : one.owed < other.owed
}

function weightOf({ isMain, load: { active, idle } }: Taker): number {
  return Math.max(0, isMain ? active - 1 : active) + Math.floor(idle / idlePerActive)
}
