import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/** The latest response of a connection. On the connection itself, because each request sets it. */
const latest = Symbol('latest')

interface Connection extends Socket {
  [latest]?: ServerResponse
}

const asked = new WeakMap<IncomingMessage, () => void>()

/**
 * Holds back "100 Continue" until `askForBody` or `askWhenRead` asks for the body, so that a request which is refused
 * gets its refusal and keeps its body. Node would send it at once.
 *
 * It is sent after the previous response on the connection. Otherwise it could end up between the head and the body of
 * this response, because Node queues what is to be sent later and puts the head in front of the queue.
 */
export function continueInOrder(server: Server): void {
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    const before = (request.socket as Connection)[latest]
    // The rest of the body of a request that is answered already is discarded without being asked for.
    const send = () => {
      if (!response.headersSent) response.writeContinue()
    }
    asked.set(request, () => {
      if (before === undefined || before.writableFinished) send()
      else before.once('finish', send)
    })
    server.emit('request', request, response)
  })
  server.on('request', (request, response) => {
    ;(request.socket as Connection)[latest] = response
  })
}

/** Tells the client of `request` to send the body, if it waits for that; once at most. */
export function askForBody(request: IncomingMessage): void {
  const ask = asked.get(request)
  asked.delete(request)
  ask?.()
}

/** Calls `askForBody` when the body is first read. */
export function askWhenRead(request: IncomingMessage): void {
  if (!asked.has(request)) return
  const read = request._read.bind(request)
  request._read = (bytes) => {
    askForBody(request)
    read(bytes)
  }
}
