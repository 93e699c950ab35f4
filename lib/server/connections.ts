import type { Server } from 'node:http'
import type { Socket } from 'node:net'

/**
 * Counts the bytes of a server's connections. The sockets count them; this class reads their counters only on demand,
 * so that it costs requests nothing and shows a transfer of hours while it runs.
 */
export class Connections {
  readonly #open = new Set<Socket>()
  #receivedBefore = 0
  #sentBefore = 0

  constructor(server: Server) {
    server.on('connection', (socket: Socket) => {
      this.#open.add(socket)
      socket.once('close', () => {
        this.#open.delete(socket)
        this.#receivedBefore += socket.bytesRead
        this.#sentBefore += socket.bytesWritten
      })
    })
  }

  /** The number of open connections, and the bytes of all connections since the start, including HTTP heads. */
  read(): { readonly open: number; readonly receivedBytes: number; readonly sentBytes: number } {
    let receivedBytes = this.#receivedBefore
    let sentBytes = this.#sentBefore
    for (const socket of this.#open) {
      receivedBytes += socket.bytesRead
      sentBytes += socket.bytesWritten
    }
    return { open: this.#open.size, receivedBytes, sentBytes }
  }
}
