import { createHash } from 'node:crypto'
import { type Agent, request } from 'node:http'
import { connect } from 'node:net'
import type { Registry } from './registries'

/** How many bytes are sent or thrown away at a time. */
const chunk = Buffer.alloc(1024 * 1024, 'stele')

/** Sends one request and throws its answer's body away; resolves with its headers. Rejects unless it succeeds. */
export function send(
  registry: Registry,
  method: string,
  path: string,
  { body, headers = {}, agent }: { body?: Buffer | number; headers?: Record<string, string>; agent?: Agent } = {},
): Promise<{ headers: NodeJS.Dict<string | string[]>; bytes: number }> {
  const length = typeof body === 'number' ? body : (body?.length ?? 0)
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        port: registry.port,
        host: '127.0.0.1',
        method,
        path,
        headers: { ...registry.headers, 'content-length': length, ...headers },
        ...(agent && { agent }),
      },
      (answer) => {
        let bytes = 0
        answer.on('data', (data: Buffer) => (bytes += data.length))
        answer.on('error', reject)
        answer.on('end', () => {
          const status = answer.statusCode ?? 0
          if (status < 400) resolve({ headers: answer.headers, bytes })
          else reject(new Error(`${registry.name}: ${method} ${path} answered ${status}`))
        })
      },
    )
    sent.on('error', reject)
    if (typeof body !== 'number') {
      sent.end(body)
      return
    }
    let left = body
    const write = () => {
      while (left > 0) {
        const part = left < chunk.length ? chunk.subarray(0, left) : chunk
        left -= part.length
        if (!sent.write(part)) {
          sent.once('drain', write)
          return
        }
      }
      sent.end()
    }
    write()
  })
}

/** The digest of a blob of `bytes` bytes as `pushBlob` makes it; `salt` makes it another one of the same size. */
function digestOfSize(bytes: number): string {
  const hash = createHash('sha256')
  for (let left = bytes; left > 0; left -= chunk.length)
    hash.update(left < chunk.length ? chunk.subarray(0, left) : chunk)
  return `sha256:${hash.digest('hex')}`
}

const digests = new Map<number, string>()

/** Pushes a blob of this size to `<namespace>/<repository>`, in one PUT; answers its digest. */
export async function pushBlob(registry: Registry, repository: string, bytes: number): Promise<string> {
  const digest = digests.get(bytes) ?? digestOfSize(bytes)
  digests.set(bytes, digest)
  const started = await send(registry, 'POST', `/v2/${repository}/blobs/uploads/`)
  const location = new URL(String(started.headers['location']), 'http://registry')
  location.searchParams.set('digest', digest)
  await send(registry, 'PUT', location.pathname + location.search, { body: bytes })
  return digest
}

/** A small image manifest that says `content`, of one repository's blobs. */
export function manifestOf(config: string, size: number, content: string): Buffer {
  const blob = { digest: config, size }
  return Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: manifestType,
      config: { mediaType: 'application/vnd.oci.image.config.v1+json', ...blob },
      layers: [{ mediaType: 'application/vnd.oci.image.layer.v1.tar', ...blob }],
      annotations: { content },
    }),
  )
}

/** Media type of the manifests measured. */
export const manifestType = 'application/vnd.oci.image.manifest.v1+json'

/**
 * Asks for one thing again and again over `connections` keep-alive connections; answers per second. Plain sockets,
 * because Node's own client would cost more than what is measured.
 */
export async function requestRate(
  registry: Registry,
  method: 'GET' | 'HEAD',
  path: string,
  { connections, seconds }: { connections: number; seconds: number },
): Promise<number> {
  const headers = Object.entries({ host: `127.0.0.1:${registry.port}`, accept: manifestType, ...registry.headers })
  const head = [`${method} ${path} HTTP/1.1`, ...headers.map(([name, value]) => `${name}: ${value}`), '', ''].join(
    '\r\n',
  )
  const end = performance.now() + seconds * 1000
  const counts = await Promise.all(Array.from({ length: connections }, () => repeat(registry.port, method, head, end)))
  return counts.reduce((sum, count) => sum + count, 0) / seconds
}

function repeat(port: number, method: string, head: string, end: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1')
    let count = 0
    let buffered = Buffer.alloc(0)
    socket.on('error', reject)
    socket.on('data', (data) => {
      buffered = buffered.length === 0 ? data : Buffer.concat([buffered, data])
      const headEnd = buffered.indexOf('\r\n\r\n')
      if (headEnd < 0) return
      const answer = buffered.toString('latin1', 0, headEnd)
      const length = method === 'HEAD' ? 0 : Number(/content-length: (\d+)/i.exec(answer)?.[1])
      if (buffered.length < headEnd + 4 + length) return
      if (!answer.startsWith('HTTP/1.1 200')) {
        reject(new Error(`unexpected answer: ${answer.slice(0, 100)}`))
        socket.destroy()
        return
      }
      buffered = Buffer.alloc(0)
      count++
      if (performance.now() < end) socket.write(head)
      else {
        socket.destroy()
        resolve(count)
      }
    })
    socket.write(head)
  })
}
