import { createHash } from 'node:crypto'
import type { Principal } from '@/lib/domain/principal'
import { AppError } from '@/lib/domain/errors'
import type { Context } from '@/lib/context'
import { runOnce } from '@/lib/registry/run-once'
import { type Operation, takesIdempotencyKey } from '@/lib/api/operations/operation'
import type { Reply } from './responses'

/**
 * Runs a request. A request with an `Idempotency-Key` runs at most once: a repetition, at the same time or within a
 * day, gets the first response again, as long as the caller may still do what was requested. Errors are not kept, so a
 * repetition tries again. No secret is kept in plain text: a response that shows one is encrypted, and a body is kept as
 * a keyed hash, on which passwords cannot be tried without the key. Throws BAD_REQUEST for a malformed key and
 * IDEMPOTENCY_CONFLICT when the principal used the key for another request.
 */
export async function answerOnce(
  ctx: Context,
  request: Request,
  {
    operation,
    principal,
    body,
  }: { readonly operation: Operation; readonly principal: Principal | null; readonly body: unknown },
  run: (ctx: Context) => Promise<Reply>,
): Promise<Reply> {
  const key = request.headers.get('idempotency-key')
  // An anonymous caller could read another caller's response by guessing its key.
  if (key === null || principal === null || !takesIdempotencyKey(operation)) return run(ctx)
  if (!/^[\x21-\x7e]{1,255}$/.test(key)) {
    throw new AppError('BAD_REQUEST', { message: 'Idempotency-Key must be 1 to 255 visible ASCII characters' })
  }
  const id = sha256(principal.id, key)
  const requestHash = ctx.secrets.fingerprint([id, new URL(request.url).pathname, JSON.stringify(body)].join('\0'))
  const isSealed = operation.showsSecret === true
  const answer = await runOnce(ctx, principal, { id, requestHash }, async (inContext) => {
    const { status, headers, body: text } = await run(inContext)
    const kept = isSealed ? ctx.secrets.seal(text ?? '', id) : (text ?? '')
    return { status, location: headers['location'] ?? null, etag: headers['etag'] ?? null, body: kept }
  })
  const { status, location, etag } = answer
  const text = isSealed ? ctx.secrets.open(answer.body, id) : answer.body
  return {
    status,
    headers: { ...(location === null ? {} : { location }), ...(etag === null ? {} : { etag }) },
    body: text === '' ? null : text,
  }
}

function sha256(...parts: readonly string[]): string {
  return createHash('sha256').update(parts.join('\0')).digest('hex')
}
