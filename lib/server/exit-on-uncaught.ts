import type { Logger } from '@/lib/log'

/**
 * Ends the process when an error reaches nobody: what it left half done is unknown, while a new start finds everything
 * acknowledged. The line with its cause is written before.
 */
export function exitOnUncaught(log: Logger): void {
  process.on('uncaughtException', (error, origin) => {
    log.fatal({ err: error, origin }, 'an error that nobody expected, the process ends')
    process.exit(1)
  })
}
