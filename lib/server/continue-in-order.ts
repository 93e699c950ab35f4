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
    holdContinue(request, response)
    server.emit('request', request, response)
  })
  server.on('request', (request, response) => {
    ;(request.socket as Connection)[latest] = response
  })
}

/** Has `response` say "100 Continue" when the body is asked for. */
export function holdContinue(request: IncomingMessage, response: ServerResponse): void {
  const before = (request.socket as Connection)[latest]
  // The rest of the body of a request that is answered already is discarded without being asked for.
  const send = () => {
    if (!response.headersSent) response.writeContinue()
  }
  asked.set(request, () => {
    if (before === undefined || before === response || before.writableFinished) send()
    else before.once('finish', send)
  })
}

/** Whether the client of `request` waits until `askForBody` asks for its body. */
export function waitsForContinue(request: IncomingMessage): boolean {
  return asked.has(request)
}

/** Tells the client of `request` to send the body, if it waits for that; once at most. */
export function askForBody(request: IncomingMessage): void {
  const ask = asked.get(request)
  asked.delete(request)
  ask?.()
}

/** Calls `askForBody` when the body is first read. */
export function askWhenRead(request: IncomingMessage): void {
  if (!waitsForContinue(request)) return
  const read = request._read.bind(request)
  request._read = (bytes) => {
    askForBody(request)
    read(bytes)
  }
}
