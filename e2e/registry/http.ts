import {
  type Agent,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  request,
} from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { basic } from '../api'
import type { ServerInfo } from '../server'

/** A whole answer. */
export interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

/** What goes with a request besides the administrator's credentials. */
export interface Extras {
  /** One that is undefined is not sent, `authorization` neither. */
  headers?: OutgoingHttpHeaders
  /** Bytes, or a stream of them: sent as it is read, chunked unless `headers` say how long it is. */
  body?: Uint8Array | Iterable<Uint8Array> | AsyncIterable<Uint8Array>
  agent?: Agent
}

/** Sends a request as the administrator, with `path` as it is, and resolves with the answer, whatever it is. */
export async function send(server: ServerInfo, method: string, path: string, extras: Extras = {}): Promise<Answer> {
  const answer = await open(server, method, path, extras)
  const chunks: Uint8Array[] = []
  for await (const chunk of answer) chunks.push(chunk as Uint8Array)
  return { status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(chunks) }
}

/** Like `send`, and resolves once the answer begins; its body is to be read, or destroyed. */
export function open(server: ServerInfo, method: string, path: string, extras: Extras = {}): Promise<IncomingMessage> {
  const { body, headers, agent } = extras
  return new Promise((resolve, reject) => {
    const outgoing = request({
      host: '127.0.0.1',
      port: server.port,
      method,
      path,
      headers: withoutUndefined({
        authorization: basic(server.admin.name, server.admin.password),
        ...(body instanceof Uint8Array && { 'content-length': body.byteLength }),
        ...headers,
      }),
      ...(agent !== undefined && { agent }),
    })
    // Settled already when the answer came before the whole body was sent and the rest fails.
    outgoing.once('response', resolve).on('error', reject)
    if (body === undefined || body instanceof Uint8Array) outgoing.end(body)
    else pipeline(Readable.from(body), outgoing).catch(reject)
  })
}

function withoutUndefined(headers: OutgoingHttpHeaders): OutgoingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== undefined))
}

/** The path of a new upload, to which a digest can be added with `?digest=`. Rejects when refused. */
export async function startUpload(server: ServerInfo, repository: string, agent?: Agent): Promise<string> {
  const started = await send(server, 'POST', `/v2/${repository}/blobs/uploads/`, agent === undefined ? {} : { agent })
  if (started.status !== 202) throw new Error(`No upload: ${started.status} ${started.body.toString()}`)
  return started.headers.location ?? ''
}
