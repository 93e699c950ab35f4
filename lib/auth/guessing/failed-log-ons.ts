import { hash } from 'node:crypto'
import { type Actor, type AuditEventOf, insertAuditEvent } from '@/lib/metadata/audit-events'
import type { Database, SqlTransaction } from '@/lib/metadata/engine/database'
import { type LeftOut, RecordLimiter } from './record-limiter'

/** A log-on that failed. */
export interface FailedLogOn extends Pick<AuditEventOf<'LOG_ON_FAILED'>, 'target' | 'instanceId'> {
  readonly actor: Actor
  readonly reason: string
  /**
   * The name that was typed, when it is not the target's. Failures are counted by it whether the account exists or not,
   * so that both cost the same. It is not recorded, because people type passwords there.
   */
  readonly tried?: string | undefined
}

/** Stands for the failures of accounts that are no longer counted separately. */
const others: FailedLogOn = {
  actor: { name: 'anonymous', credential: '', address: '', userAgent: '' },
  target: { type: 'USER', id: '', name: '' },
  reason: '',
}

/**
 * Records failed log-ons as audit events without letting guesses fill the disk: per account and address, the first few
 * in a minute one by one, then how many more there were (`recordLeftOut`).
 */
export class FailedLogOns {
  readonly #limiter = new RecordLimiter<FailedLogOn>()

  /** Records a failed log-on or counts it. Call it last in the transaction, like `insertAuditEvent`. */
  async record(tx: SqlTransaction, failed: FailedLogOn): Promise<void> {
    if (this.#admit(failed)) await insertAuditEvent(tx, failed.actor, eventOf(failed))
  }

  /**
   * Records a failed log-on in its own transaction, or counts it. Without a record there is no transaction: clients
   * repeat a wrong secret without end, and pushes wait for the lock of each transaction.
   */
  async recordAlone(db: Pick<Database, 'transaction'>, failed: FailedLogOn): Promise<void> {
    if (this.#admit(failed)) await db.transaction((tx) => insertAuditEvent(tx, failed.actor, eventOf(failed)))
  }

  /**
   * Records how many failed log-ons of past minutes were not recorded one by one, with one event for each account and
   * address; with `isLast`, includes the current minute. A count that could not be recorded is kept for the next call.
   */
  async recordLeftOut(db: Database, { isLast = false } = {}): Promise<void> {
    const ended = this.#limiter.takeLeftOut({ isLast })
    if (ended.length === 0) return
    try {
      await db.transaction(async (tx) => {
        for (const leftOut of ended) {
          const sample = leftOut.sample ?? others
          const event = { ...eventOf({ ...sample, reason: reasonOf(leftOut) }), after: { leftOut: leftOut.count } }
          await insertAuditEvent(tx, sample.actor, event)
        }
      })
    } catch (error) {
      this.#limiter.putBack(ended)
      throw error
    }
  }

  #admit(failed: FailedLogOn): boolean {
    const { actor, target, tried } = failed
    return this.#limiter.admit(hash('sha256', `${tried ?? target.name}\0${actor.address}`, 'base64'), failed)
  }
}

function eventOf({ target, instanceId, reason }: FailedLogOn): AuditEventOf<'LOG_ON_FAILED'> {
  return { action: 'LOG_ON_FAILED', target, instanceId, before: null, after: null, reason }
}

function reasonOf({ sample, count }: LeftOut<unknown>): string {
  const more = `${count} more failed log-on${count === 1 ? '' : 's'} within a minute`
  return sample === null ? `${more}, of several accounts or addresses` : more
}
