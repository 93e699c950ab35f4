import type { Server } from 'node:http'
import { setTimeout } from 'node:timers/promises'
import type { Logger } from '@/lib/log'
import type { Phase } from './phase'
import { within } from './within'

/** What has to end before the process may. */
export interface Stoppable {
  readonly server: Server
  readonly phase: Phase
  readonly log: Logger
  /** How long requests may take to end, in milliseconds; the connections of those that have not are cut then. */
  readonly timeoutMs: number
  /** Whether clients are in the middle of uploads, whose next requests may need a new connection. */
  readonly hasUploads: () => boolean
  /** Ends the work that no request waits for. Begun at once; waited for as long as requests are. */
  readonly stopWork: () => Promise<void>
  /** Lets go of what requests use. */
  readonly release: () => Promise<void>
}

/** How often is looked whether uploads have ended and connections become idle, in milliseconds. */
const pollMs = 50

/** How long letting go may take, in milliseconds. Nothing is lost when it takes longer: a crash is always survived. */
const releaseTimeoutMs = 5_000

/** A signal that is repeated sooner is the same one: a terminal sends it to npm and to us, and npm passes it on. */
const sameSignalMs = 1_000

/**
 * Ends the process on SIGTERM and SIGINT, with exit code 0, once running requests have ended. A second signal ends it
 * without waiting for them.
 */
export function stopOnSignal(stoppable: Stoppable): void {
  const hurry = new AbortController()
  let firstAt: number | null = null
  const onSignal = (signal: NodeJS.Signals) => {
    if (firstAt === null) {
      firstAt = performance.now()
      stoppable.log.info({ signal }, 'stopping')
      void stop(stoppable, hurry.signal).then(() => process.exit(0))
    } else if (performance.now() - firstAt > sameSignalMs) {
      hurry.abort()
    }
  }
  process.on('SIGTERM', onSignal)
  process.on('SIGINT', onSignal)
}

/**
 * Stops in order: no upload is begun; when the last one is over, no connection is taken; when the last request has ended,
 * everything is let go. After `timeoutMs`, or once `hurry` is aborted, the rest of the connections is cut.
 */
export async function stop(
  { server, phase, log, timeoutMs, hasUploads, stopWork, release }: Stoppable,
  hurry: AbortSignal,
): Promise<void> {
  const startedAt = performance.now()
  phase.name = 'stopping'
  const isLate = () => hurry.aborted || performance.now() - startedAt >= timeoutMs
  const work = stopWork().catch((error: unknown) => log.error({ err: error }, 'work in the background did not stop'))

  while (hasUploads() && !isLate()) await setTimeout(pollMs)
  const closed = new AbortController()
  server.close(() => closed.abort())
  let wasCut = false
  while (!closed.signal.aborted) {
    if (isLate()) {
      wasCut = true
      server.closeAllConnections()
    } else {
      // A connection that was busy is kept alive after its answer, and nothing says when: it would hold up the end.
      server.closeIdleConnections()
    }
    await setTimeout(pollMs, undefined, { signal: closed.signal }).catch(() => undefined)
  }
  try {
    await within(releaseTimeoutMs, async () => {
      await work
      await release()
    })
  } catch (error) {
    log.error({ err: error }, 'not everything could be let go')
  }
  log.info({ durationMs: Math.round(performance.now() - startedAt), cut: wasCut }, 'stopped')
}
