import type { IncomingMessage } from 'node:http'
import { clientOf } from '@/lib/auth/client'
import type { Origin } from '@/lib/domain/principal'

/** Longest part of a `User-Agent` that is kept, in characters. */
const userAgentMax = 300

/** Where a request came from. The ledger and the audit trail keep it. */
export function originOf(request: IncomingMessage): Origin {
  return {
    address: clientOf(request).address,
    userAgent: (request.headers['user-agent'] ?? '').slice(0, userAgentMax),
  }
}
