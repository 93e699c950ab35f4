import type { Logger } from '@/lib/log'

/**
 * Ends the process after an uncaught exception, because its state is unknown, while a new start finds everything that
 * was acknowledged. The cause is logged first. Call it before Next adds its own listener, which would keep the process
 * running.
 *
 * An unhandled promise rejection is only logged. Our own promises are all awaited (the linter checks it). Next leaves
 * some unhandled when a client disconnects while a page is rendered, and a client must not be able to end the server.
 */
export function exitOnUncaught(log: Logger): void {
  process.on('uncaughtException', (error, origin) => {
    log.fatal({ err: error, origin }, 'uncaught exception, the process ends')
    process.exit(1)
  })
  process.on('unhandledRejection', (reason) => {
    log.error({ err: reason }, 'unhandled promise rejection')
  })
}
