import { insertAuditEvent } from '@/lib/metadata/audit-events'
import type { Transaction } from '@/lib/metadata/engine/database'
import type { User } from '@/lib/metadata/users'
import type { Context } from '@/lib/context'
import type { FailedLogOns } from '@/lib/auth/guessing/failed-log-ons'
import type { Origin } from '@/lib/domain/principal'

/** How a user logs on to the console, as named in audit records. */
export type LogOnCredential = 'password' | 'single-sign-on' | 'invitation'

/** Records that a user logged on. Call it last in the transaction, like `insertAuditEvent`. */
export async function recordLogOn(
  tx: Transaction,
  user: User,
  credential: LogOnCredential,
  origin: Origin,
  after: Readonly<Record<string, unknown>> | null = null,
): Promise<void> {
  await insertAuditEvent(
    tx,
    { name: user.name, credential, ...origin },
    { action: 'LOG_ON', target: { type: 'USER', id: user.id, name: user.name }, before: null, after },
  )
}

/** A log-on that failed. */
export interface FailedLogOn {
  /** The user of the attempt; null when no user has that name: people type their password into the name field. */
  readonly user: User | null
  /** The name that was typed; it is not recorded. */
  readonly tried?: string | undefined
  readonly credential: LogOnCredential
  readonly reason: string
}

/** Records that a log-on failed. Call it last in the transaction. */
export async function insertFailedLogOn(
  tx: Transaction,
  failedLogOns: Pick<FailedLogOns, 'record'>,
  failed: FailedLogOn,
  origin: Origin,
): Promise<void> {
  await failedLogOns.record(tx, recordOf(failed, origin))
}

/** Records that a log-on failed, in its own transaction. */
export async function recordFailedLogOn(
  { db, failedLogOns }: Context,
  failed: FailedLogOn,
  origin: Origin,
): Promise<void> {
  await failedLogOns.recordAlone(db, recordOf(failed, origin))
}

function recordOf({ user, tried, credential, reason }: FailedLogOn, origin: Origin) {
  return {
    actor: { name: 'anonymous', credential, ...origin },
    target: { type: 'USER', id: user?.id ?? '', name: user?.name ?? '' },
    reason,
    tried,
  } as const
}
