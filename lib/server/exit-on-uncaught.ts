import type { Logger } from '@/lib/log'

/**
 * Ends the process when an exception reaches nobody: what it left half done is unknown, while a new start finds everything
 * acknowledged. The line with its cause is written before. Made before Next's own listener, which would go on.
 *
 * A rejected promise that nobody waits for is only logged. Our own are all waited for, the linter sees to it; Next drops
 * some when a client leaves while a page is rendered, and a client must not be able to end the server.
 */
export function exitOnUncaught(log: Logger): void {
  process.on('uncaughtException', (error, origin) => {
    log.fatal({ err: error, origin }, 'an exception that nobody caught, the process ends')
    process.exit(1)
  })
  process.on('unhandledRejection', (reason) => {
    log.error({ err: reason }, 'a promise was rejected and nobody waited for it')
  })
}
