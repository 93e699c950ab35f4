import { type Digest, digestAlgorithm, parseDigest, parseDigestAlgorithm } from '@/lib/domain/digest'
import { AppError } from '@/lib/domain/errors'
import { assertNoPrecondition } from '@/lib/domain/etag'
import { type RepositoryPath, isRepositoryPath } from '@/lib/domain/reference'
import { parseUploadRange } from '@/lib/domain/range'
import { appendToUpload, cancelUpload, getUploadSize } from '@/lib/registry/push/continue-upload'
import { finishUpload } from '@/lib/registry/push/finish-upload'
import { mountBlob } from '@/lib/registry/push/mount-blob'
import { findMountSource } from '@/lib/registry/push/find-mount-source'
import { startUpload } from '@/lib/registry/push/start-upload'
import { bodyInGroups } from './body-groups'
import { contentLengthOf } from '@/lib/http/incoming-body'
import { type Call, answerEmpty, pathAtHost } from './call'

/**
 * POST: starts an upload, stores a whole blob (`digest`), or mounts a blob of another repository (`mount`, with or
 * without `from`) (distribution-spec, "Pushing blobs", "Mounting a blob from another repository"). An unsupported
 * `digest-algorithm` is refused before anything is sent.
 */
export async function postUpload(call: Call): Promise<void> {
  assertUnconditional(call)
  const { ctx, principal, repository, query, response } = call
  const algorithm = parseDigestAlgorithm(query.get('digest-algorithm') ?? 'sha256')
  const digest = query.get('digest')
  if (digest !== null) return pushWhole(call, parseDigest(digest))
  const mount = query.get('mount')
  if (mount !== null && (await tryMount(call, parseDigest(mount)))) return
  const id = await startUpload(ctx, principal, repository, algorithm)
  answerEmpty(response, 202, uploadHeaders(call, id, 0))
}

/** GET: the progress of an upload. */
export async function getUpload(call: Call): Promise<void> {
  const size = await getUploadSize(call.ctx, call.principal, call.repository, call.target)
  answerEmpty(call.response, 204, uploadHeaders(call, call.target, size))
}

/** PATCH: appends a chunk, or a stream when there is no Content-Range ("Pushing a blob in chunks"). */
export async function patchUpload(call: Call): Promise<void> {
  assertUnconditional(call)
  const size = await append(call)
  answerEmpty(call.response, 202, uploadHeaders(call, call.target, size))
}

/** PUT: appends the rest of the bytes, if any, and turns the upload into a blob. */
export async function putUpload(call: Call): Promise<void> {
  assertUnconditional(call)
  const { ctx, principal, repository, target, query, request } = call
  const digest = parseDigest(query.get('digest') ?? '')
  const hasBody = contentLengthOf(request) !== 0 && (contentLengthOf(request) ?? request.headers['transfer-encoding'])
  if (hasBody) await append(call)
  await call.confirmAccess()
  await finishUpload(ctx, principal, repository, target, digest)
  answerBlob(call, digest)
}

/** DELETE: cancels an upload. */
export async function deleteUpload(call: Call): Promise<void> {
  assertUnconditional(call)
  const { ctx, principal, repository, target, response } = call
  await cancelUpload(ctx, principal, repository, target)
  response.writeHead(204).end()
}

/** An upload has no entity tag. Throws BAD_REQUEST for a condition: a write must not go ahead without it. */
function assertUnconditional({ request: { headers } }: Call): void {
  assertNoPrecondition(headers['if-match'], headers['if-none-match'])
}

async function pushWhole(call: Call, digest: Digest): Promise<void> {
  const { ctx, principal, repository, request } = call
  const id = await startUpload(ctx, principal, repository, digestAlgorithm(digest))
  try {
    await appendToUpload(ctx, principal, repository, id, bodyInGroups(request), 0)
    await call.confirmAccess()
    await finishUpload(ctx, principal, repository, id, digest)
  } catch (error) {
    // The client does not know the id of this upload, so nobody could continue it.
    await cancelUpload(ctx, principal, repository, id)
    throw error
  }
  answerBlob(call, digest)
}

/** Whether the blob was mounted and the request answered. Otherwise the push continues as an upload (specification). */
async function tryMount(call: Call, digest: Digest): Promise<boolean> {
  const { ctx, principal, repository, query } = call
  const from = query.get('from')
  const path = from === null ? null : pathInInstance(call, from)
  const source = path === null ? null : await findMountSource(ctx, principal, repository.instanceId, path)
  if (from !== null && source === null) return false
  if (!(await mountBlob(ctx, principal, { source, target: repository }, digest))) return false
  answerBlob(call, digest)
  return true
}

/** The path of a repository as this host names it, in the instance of the request; null for one of another instance. */
function pathInInstance({ prefix }: Call, named: string): RepositoryPath | null {
  const path = named.startsWith(prefix) ? named.slice(prefix.length) : ''
  return isRepositoryPath(path) ? path : null
}

/**
 * Appends the body at the offset in Content-Range, or at the end; returns the upload's new size. RANGE_INVALID says
 * where the upload is: Docker's clients continue from there.
 */
async function append(call: Call): Promise<number> {
  try {
    return await appendBody(call)
  } catch (error) {
    if (!AppError.is(error) || error.code !== 'RANGE_INVALID') throw error
    const size = await getUploadSize(call.ctx, call.principal, call.repository, call.target)
    throw new AppError('RANGE_INVALID', {
      ...(error.detail && { detail: error.detail }),
      headers: uploadHeaders(call, call.target, size),
    })
  }
}

async function appendBody({ ctx, principal, repository, target, request }: Call): Promise<number> {
  const header = request.headers['content-range']
  if (header === undefined) return appendToUpload(ctx, principal, repository, target, bodyInGroups(request), null)
  const range = parseUploadRange(header)
  const rangeLength = range.end - range.start + 1
  const declared = contentLengthOf(request)
  if (declared !== null && declared !== rangeLength) {
    throw new AppError('SIZE_INVALID', { detail: { contentLength: declared, rangeLength } })
  }
  return appendToUpload(ctx, principal, repository, target, exactly(bodyInGroups(request), rangeLength), range.start)
}

/** Yields `body` unchanged, and throws SIZE_INVALID unless it has exactly `length` bytes. */
async function* exactly(
  body: AsyncIterable<readonly Uint8Array[]>,
  length: number,
): AsyncIterable<readonly Uint8Array[]> {
  let seen = 0
  for await (const chunks of body) {
    for (const chunk of chunks) seen += chunk.byteLength
    if (seen > length) break
    yield chunks
  }
  if (seen !== length) throw new AppError('SIZE_INVALID', { detail: { rangeLength: length } })
}

function uploadHeaders(call: Call, id: string, size: number) {
  return {
    Location: `/v2/${pathAtHost(call)}/blobs/uploads/${id}`,
    // The position of the last byte. An empty upload looks the same as one byte, because the format cannot express 0
    // bytes.
    Range: `0-${Math.max(0, size - 1)}`,
    'Docker-Upload-UUID': id,
  }
}

function answerBlob(call: Call, digest: Digest): void {
  const headers = { Location: `/v2/${pathAtHost(call)}/blobs/${digest}`, 'Docker-Content-Digest': digest }
  answerEmpty(call.response, 201, headers)
}
