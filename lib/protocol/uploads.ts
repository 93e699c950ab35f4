import { type Digest, digestAlgorithm, parseDigest, parseDigestAlgorithm } from '@/lib/domain/digest'
import { AppError } from '@/lib/domain/errors'
import { parseUploadRange } from '@/lib/domain/range'
import { appendToUpload, cancelUpload, getUploadSize } from '@/lib/registry/push/continue-upload'
import { finishUpload } from '@/lib/registry/push/finish-upload'
import { mountBlob } from '@/lib/registry/push/mount-blob'
import { findMountSource } from '@/lib/registry/push/find-mount-source'
import { startUpload } from '@/lib/registry/push/start-upload'
import { type Call, answerEmpty, bodyOf, contentLengthOf } from './call'

/**
 * POST: opens an upload, takes a whole blob (`digest`), or mounts one of another repository (`mount`, with or without `from`)
 * (distribution-spec, "Pushing blobs", "Mounting a blob from another repository"). A `digest-algorithm` that no blob can be
 * stored by is refused before anything is sent.
 */
export async function postUpload(call: Call): Promise<void> {
  const { ctx, principal, repository, query, response } = call
  const algorithm = parseDigestAlgorithm(query.get('digest-algorithm') ?? 'sha256')
  const digest = query.get('digest')
  if (digest !== null) return pushWhole(call, parseDigest(digest))
  const mount = query.get('mount')
  if (mount !== null && (await tryMount(call, parseDigest(mount)))) return
  const id = await startUpload(ctx, principal, repository, algorithm)
  answerEmpty(response, 202, uploadHeaders(call, id, 0))
}

/** GET: how far an upload is. */
export async function getUpload(call: Call): Promise<void> {
  const size = await getUploadSize(call.ctx, call.repository, call.target)
  answerEmpty(call.response, 204, uploadHeaders(call, call.target, size))
}

/** PATCH: appends a chunk, or a stream when there is no Content-Range ("Pushing a blob in chunks"). */
export async function patchUpload(call: Call): Promise<void> {
  const size = await append(call)
  answerEmpty(call.response, 202, uploadHeaders(call, call.target, size))
}

/** PUT: takes what is left, if anything, and makes the upload a blob. */
export async function putUpload(call: Call): Promise<void> {
  const { ctx, repository, target, query, request, response } = call
  const digest = parseDigest(query.get('digest') ?? '')
  const hasBody = contentLengthOf(request) !== 0 && (contentLengthOf(request) ?? request.headers['transfer-encoding'])
  if (hasBody) await append(call)
  await call.confirmAccess()
  await finishUpload(ctx, repository, target, digest)
  answerBlob(response, repository.path, digest)
}

/** DELETE: cancels an upload. */
export async function deleteUpload({ ctx, repository, target, response }: Call): Promise<void> {
  await cancelUpload(ctx, repository, target)
  response.writeHead(204).end()
}

async function pushWhole(call: Call, digest: Digest): Promise<void> {
  const { ctx, principal, repository, request, response } = call
  const id = await startUpload(ctx, principal, repository, digestAlgorithm(digest))
  try {
    await appendToUpload(ctx, repository, id, bodyOf(request), 0)
    await call.confirmAccess()
    await finishUpload(ctx, repository, id, digest)
  } catch (error) {
    // The client was never told of this upload, so nobody could go on with it.
    await cancelUpload(ctx, repository, id)
    throw error
  }
  answerBlob(response, repository.path, digest)
}

/** Whether the mount was done and answered. Where it cannot be, the specification has the push go on as an upload. */
async function tryMount(call: Call, digest: Digest): Promise<boolean> {
  const { ctx, principal, response, repository, query } = call
  const from = query.get('from')
  const source = from === null ? null : await findMountSource(ctx, principal, repository.instanceId, from)
  if (from !== null && source === null) return false
  if (!(await mountBlob(ctx, principal, { source, target: repository }, digest))) return false
  answerBlob(response, repository.path, digest)
  return true
}

/** Appends the body where its Content-Range says, or at the end; answers the upload's new size. */
async function append({ ctx, repository, target, request }: Call): Promise<number> {
  const header = request.headers['content-range']
  if (header === undefined) return appendToUpload(ctx, repository, target, bodyOf(request))
  const range = parseUploadRange(header)
  const rangeLength = range.end - range.start + 1
  const declared = contentLengthOf(request)
  if (declared !== null && declared !== rangeLength) {
    throw new AppError('SIZE_INVALID', { detail: { contentLength: declared, rangeLength } })
  }
  return appendToUpload(ctx, repository, target, exactly(bodyOf(request), rangeLength), range.start)
}

/** Passes `body` on, and throws SIZE_INVALID when it has not exactly `length` bytes. */
async function* exactly(body: AsyncIterable<Uint8Array>, length: number): AsyncIterable<Uint8Array> {
  let seen = 0
  for await (const chunk of body) {
    seen += chunk.byteLength
    if (seen > length) break
    yield chunk
  }
  if (seen !== length) throw new AppError('SIZE_INVALID', { detail: { rangeLength: length } })
}

function uploadHeaders({ repository }: Call, id: string, size: number): Record<string, string> {
  return {
    Location: `/v2/${repository.path}/blobs/uploads/${id}`,
    // The last byte there is. Nothing and one byte look alike, as everywhere: the form has no word for nothing.
    Range: `0-${Math.max(0, size - 1)}`,
    'Docker-Upload-UUID': id,
  }
}

function answerBlob(response: Call['response'], path: string, digest: Digest): void {
  answerEmpty(response, 201, { Location: `/v2/${path}/blobs/${digest}`, 'Docker-Content-Digest': digest })
}
