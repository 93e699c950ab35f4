import { findAuditHead } from '@/lib/metadata/audit-listing'
import type { Context } from '@/lib/context'

/** How often it is recorded how many failed log-ons were left out, in milliseconds. */
const leftOutMs = 60_000

/** How often the head of the audit trail is logged, in milliseconds. */
const headMs = 24 * 60 * 60 * 1000

/** What the server does for its audit trail as long as it runs. */
export interface AuditKeeping {
  /** Ends it, with what is still to be recorded. Never rejects. */
  stop(): Promise<void>
}

/**
 * Logs the head of the audit trail, now and once a day, so that it is known where the log goes: a trail that was cut or
 * written anew no longer leads there (`verifyAudit`). And records every minute how many failed log-ons were left out.
 */
export function startAuditKeeping(ctx: Context): AuditKeeping {
  let work = logHead(ctx)
  const then = (next: () => Promise<void>) => () => void (work = work.then(next))
  const timers = [
    setInterval(
      then(() => recordFailures(ctx, false)),
      leftOutMs,
    ),
    setInterval(
      then(() => logHead(ctx)),
      headMs,
    ),
  ]
  for (const timer of timers) timer.unref()
  return {
    async stop() {
      for (const timer of timers) clearInterval(timer)
      await work
      await recordFailures(ctx, true)
    },
  }
}

async function logHead({ db, log }: Context): Promise<void> {
  try {
    const head = await findAuditHead(db)
    if (head !== null) log.info({ auditHead: `${head.eventId}:${head.hash}` }, 'the head of the audit trail')
  } catch (err) {
    log.error({ err }, 'the head of the audit trail could not be read')
  }
}

async function recordFailures({ db, log, failedLogOns }: Context, isLast: boolean): Promise<void> {
  try {
    await failedLogOns.recordLeftOut(db, { isLast })
  } catch (err) {
    log.error({ err }, 'failed log-ons that were left out could not be recorded')
  }
}
