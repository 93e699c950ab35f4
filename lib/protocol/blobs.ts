import { parseDigest } from '@/lib/domain/digest'
import { AppError } from '@/lib/domain/errors'
import { assertNoPrecondition } from '@/lib/domain/etag'
import { parseRange } from '@/lib/domain/range'
import { deleteBlob as deleteBlobOfRepository } from '@/lib/registry/tags/delete-blob'
import { getBlob as getBlobOfRepository, getBlobSizeForPush } from '@/lib/registry/pull/get-blob'
import { type Call, answerEmpty } from './call'

/** GET and HEAD of a blob, with ranges (distribution-spec, "Pulling blobs"; RFC 9110, section 14). */
export async function getBlob({ ctx, request, response, principal, repository, target }: Call): Promise<void> {
  const digest = parseDigest(target)
  const blob = request.method === 'HEAD' ? null : await getBlobOfRepository(ctx, principal, repository, digest)
  const size = blob === null ? await getBlobSizeForPush(ctx, principal, repository, digest) : blob.size
  const headers = {
    'Content-Type': 'application/octet-stream',
    'Docker-Content-Digest': digest,
    'Accept-Ranges': 'bytes',
    ETag: `"${digest}"`,
    'Cache-Control': 'private, max-age=31536000, immutable',
  }
  if (blob === null) {
    // A range has no meaning for HEAD (RFC 9110, 14.2).
    response.writeHead(200, { ...headers, 'Content-Length': size }).end()
    return
  }
  const range = parseRange(request.headers.range, size)
  const reader = await blob.open(range.kind === 'range' ? range : undefined)
  response.writeHead(range.kind === 'range' ? 206 : 200, {
    ...headers,
    'Content-Length': reader.length,
    ...(range.kind === 'range' && { 'Content-Range': `bytes ${range.start}-${range.end}/${size}` }),
  })
  try {
    await reader.pipeTo(response)
  } catch (error) {
    if (AppError.is(error)) throw error
    // The client disconnected. The log line of the request says so; it is not a failure of the server.
    response.destroy()
    return
  }
  response.end()
}

/** DELETE of a blob (distribution-spec, "Deleting blobs"). */
export async function deleteBlob({ ctx, request, response, principal, repository, target }: Call): Promise<void> {
  assertNoPrecondition(request.headers['if-match'], request.headers['if-none-match'])
  await deleteBlobOfRepository(ctx, principal, repository.id, parseDigest(target))
  answerEmpty(response, 202, {})
}
