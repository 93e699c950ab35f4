import type { Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/**
 * Sends "100 Continue" to a request that expects it after the previous response on the connection has been sent. Node
 * sends it at once. If the connection still has a previous response to send, the text ends up between the head and the
 * body of this response, because Node queues what is to be sent later and puts the head in front of the queue.
 */
export function continueInOrder(server: Server): void {
  const latest = new WeakMap<Socket, ServerResponse>()
  server.on('checkContinue', (request, response) => {
    const before = latest.get(request.socket)
    if (before === undefined || before.writableFinished) response.writeContinue()
    else {
      before.once('finish', () => {
        // The request is already refused, so its body is not needed.
        if (!response.headersSent) response.writeContinue()
      })
    }
    server.emit('request', request, response)
  })
  server.on('request', (request, response) => latest.set(request.socket, response))
}
