import { insertAuditEvent } from '@/lib/metadata/audit-events'
import { type Database, transaction } from '@/lib/metadata/database'
import type { TokenHolder } from './registry-tokens'
import type { Origin } from './sessions'

/** Who logged on to a registry, or would have. */
type Bearer = Pick<TokenHolder, 'kind' | 'id' | 'name' | 'credential'>

/** Records that a client logged on to an instance's registry. */
export async function recordRegistryLogOn(
  db: Database,
  { bearer, instanceId }: { readonly bearer: Bearer; readonly instanceId: string },
  origin: Origin,
): Promise<void> {
  const actor = { name: bearer.name, credential: bearer.credential, ...origin }
  const event = { action: 'LOG_ON', target: targetOf(bearer), instanceId, before: null, after: null } as const
  await transaction(db, (tx) => insertAuditEvent(tx, actor, event))
}

/** A log-on to a registry that failed. */
export interface FailedRegistryLogOn {
  /** Whom it was tried for; null when there is nobody of that name: it may be a secret in the wrong field. */
  readonly bearer: Bearer | null
  /** Null where the request was for no instance. */
  readonly instanceId: string | null
  readonly reason: string
}

/** Records a log-on to a registry that failed. */
export async function recordFailedRegistryLogOn(
  db: Database,
  { bearer, instanceId, reason }: FailedRegistryLogOn,
  origin: Origin,
): Promise<void> {
  const actor = { name: 'anonymous', credential: bearer?.credential ?? 'password', ...origin }
  await transaction(db, (tx) =>
    insertAuditEvent(tx, actor, {
      action: 'LOG_ON_FAILED',
      target: bearer === null ? { type: 'USER', id: '', name: '' } : targetOf(bearer),
      ...(instanceId !== null && { instanceId }),
      before: null,
      after: null,
      reason,
    }),
  )
}

function targetOf({ kind, id, name }: Bearer) {
  return { type: kind === 'robot' ? 'ROBOT' : 'USER', id, name } as const
}
