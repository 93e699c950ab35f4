import type { Logger } from '@/lib/log'
import { type Phase, isEnding } from './phase'
import { withTimeout } from './with-timeout'

/** The parts that requests need. Each check throws when its part cannot be used. */
export interface ReadinessChecks {
  readonly database: () => Promise<unknown>
  readonly storage: () => Promise<unknown>
}

/** Whether requests can be served, and if not, which parts fail. No details, because anybody may read this. */
export interface Readiness {
  readonly status: 'ready' | 'starting' | 'stopping' | 'failing'
  /** Parts that failed or did not answer in time; `main` is the main process, where a reader was asked. */
  readonly failing: readonly (keyof ReadinessChecks | 'main')[]
}

/** How long a part may take to answer, in milliseconds. */
const checkTimeoutMs = 2_000

/**
 * Creates the function that checks whether the server is ready. Parallel calls share the checks, so that frequent
 * probes do not load a slow part. A check that hangs counts as failed and is abandoned, so that the next call finds a
 * part that works again. Causes are logged once per change.
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
      await withTimeout(timeoutMs, checks[part])
      if (failing.delete(part)) log.info({ part }, 'a part of the server answers again')
    } catch (error) {
      if (!failing.has(part)) log.error({ part, err: error }, 'a part of the server does not answer')
      failing.add(part)
    }
  }

  return async () => {
    if (isEnding(phase)) return { status: 'stopping', failing: [] }
    if (phase.name === 'starting') return { status: 'starting', failing: [] }
    running ??= Promise.all([check('database'), check('storage')]).then(() => {
      running = null
    })
    await running
    return { status: failing.size === 0 ? 'ready' : 'failing', failing: [...failing].sort() }
  }
}
