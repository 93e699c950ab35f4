import { start } from '@/lib/server/start'
import { StartError } from '@/lib/server/start-error'

// A self-hosted server tells nobody that it exists.
process.env.NEXT_TELEMETRY_DISABLED = '1'

start(process.env).catch((error: unknown) => {
  process.stderr.write(error instanceof StartError ? `${error.message}\n` : `${String((error as Error).stack)}\n`)
  process.exit(1)
})
