import { createHash } from 'node:crypto'
import type { Principal } from '@/lib/domain/principal'
import { AppError } from '@/lib/domain/errors'
import type { Context } from '@/lib/context'
import { runOnce } from '@/lib/registry/run-once'
import { type Operation, takesIdempotencyKey } from '@/lib/api/operations/operation'
import type { Reply } from './responses'

/**
 * Runs a request; one that carries an `Idempotency-Key` at most once: its repetition, at the same time or within a day,
 * gets the first answer again. Refusals are not kept, a repetition tries again. Secrets are not kept in clear: an answer
 * that shows one is sealed, and of a body there is a hash that nobody without the key can try passwords on. Throws
 * BAD_REQUEST for a malformed key and IDEMPOTENCY_CONFLICT when the principal used the key for another request.
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
  // An anonymous caller could read another's answer by guessing its key.
  if (key === null || principal === null || !takesIdempotencyKey(operation)) return run(ctx)
  if (!/^[\x21-\x7e]{1,255}$/.test(key)) {
    throw new AppError('BAD_REQUEST', { message: 'Idempotency-Key takes 1 to 255 visible ASCII characters' })
  }
  const id = sha256(principal.id, key)
  const requestHash = ctx.secrets.fingerprint([id, new URL(request.url).pathname, JSON.stringify(body)].join('\0'))
  const isSealed = operation.showsSecret === true
  const answer = await runOnce(ctx, { id, requestHash }, async (inContext) => {
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
