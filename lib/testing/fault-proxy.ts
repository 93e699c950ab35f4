import { type IncomingMessage, type ServerResponse, createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout } from 'node:timers/promises'

/** What can go wrong between a client and a store, and may be over with the next attempt. */
export const faults = [
  /** Refused, as `refusals` says. */
  ...(['500', '503', 'timed out', 'expired'] as const),
  /** The connection is cut before the store has seen the request. */
  'cut before',
  /** The connection is cut in the middle of the request's body. */
  'cut request',
  /** The store has done what was asked, and the answer is lost. */
  'cut after',
  /** The connection is cut in the middle of the answer's body. */
  'cut answer',
  /** Nothing comes back. */
  'silence',
  /** The answer comes late and in drops. */
  'slow',
  /** The answer names another ETag than the store has. */
  'wrong etag',
  /** A byte of the request's body is another one. */
  'wrong byte',
  /** A multipart upload is not completed, and the answer says so with status 200. */
  'refused with 200',
  /** A list lacks all that there is. */
  'empty list',
] as const

/** What the store goes on refusing. */
export const lastingFaults = ['skewed', 'denied', 'moved', 'moved for a time'] as const

/** What can go wrong; `late` is an answer of which nothing comes for 600 ms. */
export type Fault = (typeof faults)[number] | (typeof lastingFaults)[number] | 'late'

/** The statuses and codes of S3 with which a store refuses. */
const refusals: Partial<Record<Fault, readonly [number, string]>> = {
  '500': [500, 'InternalError'],
  '503': [503, 'SlowDown'],
  'timed out': [400, 'RequestTimeout'],
  expired: [400, 'ExpiredToken'],
  skewed: [403, 'RequestTimeTooSkewed'],
  denied: [403, 'AccessDenied'],
  moved: [301, 'PermanentRedirect'],
  'moved for a time': [307, 'TemporaryRedirect'],
}

/** A proxy before a store, which damages the requests that its user chooses. */
export interface FaultProxy {
  readonly endpoint: string
  /** How many requests came. */
  readonly count: number
  /** Chooses the fault of each request from now on, or null for none. `n` counts from 1 since this call. */
  choose(fault: (n: number, request: { readonly method: string; readonly url: string }) => Fault | null): void
  close(): Promise<void>
}

/** Starts a proxy before the store at `endpoint`. Signatures stay valid: it passes the Host header on. */
export async function startFaultProxy(endpoint: string): Promise<FaultProxy> {
  let count = 0
  let chosen: Parameters<FaultProxy['choose']>[0] = () => null
  const server = createServer((incoming, outgoing) => {
    count += 1
    const fault = chosen(count, { method: incoming.method ?? '', url: incoming.url ?? '' })
    outgoing.on('error', () => undefined)
    incoming.on('error', () => undefined)
    answer(endpoint, incoming, outgoing, fault).catch(() => outgoing.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get count() {
      return count
    },
    choose(fault) {
      count = 0
      chosen = fault
    },
    close() {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}

async function answer(
  endpoint: string,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  fault: Fault | null,
): Promise<void> {
  if (fault === 'cut before') {
    incoming.socket.destroy()
    return
  }
  if (fault === 'cut request') {
    incoming.once('readable', () => incoming.socket.destroy())
    return
  }
  const body = await readAll(incoming)
  if (fault === 'silence') return
  const refusal = fault === null ? undefined : refusals[fault]
  if (refusal !== undefined) {
    const [status, code] = refusal
    outgoing.writeHead(status, { 'x-amz-bucket-region': 'eu-far-1' }).end(`<Error><Code>${code}</Code></Error>`)
    return
  }
  const { searchParams: query } = new URL(incoming.url ?? '', endpoint)
  if (fault === 'refused with 200' && incoming.method === 'POST' && query.has('uploadId')) {
    outgoing.writeHead(200).end('<?xml version="1.0"?>\n\n<Error><Code>InternalError</Code></Error>')
    return
  }
  if (fault === 'empty list' && incoming.method === 'GET' && (query.has('list-type') || query.has('uploads'))) {
    outgoing.writeHead(200).end('<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>')
    return
  }
  const last = body.length - 1
  if (fault === 'wrong byte' && last >= 0) body[last] = (body[last] ?? 0) ^ 1
  const response = await pass(endpoint, incoming, body)
  if (fault === 'cut after') {
    await readAll(response)
    incoming.socket.destroy()
    return
  }
  const headers = { ...response.headers }
  if (fault === 'wrong etag' && headers.etag !== undefined) headers.etag = '"0123456789abcdef0123456789abcdef"'
  const content = await readAll(response)
  delete headers['transfer-encoding']
  headers['content-length'] ??= String(content.length)
  if (fault === 'slow') await setTimeout(20)
  if (fault === 'late') await setTimeout(600)
  outgoing.writeHead(response.statusCode ?? 502, headers)
  if (fault === 'cut answer') {
    outgoing.write(content.subarray(0, content.length / 2))
    await setTimeout(5)
    incoming.socket.destroy()
    return
  }
  if (fault === 'slow') {
    for (const at of [0, 1, 2, 3]) {
      outgoing.write(content.subarray((content.length * at) / 4, (content.length * (at + 1)) / 4))
      await setTimeout(10)
    }
    outgoing.end()
    return
  }
  outgoing.end(content)
}

function pass(endpoint: string, { method, url, headers }: IncomingMessage, body: Buffer): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(endpoint)
    const sent = request({ hostname, port, method, path: url, headers }, resolve)
    sent.on('error', reject)
    sent.end(body)
  })
}

async function readAll(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of stream as AsyncIterable<Buffer>) chunks.push(chunk)
  return Buffer.concat(chunks)
}
