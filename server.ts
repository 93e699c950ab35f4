import { fileURLToPath } from 'node:url'
import { limitHeapGrowth } from '@/lib/server/heap'
import { readConfig } from '@/lib/server/read-config'
import { readArguments } from '@/lib/server/processes/messages'
import { StartError } from '@/lib/server/start-error'

// A self-hosted server tells nobody that it exists.
process.env.NEXT_TELEMETRY_DISABLED = '1'

/** Loads only what the process needs: with Next, each would take the memory of the main one. */
async function run(): Promise<void> {
  const config = readConfig(process.env)
  const dev = process.env.NODE_ENV !== 'production'
  const assignment = process.send === undefined ? null : readArguments(process.argv.slice(2))
  if (!dev) limitHeapGrowth(assignment?.role ?? 'main')
  if (assignment !== null) {
    const { role, socketFolder } = assignment
    const { Supervised } = await import('@/lib/server/processes/supervised')
    const supervised = new Supervised()
    if (role === 'reader') {
      const { startReader } = await import('@/lib/server/processes/start-reader')
      await startReader(config, supervised, socketFolder)
    } else {
      const { start } = await import('@/lib/server/start')
      await start(config, dev, { supervised, ...assignment })
    }
  } else if (config.processes === 1) {
    const { start } = await import('@/lib/server/start')
    await start(config, dev)
  } else {
    const { supervise } = await import('@/lib/server/processes/supervise')
    await supervise(config, fileURLToPath(import.meta.url))
  }
}

run().catch((error: unknown) => {
  process.stderr.write(error instanceof StartError ? `${error.message}\n` : `${String((error as Error).stack)}\n`)
  process.exit(1)
})
