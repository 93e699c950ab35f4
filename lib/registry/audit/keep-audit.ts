import type { Context } from '@/lib/context'
import type { PeriodicJob } from '@/lib/jobs/job'
import { findAuditHead } from '@/lib/metadata/audit-listing'

/**
 * Logs the head of the audit trail at start and once a day, so that there is a copy wherever the log is kept: a trail
 * that was truncated or rewritten no longer contains that head (`verifyAudit`).
 */
export const auditHeadJob: PeriodicJob<Context> = {
  name: 'head of the audit trail',
  intervalMs: 24 * 60 * 60 * 1000,
  also: 'at start',
  async work({ db, log }) {
    const head = await findAuditHead(db)
    if (head !== null) log.info({ auditHead: `${head.eventId}:${head.hash}` }, 'the head of the audit trail')
  },
}

/** Records every minute how many failed log-ons were left out, and the remaining ones when the server stops. */
export const leftOutLogOnsJob: PeriodicJob<Context> = {
  name: 'failed log-ons that were left out',
  intervalMs: 60_000,
  also: 'at stop',
  work: ({ db, failedLogOns }, isLast) => failedLogOns.recordLeftOut(db, { isLast }),
}
