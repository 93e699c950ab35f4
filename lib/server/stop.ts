import type { Server } from 'node:http'
import { setTimeout } from 'node:timers/promises'
import type { Logger } from '@/lib/log'
import type { Connections } from './connections'
import type { Exchange } from './exchange'
import type { Phase } from './phase'
import type { Supervised } from './processes/supervised'
import { withTimeout } from './with-timeout'

/** What must end before the process exits. */
export interface Stoppable {
  readonly server: Server
  readonly connections: Pick<Connections, 'read'>
  /** Accepts no more connections from now on. */
  readonly stopAccepting: () => void
  readonly phase: Phase
  /** The requests that have not ended. */
  readonly running: Iterable<Pick<Exchange, 'response'>>
  /** How long everything is still served after the probes say that the server stops, in milliseconds. */
  readonly drainMs: number
  readonly log: Logger
  /** How long requests may take to end, in milliseconds; then the remaining connections are closed. */
  readonly timeoutMs: number
  /** Whether uploads are running, whose next requests may need a new connection. */
  readonly hasUploads: () => boolean
  /** Resolves when the processes that depend on this one have ended. Awaited as long as requests are. */
  readonly dependents?: Promise<void>
  /** Ends background work. Called at once, and awaited as long as requests are. */
  readonly stopWork: () => Promise<void>
  /** Closes what requests use. */
  readonly release: () => Promise<void>
}

/** How often to check for ended uploads and idle connections, in milliseconds. */
const pollMs = 50

/**
 * How long `release` may take, in milliseconds. Nothing is lost when it takes longer: the data survive even a crash.
 */
const releaseTimeoutMs = 5_000

/**
 * A signal that is repeated sooner counts as the same one: a terminal sends it to npm and to us, and npm forwards it.
 */
const sameSignalMs = 1_000

/**
 * Ends the process when the supervisor says so, or without one on SIGTERM and SIGINT, with exit code 0, once running
 * requests have ended. A second signal ends it without waiting for them.
 */
export function stopWhenAsked(stoppable: Stoppable, supervised: Supervised | null): void {
  if (supervised === null) {
    stopOnSignal(stoppable)
    return
  }
  const hurry = new AbortController()
  supervised.onDrain(() => enter('draining', stoppable))
  supervised.onStop((isHurried) => {
    if (isHurried) hurry.abort()
    else void stop({ ...stoppable, drainMs: 0 }, hurry.signal).then(() => process.exit(0))
  })
}

function stopOnSignal(stoppable: Stoppable): void {
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
 * Enters a phase in which each connection ends with its request. That is for the answers of running requests to say as
 * well: a client that sent its next request over the same connection would meet its end.
 */
function enter(name: 'draining' | 'stopping', { phase, running }: Stoppable): void {
  phase.name = name
  for (const { response } of running) if (!response.headersSent) response.setHeader('Connection', 'close')
}

/**
 * Stops in order: for `drainMs`, all goes on, but the server is not ready; then no new upload is accepted; after the last
 * upload, no new connection is accepted; after the last request, everything is closed. After `timeoutMs`, or when `hurry` is
 * aborted, the remaining connections are closed.
 */
export async function stop(stoppable: Stoppable, hurry: AbortSignal): Promise<void> {
  const { server, connections, stopAccepting, running, log, drainMs, timeoutMs, hasUploads, dependents } = stoppable
  const { stopWork, release } = stoppable
  if (drainMs > 0) {
    enter('draining', stoppable)
    await setTimeout(drainMs, undefined, { signal: hurry }).catch(() => undefined)
  }
  const startedAt = performance.now()
  enter('stopping', stoppable)
  const isLate = () => hurry.aborted || performance.now() - startedAt >= timeoutMs
  const work = stopWork().catch((error: unknown) => log.error({ err: error }, 'background work did not stop'))

  while (hasUploads() && !isLate()) await setTimeout(pollMs)
  stopAccepting()
  let wasCut = false
  // A busy connection is kept alive after its response, without any event for it: it would delay the end.
  while (connections.read().open > 0) {
    if (isLate()) {
      wasCut = true
      server.closeAllConnections()
    } else if (!isSending(running)) {
      server.closeIdleConnections()
    }
    await setTimeout(pollMs)
  }
  let isNeeded = dependents !== undefined
  void dependents?.then(() => (isNeeded = false))
  while (isNeeded && !isLate()) await setTimeout(pollMs)
  try {
    await withTimeout(releaseTimeoutMs, async () => {
      await work
      await release()
    })
  } catch (error) {
    log.error({ err: error }, 'not everything could be closed')
  }
  log.info({ durationMs: Math.round(performance.now() - startedAt), cut: wasCut }, 'stopped')
}

/**
 * Whether the end of an answer waits for its client to read. Node counts its connection as idle, and would cut off a slow
 * download's last part.
 */
function isSending(running: Stoppable['running']): boolean {
  for (const { response } of running) if (response.writableEnded && !response.writableFinished) return true
  return false
}
