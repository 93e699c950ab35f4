import type { Logger } from '@/lib/log'
import type { Phase } from './phase'
import { within } from './within'

/** The parts that requests need; each check throws when its part cannot be used. */
export interface ReadinessChecks {
  readonly database: () => Promise<unknown>
  readonly storage: () => Promise<unknown>
}

/** Whether requests can be served, and if not, why: never more than a word, because anybody may ask. */
export interface Readiness {
  readonly status: 'ready' | 'starting' | 'stopping' | 'failing'
  /** Parts that failed or did not answer in time. */
  readonly failing: readonly (keyof ReadinessChecks)[]
}

/** How long a part may take to answer, in milliseconds. */
const checkTimeoutMs = 2_000

/**
 * Makes the question whether the server is ready. Those who ask at the same time share the checks, so that asking often
 * does not load a part that is slow. A check that hangs counts as failed and is given up, so that a part that comes back is
 * found by the next question. Causes are logged, once per change.
 */
export function createReadiness(
  phase: Phase,
  checks: ReadinessChecks,
  log: Logger,
  timeoutMs = checkTimeoutMs,
): () => Promise<Readiness> {
  const failing = new Set<keyof ReadinessChecks>()
  let running: Promise<void> | null = null

  async function check(part: keyof ReadinessChecks): Promise<void> {
    try {
      await within(timeoutMs, checks[part])
      if (failing.delete(part)) log.info({ part }, 'a part of the server answers again')
    } catch (error) {
      if (!failing.has(part)) log.error({ part, err: error }, 'a part of the server does not answer')
      failing.add(part)
    }
  }

  return async () => {
    if (phase.name !== 'ready') return { status: phase.name, failing: [] }
    running ??= Promise.all([check('database'), check('storage')]).then(() => {
      running = null
    })
    await running
    return { status: failing.size === 0 ? 'ready' : 'failing', failing: [...failing].sort() }
  }
}
