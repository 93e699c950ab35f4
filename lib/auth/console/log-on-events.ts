import { insertAuditEvent } from '@/lib/metadata/audit-events'
import type { Transaction } from '@/lib/metadata/engine/database'
import type { User } from '@/lib/metadata/users'
import type { Context } from '@/lib/context'
import type { FailedLogOns } from '@/lib/auth/guessing/failed-log-ons'
import type { Origin } from '@/lib/domain/principal'

/** How somebody logs on to the console, as records name it. */
export type LogOnCredential = 'password' | 'single-sign-on'

/** Records that a user logged on. Last in its transaction, as `insertAuditEvent`. */
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

/** A log-on that failed: nobody was proven. */
export interface FailedLogOn {
  /** Whom it was tried for; null when there is no such user: people type their password into the field of the name. */
  readonly user: User | null
  /** The name that was typed; it is not recorded. */
  readonly tried?: string | undefined
  readonly credential: LogOnCredential
  readonly reason: string
}

/** Records, last in a transaction, that a log-on failed. */
export async function insertFailedLogOn(
  tx: Transaction,
  failedLogOns: FailedLogOns,
  failed: FailedLogOn,
  origin: Origin,
): Promise<void> {
  const { user, tried, credential, reason } = failed
  await failedLogOns.record(tx, {
    actor: { name: 'anonymous', credential, ...origin },
    target: { type: 'USER', id: user?.id ?? '', name: user?.name ?? '' },
    reason,
    tried,
  })
}

/** The same in a transaction of its own. */
export async function recordFailedLogOn(
  { db, failedLogOns }: Context,
  failed: FailedLogOn,
  origin: Origin,
): Promise<void> {
  await db.transaction((tx) => insertFailedLogOn(tx, failedLogOns, failed, origin))
}
