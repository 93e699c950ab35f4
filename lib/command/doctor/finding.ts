/** What one check of a set-up found. */
export interface Finding {
  /** What was checked, in one or two words. */
  readonly subject: string
  /** One sentence. */
  readonly text: string
  /** What to do about it; null: it is good. */
  readonly remedy: string | null
}

/** How far two clocks may be apart, in milliseconds (docs/decisions/0024-openings.md). */
const clockMaxMs = 30_000

/** A check that found what it should. */
export function good(subject: string, text: string): Finding {
  return { subject, text, remedy: null }
}

/** A check that found something wrong. */
export function bad(subject: string, text: string, remedy: string): Finding {
  return { subject, text, remedy }
}

/** Compares the clock of this machine with another one's. */
export function judgeClock(of: string, aheadMs: number | null): Finding {
  const subject = `clock, ${of}`
  if (aheadMs === null) return good(subject, `the ${of} does not say what time it is`)
  const seconds = Math.abs(Math.round(aheadMs / 1000))
  if (Math.abs(aheadMs) <= clockMaxMs) return good(subject, `the clocks are ${seconds} s apart`)
  return bad(
    subject,
    `the clock of the ${of} is ${seconds} s ${aheadMs > 0 ? 'ahead of' : 'behind'} this machine's; 30 s are allowed`,
    'set both clocks by NTP',
  )
}

/** The text of an error, with its code where it has only that. */
export function reasonOf(error: unknown): string {
  const { message, code, cause } = error as { message?: string; code?: string; cause?: unknown }
  if (message !== undefined && message !== '' && cause === undefined) return message
  return cause === undefined ? String(code ?? error) : reasonOf(cause)
}
