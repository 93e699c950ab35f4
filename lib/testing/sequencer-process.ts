import { setTimeout } from 'node:timers/promises'
import { parseConfig } from '@/lib/config'
import { sequenceLogs } from '@/lib/registry/transparency/sequence-logs'
import { openContext } from '@/lib/server/open-context'

/*
 * A process that fills the logs without a pause until it is killed, without a lease: for tests that kill it anywhere.
 */

const ctx = await openContext(parseConfig(JSON.parse(process.argv[2] ?? '{}') as Record<string, string>))
process.send?.('ready')
for (;;) {
  // On SQLite, which has one writer, another process may hold the lock for longer than this one waits.
  await sequenceLogs(ctx).catch(() => undefined)
  await setTimeout(1)
}
