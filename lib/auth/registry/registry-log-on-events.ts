import { insertAuditEvent } from '@/lib/metadata/audit-events'
import type { Context } from '@/lib/context'
import { addressGroup } from '@/lib/auth/guessing/address-group'
import type { TokenHolder } from '@/lib/secrets/registry-tokens'
import type { Origin } from '@/lib/domain/principal'

/** The user or robot that logged on to a registry, or tried to. */
type Bearer = Pick<TokenHolder, 'kind' | 'id' | 'name' | 'credential'>

/**
 * Records that a client logged on to an instance's registry: the first use of a credential from an address, and the
 * first after ten minutes. Clients send their credential with each push and pull, some with each request: recording
 * each would let a caller fill the disk.
 *
 * Never rejects, because a registry with a full disk still serves pulls. A failure to record is logged.
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
  /** The account of the attempt; null when no account has that name: the name may be a secret in the wrong field. */
  readonly bearer: Bearer | null
  /** The name that was sent; it is not recorded. */
  readonly tried: string
  /** Null when the request was for no instance. */
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
  await failedLogOns.recordAlone(db, {
    actor,
    target: bearer === null ? { type: 'USER', id: '', name: '' } : targetOf(bearer),
    ...(instanceId !== null && { instanceId }),
    reason,
    tried,
  })
}

function targetOf({ kind, id, name }: Bearer) {
  return { type: kind === 'robot' ? 'ROBOT' : 'USER', id, name } as const
}
