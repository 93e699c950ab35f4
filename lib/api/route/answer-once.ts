import { createHash } from 'node:crypto'
import type { Principal } from '@/lib/auth/principal'
import { AppError } from '@/lib/domain/errors'
import type { Context } from '@/lib/registry/context'
import { runOnce } from '@/lib/registry/run-once'
import type { Reply } from './responses'

/**
 * Runs a request; one that carries an `Idempotency-Key` at most once: its repetition, at the same time or within a day,
 * gets the first answer again. Refusals are not kept, a repetition tries again. Throws BAD_REQUEST for a malformed key
 * and IDEMPOTENCY_CONFLICT when the principal used the key for another request.
 */
export async function answerOnce(
  ctx: Context,
  request: Request,
  { principal, body }: { readonly principal: Principal | null; readonly body: unknown },
  run: (ctx: Context) => Promise<Reply>,
): Promise<Reply> {
  const key = request.headers.get('idempotency-key')
  // An anonymous caller could read another's answer by guessing its key.
  if (key === null || request.method !== 'POST' || principal === null) return run(ctx)
  if (!/^[\x21-\x7e]{1,255}$/.test(key)) {
    throw new AppError('BAD_REQUEST', { message: 'Idempotency-Key takes 1 to 255 visible ASCII characters' })
  }
  const record = {
    id: sha256(principal.id, key),
    requestHash: sha256(new URL(request.url).pathname, JSON.stringify(body)),
  }
  const answer = await runOnce(ctx, record, async (inContext) => {
    const { status, headers, body: text } = await run(inContext)
    return { status, location: headers['location'] ?? null, etag: headers['etag'] ?? null, body: text ?? '' }
  })
  const { status, location, etag } = answer
  return {
    status,
    headers: { ...(location === null ? {} : { location }), ...(etag === null ? {} : { etag }) },
    body: answer.body === '' ? null : answer.body,
  }
}

function sha256(...parts: readonly string[]): string {
  return createHash('sha256').update(parts.join('\0')).digest('hex')
}
