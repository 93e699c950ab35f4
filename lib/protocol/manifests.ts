import { isDigest, parseDigest } from '@/lib/domain/digest'
import { AppError } from '@/lib/domain/errors'
import { parseExpectedDigests, parsePrecondition } from '@/lib/domain/etag'
import { isLargeManifest, manifestMaxBytes } from '@/lib/domain/manifest'
import { isTag, parseTag } from '@/lib/domain/reference'
import { deleteManifest as deleteManifestOfRepository } from '@/lib/registry/tags/delete-manifest'
import { deleteTag } from '@/lib/registry/tags/delete-tag'
import { getManifest as getManifestOfRepository, getManifestForPush } from '@/lib/registry/pull/get-manifest'
import { pushManifest } from '@/lib/registry/push/push-manifest'
import { contentLengthOf, readBody } from '@/lib/http/incoming-body'
import { type Call, answerEmpty, answerUnchanged, pathAtHost } from './call'
import { addWarnings } from './warnings'

/**
 * Largest number of `tag` parameters in a push (distribution-spec main, end-7b: registries should accept at least ten).
 */
const tagParametersMax = 10

/** Time for a manifest to arrive, in milliseconds: a slow client must not keep the turn of a large one from others. */
const manifestTimeoutMs = 60_000

/** GET and HEAD of a manifest by tag or digest (distribution-spec, "Pulling manifests"). */
export async function getManifest({ ctx, request, response, principal, repository, target }: Call): Promise<void> {
  const isHead = request.method === 'HEAD'
  const read = isHead ? getManifestForPush : getManifestOfRepository
  const manifest = await read(ctx, principal, repository, target)
  const headers = { 'Docker-Content-Digest': manifest.digest, ETag: `"${manifest.digest}"` }
  if (isHead && target !== manifest.digest) {
    ctx.pullBuffer.noteAsked(principal.id, repository.id, target, manifest.digest)
  }
  if (answerUnchanged(request, response, headers)) return
  response.writeHead(200, {
    'Content-Type': manifest.mediaType,
    'Content-Length': manifest.sizeBytes,
    ...headers,
  })
  response.end(isHead ? undefined : manifest.content)
  if (!isHead) ctx.pullBuffer.notePull(principal.id, repository.id, target)
}

/** PUT of a manifest by tag, or by digest with `tag` parameters (distribution-spec, "Pushing manifests"). */
export async function putManifest(call: Call): Promise<void> {
  const bytes = contentLengthOf(call.request) ?? manifestMaxBytes
  if (!isLargeManifest(bytes) || bytes > manifestMaxBytes) return receiveManifest(call)
  // Until the manifest is stored: reading it takes several times its size.
  await call.ctx.manifestBytes.run(bytes, () => receiveManifest(call))
}

async function receiveManifest(call: Call): Promise<void> {
  const { ctx, request, response, principal, repository, target, query, confirmAccess } = call
  const digest = target.includes(':') ? parseDigest(target) : null
  const parameters = query.getAll('tag')
  if (parameters.length > tagParametersMax) {
    throw new AppError('TAGS_TOO_MANY', { detail: { limit: tagParametersMax } })
  }
  const tags = [...new Set(digest === null ? [target, ...parameters] : parameters)].map(parseTag)
  const precondition = parsePrecondition(request.headers['if-match'], request.headers['if-none-match'])
  const limit = { maxBytes: manifestMaxBytes, code: 'MANIFEST_TOO_LARGE', timeoutMs: manifestTimeoutMs } as const
  const content = await readBody(request, limit)
  await confirmAccess()
  const pushed = await pushManifest(ctx, principal, repository, {
    digest,
    tags,
    content,
    contentType: request.headers['content-type'],
    precondition,
  })
  for (const tag of parameters) response.appendHeader('OCI-Tag', tag)
  addWarnings(response, pushed.warnings)
  answerEmpty(response, 201, {
    Location: `/v2/${pathAtHost(call)}/manifests/${digest ?? target}`,
    'Docker-Content-Digest': pushed.digest,
    ...(pushed.subjectDigest !== null && { 'OCI-Subject': pushed.subjectDigest }),
  })
}

/** DELETE of a tag, or of a manifest by digest (distribution-spec, "Content Management"). */
export async function deleteManifest({ ctx, request, response, principal, repository, target }: Call): Promise<void> {
  const expected = parseExpectedDigests(request.headers['if-match'], request.headers['if-none-match'])
  if (isDigest(target)) await deleteManifestOfRepository(ctx, principal, repository.id, target, expected)
  else if (!isTag(target)) throw new AppError('DIGEST_INVALID', { detail: { reference: target.slice(0, 160) } })
  else if ((await deleteTag(ctx, principal, repository.id, target, { expected })) === null) {
    throw new AppError('MANIFEST_UNKNOWN', { detail: { reference: target } })
  }
  answerEmpty(response, 202, {})
}
