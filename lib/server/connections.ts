import type { Server } from 'node:http'
import type { Socket } from 'node:net'

/**
 * Counts what goes over a server's connections. The sockets count bytes themselves; they are only asked when somebody
 * wants to know, so that this costs requests nothing, and a transfer that runs for hours shows while it runs.
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

  /** Open connections, and bytes that have gone over all there ever were, HTTP's own included. */
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
