import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { parseDigest } from '@/lib/domain/digest'
import { AppError } from '@/lib/domain/errors'
import { WriterNeeded } from '@/lib/domain/writer-needed'
import { parseExpectedDigests } from '@/lib/domain/etag'
import { type ByteRange, type RequestedRange, parseRange } from '@/lib/domain/range'
import { deleteBlob as deleteBlobOfRepository } from '@/lib/registry/tags/delete-blob'
import { type ReadableBlob, getBlob as getBlobOfRepository, getBlobSizeForPush } from '@/lib/registry/pull/get-blob'
import { type Call, answerEmpty, answerUnchanged } from './call'
import { hostOf } from './challenge'

/** GET and HEAD of a blob, with ranges (distribution-spec, "Pulling blobs"; RFC 9110, section 14). */
export async function getBlob({ ctx, request, response, principal, repository, target }: Call): Promise<void> {
  const digest = parseDigest(target)
  const blob = request.method === 'HEAD' ? null : await getBlobOfRepository(ctx, principal, repository, digest)
  const size = blob === null ? await getBlobSizeForPush(ctx, principal, repository, digest) : blob.size
  const headers = {
    'Docker-Content-Digest': digest,
    'Accept-Ranges': 'bytes',
    ETag: `"${digest}"`,
    'Cache-Control': blobCacheControl,
  }
  if (answerUnchanged(request, response, headers)) return
  if (blob === null) {
    // A range has no meaning for HEAD (RFC 9110, 14.2).
    response.writeHead(200, { 'Content-Type': blobType, ...headers, 'Content-Length': size }).end()
    return
  }
  const ifRange = request.headers['if-range']
  const isRanged = ifRange === undefined || ifRange === headers.ETag
  const range = parseRange(isRanged ? request.headers.range : undefined, size)
  const address = canBeRedirected(request, range) ? await blob.findAddress() : null
  if (address !== null && !sharesCredentials(hostOf(request), new URL(address).hostname)) {
    answerEmpty(response, 307, { Location: address, 'Docker-Content-Digest': digest, 'Cache-Control': 'no-store' })
    return
  }
  try {
    if (range.kind === 'whole') await sendWhole(response, headers, blob)
    else if (range.parts.length === 1) await sendPart(response, headers, blob, range.parts[0])
    else await sendParts(response, headers, blob, range.parts)
  } catch (error) {
    if (AppError.is(error) || error instanceof WriterNeeded) throw error
    // The client disconnected. The log line of the request says so; it is not a failure of the server.
    response.destroy()
    return
  }
  response.end()
}

/**
 * Whether a store answers the request as this registry would. The client sends it there with the same headers: a store has
 * other entity tags, and answers several ranges, or none that it understands, in its own way.
 */
function canBeRedirected({ headers }: IncomingMessage, range: RequestedRange): boolean {
  if (headers['if-range'] !== undefined || headers['if-match'] !== undefined) return false
  return headers.range === undefined || (range.kind === 'parts' && range.parts.length === 1)
}

/**
 * Whether clients that come from `host` send their credentials along to `other`: those in Go do, to the same host name,
 * whatever its port, and to names below it. The store must not get them, and AWS refuses a request that has two.
 */
function sharesCredentials(host: string, other: string): boolean {
  const { hostname } = new URL(`http://${host}`)
  return other === hostname || other.endsWith(`.${hostname}`)
}

/** The media type of every blob. */
export const blobType = 'application/octet-stream'

/** How long a client may keep a blob: its digest is its content. */
export const blobCacheControl = 'private, max-age=31536000, immutable'

type Headers = Readonly<Record<string, string>>

async function sendWhole(response: ServerResponse, headers: Headers, blob: ReadableBlob): Promise<void> {
  const reader = await blob.open()
  response.writeHead(200, { 'Content-Type': blobType, ...headers, 'Content-Length': reader.length })
  await reader.pipeTo(response)
}

async function sendPart(
  response: ServerResponse,
  headers: Headers,
  blob: ReadableBlob,
  part: ByteRange,
): Promise<void> {
  const reader = await blob.open(part)
  response.writeHead(206, {
    'Content-Type': blobType,
    ...headers,
    'Content-Length': reader.length,
    'Content-Range': contentRange(part, blob.size),
  })
  await reader.pipeTo(response)
}

/** Sends several parts as `multipart/byteranges` (RFC 9110, section 14.6). */
async function sendParts(
  response: ServerResponse,
  headers: Headers,
  blob: ReadableBlob,
  parts: readonly ByteRange[],
): Promise<void> {
  const boundary = randomUUID()
  const heads = parts.map(
    (part) =>
      `\r\n--${boundary}\r\nContent-Type: ${blobType}\r\nContent-Range: ${contentRange(part, blob.size)}\r\n\r\n`,
  )
  const tail = `\r\n--${boundary}--\r\n`
  const contentBytes = parts.reduce((sum, { start, end }) => sum + end - start + 1, 0)
  const [first] = parts
  // The first, so that a blob that cannot be read is answered as such.
  let reader = await blob.open(first)
  response.writeHead(206, {
    ...headers,
    'Content-Type': `multipart/byteranges; boundary=${boundary}`,
    'Content-Length': contentBytes + Buffer.byteLength(heads.join('') + tail),
  })
  for (const [index, part] of parts.entries()) {
    if (index > 0) reader = await blob.open(part)
    response.write(heads[index])
    await reader.pipeTo(response)
  }
  response.write(tail)
}

function contentRange({ start, end }: ByteRange, size: number): string {
  return `bytes ${start}-${end}/${size}`
}

/** DELETE of a blob (distribution-spec, "Deleting blobs"). */
export async function deleteBlob({ ctx, request, response, principal, repository, target }: Call): Promise<void> {
  const expected = parseExpectedDigests(request.headers['if-match'], request.headers['if-none-match'])
  await deleteBlobOfRepository(ctx, principal, repository.id, parseDigest(target), expected)
  answerEmpty(response, 202, {})
}
