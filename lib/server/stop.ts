import type { Server } from 'node:http'
import type { Context } from '@/lib/registry/context'

/** How long running requests may take to end after SIGTERM, in milliseconds. */
const stopTimeoutMs = 10_000

/** How often connections that have become idle are closed while stopping, in milliseconds. */
const sweepIntervalMs = 100

/** Ends the process on SIGTERM and SIGINT, once running requests have ended. */
export function stopOnSignal(server: Server, ctx: Context): void {
  const stop = (signal: NodeJS.Signals) => {
    ctx.log.info({ signal }, 'stopping')
    const hurry = setTimeout(() => server.closeAllConnections(), stopTimeoutMs)
    // A connection that is busy now is kept alive after its answer, and nothing says when: it would hold up the end.
    const sweep = setInterval(() => server.closeIdleConnections(), sweepIntervalMs)
    server.close(() => {
      clearTimeout(hurry)
      clearInterval(sweep)
      void ctx.db.$disconnect().then(() => process.exit(0))
    })
  }
  process.once('SIGTERM', stop)
  process.once('SIGINT', stop)
}
