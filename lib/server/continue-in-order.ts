import type { Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/**
 * Says "100 Continue" to a request that expects it once the answer before it is out. Node says it at once, and where the
 * connection still has an earlier answer to send, the words end up between the head and the body of this one: it keeps
 * what is to be sent later in a list, and puts the head in front of it.
 */
export function continueInOrder(server: Server): void {
  const latest = new WeakMap<Socket, ServerResponse>()
  server.on('checkContinue', (request, response) => {
    const before = latest.get(request.socket)
    if (before === undefined || before.writableFinished) response.writeContinue()
    else {
      before.once('finish', () => {
        // Refused already: the body is not wanted any more.
        if (!response.headersSent) response.writeContinue()
      })
    }
    server.emit('request', request, response)
  })
  server.on('request', (request, response) => latest.set(request.socket, response))
}
