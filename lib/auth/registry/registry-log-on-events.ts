import { LRUCache } from 'lru-cache'
import { insertAuditEvent } from '@/lib/metadata/audit-events'
import type { Database } from '@/lib/metadata/engine/database'
import type { Context } from '@/lib/context'
import { addressGroup } from '@/lib/auth/guessing/address-group'
import type { TokenHolder } from '@/lib/secrets/registry-tokens'
import type { Origin } from '@/lib/domain/principal'

/** Who logged on to a registry, or would have. */
type Bearer = Pick<TokenHolder, 'kind' | 'id' | 'name' | 'credential'>

/** How long what comes by one credential from one address is one log-on, in milliseconds. */
const logOnMs = 10 * 60 * 1000

/** Log-ons that were recorded a while ago. */
const recorded = new LRUCache<string, true>({ max: 20_000, ttl: logOnMs })

/**
 * Records that a client logged on to an instance's registry: the first use of a credential from an address, and the
 * first after ten minutes. Clients show theirs with each push and pull, some with each request, and whoever has one
 * could fill the disk.
 *
 * Never rejects: a registry whose disk is full still serves pulls. What could not be recorded is logged.
 */
export async function recordRegistryLogOn(
  { db, log }: Pick<Context, 'db' | 'log'>,
  { bearer, instanceId }: { readonly bearer: Bearer; readonly instanceId: string },
  origin: Origin,
): Promise<void> {
  const key = [instanceId, bearer.id, bearer.credential, addressGroup(origin.address)].join(' ')
  if (recorded.get(key) === true) return
  recorded.set(key, true)
  const actor = { name: bearer.name, credential: bearer.credential, ...origin }
  const event = { action: 'LOG_ON', target: targetOf(bearer), instanceId, before: null, after: null } as const
  try {
    await db.transaction((tx) => insertAuditEvent(tx, actor, event))
  } catch (err) {
    recorded.delete(key)
    log.error({ err, actor: bearer.name, address: origin.address }, 'a log-on to a registry could not be recorded')
  }
}

/** A log-on to a registry that failed. */
export interface FailedRegistryLogOn {
  /** Whom it was tried for; null when there is nobody of that name: it may be a secret in the wrong field. */
  readonly bearer: Bearer | null
  /** The name that was sent; it is not recorded. */
  readonly tried: string
  /** Null where the request was for no instance. */
  readonly instanceId: string | null
  readonly reason: string
}

/** Records a log-on to a registry that failed. */
export async function recordFailedRegistryLogOn(
  db: Database,
  { bearer, tried, instanceId, reason }: FailedRegistryLogOn,
  origin: Origin,
): Promise<void> {
  const actor = { name: 'anonymous', credential: bearer?.credential ?? 'password', ...origin }
  await db.transaction((tx) =>
    insertAuditEvent(tx, actor, {
      action: 'LOG_ON_FAILED',
      target: bearer === null ? { type: 'USER', id: '', name: '' } : targetOf(bearer),
      ...(instanceId !== null && { instanceId }),
      before: null,
      after: null,
      reason,
      tried,
    }),
  )
}

function targetOf({ kind, id, name }: Bearer) {
  return { type: kind === 'robot' ? 'ROBOT' : 'USER', id, name } as const
}
