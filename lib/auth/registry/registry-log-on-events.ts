import { insertAuditEvent } from '@/lib/metadata/audit-events'
import type { Context } from '@/lib/context'
import { addressGroup } from '@/lib/auth/guessing/address-group'
import type { TokenHolder } from '@/lib/secrets/registry-tokens'
import type { Origin } from '@/lib/domain/principal'

/** Who logged on to a registry, or would have. */
type Bearer = Pick<TokenHolder, 'kind' | 'id' | 'name' | 'credential'>

/**
 * Records that a client logged on to an instance's registry: the first use of a credential from an address, and the
 * first after ten minutes. Clients show theirs with each push and pull, some with each request, and whoever has one
 * could fill the disk.
 *
 * Never rejects: a registry whose disk is full still serves pulls. What could not be recorded is logged.
 */
export async function recordRegistryLogOn(
  { db, log, credentialUses }: Context,
  { bearer, instanceId }: { readonly bearer: Bearer; readonly instanceId: string },
  origin: Origin,
): Promise<void> {
  const key = [instanceId, bearer.id, bearer.credential, addressGroup(origin.address)].join(' ')
  const actor = { name: bearer.name, credential: bearer.credential, ...origin }
  const event = { action: 'LOG_ON', target: targetOf(bearer), instanceId, before: null, after: null } as const
  try {
    await credentialUses.logOn(key, () => db.transaction((tx) => insertAuditEvent(tx, actor, event)))
  } catch (err) {
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
  { db, failedLogOns }: Context,
  { bearer, tried, instanceId, reason }: FailedRegistryLogOn,
  origin: Origin,
): Promise<void> {
  const actor = { name: 'anonymous', credential: bearer?.credential ?? 'password', ...origin }
  await db.transaction((tx) =>
    failedLogOns.record(tx, {
      actor,
      target: bearer === null ? { type: 'USER', id: '', name: '' } : targetOf(bearer),
      ...(instanceId !== null && { instanceId }),
      reason,
      tried,
    }),
  )
}

function targetOf({ kind, id, name }: Bearer) {
  return { type: kind === 'robot' ? 'ROBOT' : 'USER', id, name } as const
}
