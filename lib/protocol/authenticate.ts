import type { IncomingMessage } from 'node:http'
import { attempts } from '@/lib/auth/attempts'
import { parseBasicCredentials } from '@/lib/auth/basic-credentials'
import { clientOf } from '@/lib/auth/client'
import { authenticatePassword } from '@/lib/auth/passwords'
import type { Principal } from '@/lib/auth/principal'
import { AppError } from '@/lib/domain/errors'
import type { Context } from '@/lib/registry/context'

/** Who asks, by HTTP Basic (RFC 7617) with user name and password. Throws UNAUTHORIZED and TOO_MANY_ATTEMPTS. */
export async function authenticate(ctx: Context, request: IncomingMessage): Promise<Principal> {
  const credentials = parseBasicCredentials(request.headers.authorization)
  if (credentials === null) throw new AppError('UNAUTHORIZED')
  const { name, secret } = credentials
  const attempt = { kind: 'registry', account: name, address: clientOf(request).address } as const
  const user = await attempts.guard(attempt, () => authenticatePassword(ctx.db, name, secret))
  if (user === null) throw new AppError('UNAUTHORIZED', { message: 'incorrect user name or password' })
  return {
    kind: 'user',
    id: user.id,
    name: user.name,
    role: user.role,
    credential: 'password',
    token: null,
    address: clientOf(request).address,
    userAgent: (request.headers['user-agent'] ?? '').slice(0, 300),
  }
}
