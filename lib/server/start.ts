import { ensureFirstAdministrator } from '@/lib/auth/first-administrator'
import { type Config, parseConfig } from '@/lib/config'
import { AppError } from '@/lib/domain/errors'
import { getLastRuns } from '@/lib/metadata/maintenance-runs'
import { countOpenTags } from '@/lib/metadata/openings'
import { countUploads } from '@/lib/metadata/uploads'
import { pingDatabase } from '@/lib/metadata/engine/ping'
import { setContext } from '@/lib/context'
import { ensureExample } from '@/lib/registry/instances/ensure-example'
import { Connections } from './connections'
import { openDoors } from './doors'
import { Exchanges } from './exchange'
import { exitOnUncaught } from './exit-on-uncaught'
import { greet } from './greet'
import { createHttpServer } from './http-server'
import { jobs } from './jobs'
import { listen } from './listen'
import { Metrics } from './metrics'
import { openContext } from './open-context'
import type { Phase } from './phase'
import { createProbes } from './probes'
import { createReadiness } from './readiness'
import { createRequestLog } from './request-log'
import { takeServingLocks } from './serving-lock'
import { StartError } from './start-error'
import { stopOnSignal } from './stop'
import { UploadsUnderWay } from './uploads-under-way'

type Environment = Readonly<Record<string, string | undefined>>

/** Starts the server with the settings in `env`. Throws a StartError for problems that the operator can fix. */
export async function start(env: Environment): Promise<void> {
  const config = readConfig(env)
  // Before anything is opened or migrated.
  const releaseLocks = await takeServingLocks(config)
  const ctx = await openContext(config)
  const { db, blobs, log } = ctx
  exitOnUncaught(log)
  setContext(ctx)

  const phase: Phase = { name: 'starting' }
  const server = createHttpServer(log)
  const connections = new Connections(server)
  const logRequest = createRequestLog(log)
  const exchanges: Exchanges = new Exchanges((exchange) => {
    logRequest(exchange)
    metrics.note(exchange)
    uploads.note(exchange)
  })
  const uploads = new UploadsUnderWay(exchanges.running)
  const metrics = new Metrics({
    running: exchanges.running,
    connections,
    dataDir: config.dataDir,
    pingDatabase: () => pingDatabase(db),
    countUploads: () => countUploads(db),
    countOpenTags: () => countOpenTags(db, new Date()),
    tagRefusals: ctx.tagRefusals,
    lastRuns: () => getLastRuns(db),
  })
  const answerProbe = createProbes({
    readiness: createReadiness(phase, { database: () => pingDatabase(db), storage: () => blobs.probe() }, log),
    metrics: () => metrics.read(),
    metricsToken: config.metricsToken,
  })

  // Before the data of the first start are created: if the server could not listen, the printed password would be lost.
  const { port, ready } = await listen(server, config, answerProbe)
  if (config.makeExample) await ensureExample(ctx)
  const generatedPassword = await ensureFirstAdministrator(ctx, {
    password: config.adminPassword,
    accessKey: config.adminAccessKey,
  }).catch((error: unknown) => {
    if (!AppError.is(error) || error.code !== 'BAD_REQUEST') throw error
    throw new StartError(`STELE_ADMIN_PASSWORD: ${error.message}`)
  })
  ready(await openDoors(ctx, { port, dev: env['NODE_ENV'] !== 'production', phase, exchanges }))
  phase.name = 'ready'
  ctx.jobs.schedule(jobs)
  stopOnSignal({
    server,
    phase,
    log,
    timeoutMs: config.stopTimeoutSeconds * 1000,
    hasUploads: () => uploads.exist(),
    stopWork: () => ctx.jobs.stop(),
    release: async () => {
      await db.close()
      releaseLocks()
    },
  })
  greet(config, port, generatedPassword)
}

function readConfig(env: Environment): Config {
  try {
    return parseConfig(env)
  } catch (error) {
    throw new StartError((error as Error).message)
  }
}
