import type { IncomingMessage } from 'node:http'
import { isRepositoryPath } from '@/lib/domain/reference'
import type { Context } from '@/lib/context'
import { type FoundRepository, findRepositoryAhead } from '@/lib/registry/traffic/repository-ahead'
import { type Proof, authenticate } from './authenticate'

/** What was asked before it was known that it is needed. */
export interface Ahead {
  /** The instance that the token is for. What was asked is of use if it is the request's. */
  readonly instanceId: string
  readonly proof: Promise<Proof>
  readonly repository: Promise<FoundRepository>
}

/**
 * Asks at once for the holder and the repository of a push with a token that was verified before. Otherwise the instance,
 * the holder and the repository are asked one after the other, and each question is a round trip to PostgreSQL. Null for
 * other requests.
 */
export function readAhead(ctx: Context, request: IncomingMessage, path: string): Ahead | null {
  const { authorization } = request.headers
  if (authorization?.startsWith('Bearer ') !== true || !isRepositoryPath(path)) return null
  const known = ctx.registryTokens.recall(authorization.slice('Bearer '.length))
  if (known === null || known.holder.kind === 'anonymous') return null
  const { instanceId, holder } = known
  const proof = authenticate(ctx, request, instanceId, true)
  const repository = findRepositoryAhead(ctx, { instanceId, path, subjectId: holder.id })
  // Where nobody comes to look at them, their failures are nobody's.
  for (const one of [proof, repository]) one.catch(() => undefined)
  return { instanceId, proof, repository }
}
