import { ensureFirstAdministrator } from '@/lib/auth/first-administrator'
import { createAcrHandler } from '@/lib/acr/handler'
import type { Config } from '@/lib/config'
import { AppError } from '@/lib/domain/errors'
import { getLastRuns } from '@/lib/metadata/maintenance-runs'
import { countOpenTags } from '@/lib/metadata/openings'
import { measureTransparencyLogs } from '@/lib/metadata/transparency-figures'
import { countUploads } from '@/lib/metadata/uploads'
import { pingDatabase } from '@/lib/metadata/engine/ping'
import { setContext } from '@/lib/context'
import { createLogHandler } from '@/lib/log-door/handler'
import { createRegistryHandler } from '@/lib/protocol/handler'
import { ensureExample } from '@/lib/registry/instances/ensure-example'
import { Connections } from './connections'
import { openConsole } from './console-door'
import { contextOfRegistry } from './create-context'
import { type DoorSettings, createDoors } from './doors'
import { Exchanges } from './exchange'
import { exitOnUncaught } from './exit-on-uncaught'
import { greet } from './greet'
import { createHttpServer } from './http-server'
import { jobs } from './jobs'
import { answerRequests, listen, stopListening } from './listen'
import { Metrics } from './metrics'
import { openContext } from './open-context'
import type { Phase } from './phase'
import { createProbes } from './probes'
import { type ReadersServer, listenForReaders } from './processes/listen-for-readers'
import { createServices } from './processes/main-services'
import { socketsIn } from './processes/messages'
import { readRelayedClient, takeRelayed } from './processes/relay'
import type { Supervised } from './processes/supervised'
import { createClientReader } from './read-client'
import { createReadiness } from './readiness'
import { createRequestLog } from './request-log'
import { registrySecurityHeaders } from './security-headers'
import { takeServerLocks, takeWritingLocks } from './serving-lock'
import { StartError } from './start-error'
import { stopWhenAsked } from './stop'
import { UploadsUnderWay } from './uploads-under-way'

/** The main process of several, as it knows the others. */
export interface MainProcess {
  readonly supervised: Supervised
  /** The folder of the sockets on which it listens for the readers. */
  readonly socketFolder: string
  /** The port of the server, whose connections the supervisor distributes. */
  readonly port: number
  /** Whether it replaces one that ended unexpectedly. */
  readonly isAgain: boolean
}

/**
 * Starts the process that serves everything, alone or beside readers. `dev`: Next compiles on demand. Throws a
 * StartError for problems that the operator can fix.
 */
export async function start(config: Config, dev: boolean, main: MainProcess | null = null): Promise<void> {
  // Before anything is opened or migrated.
  const releases = main === null ? [await takeServerLocks(config)] : []
  releases.push(await takeWritingLocks(config))
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
  const namesOfWitnesses = new Map(config.witnesses.map(({ key }) => [key.text, key.name]))
  const metrics = new Metrics({
    running: exchanges.running,
    connections,
    dataDir: config.usesDataDir ? config.dataDir : null,
    pingDatabase: () => pingDatabase(db.inline),
    countUploads: () => countUploads(db),
    countOpenTags: () => countOpenTags(db, new Date()),
    measureLogs: () => measureTransparencyLogs(db, namesOfWitnesses),
    tagRefusals: ctx.tagRefusals,
    lastRuns: () => getLastRuns(db),
    ...(main !== null && { readers: () => main.supervised.collect() }),
  })
  const answerProbe = createProbes({
    readiness: createReadiness(phase, { database: () => pingDatabase(db.inline), storage: () => blobs.probe() }, log),
    metrics: () => metrics.read(),
    metricsToken: config.metricsToken,
  })

  // Before the data of the first start are created: if the server could not listen, the printed password would be lost.
  const ready = answerRequests(server, answerProbe)
  const port = main?.port ?? (await listen(server, config))
  main?.supervised.take(server)
  if (config.makeExample) await ensureExample(ctx)
  const generatedPassword = await ensureFirstAdministrator(ctx, {
    password: config.adminPassword,
    accessKey: config.adminAccessKey,
  }).catch((error: unknown) => {
    if (!AppError.is(error) || error.code !== 'BAD_REQUEST') throw error
    throw new StartError(`STELE_ADMIN_PASSWORD: ${error.message}`)
  })
  const answerAcr = createAcrHandler(ctx)
  const answerLog = createLogHandler(ctx)
  const serveRegistry = createRegistryHandler(contextOfRegistry(ctx), () => phase.name === 'stopping')
  const behind: Omit<DoorSettings, 'readClient'> = {
    phase,
    exchanges,
    serveRegistry: ({ exchange, client }) =>
      serveRegistry(exchange.request, exchange.response, exchange, registrySecurityHeaders(client)),
    serveAcr({ exchange }) {
      const { request, response, requestId } = exchange
      response.setHeader('X-Request-Id', requestId)
      answerAcr(request, response, exchange)
    },
    serveLog({ exchange }) {
      const { request, response, requestId } = exchange
      response.setHeader('X-Request-Id', requestId)
      answerLog(request, response, exchange)
    },
    serveConsole: await openConsole(ctx, { port, dev }),
  }
  ready(createDoors({ ...behind, readClient: createClientReader(config, log) }))
  const readersServers: ReadersServer[] = []
  if (main !== null) {
    const { relay, services } = socketsIn(main.socketFolder)
    const answer = createDoors({ ...behind, readClient: readRelayedClient })
    readersServers.push(
      await listenForReaders(log, services, createServices(ctx)),
      await listenForReaders(
        log,
        relay,
        takeRelayed((request, response) => {
          if (!answerProbe(request, response)) answer(request, response)
        }),
      ),
    )
  }
  phase.name = 'ready'
  ctx.jobs.schedule(jobs)
  stopWhenAsked(
    {
      server,
      connections,
      stopAccepting: () => (main === null ? stopListening(server) : main.supervised.close()),
      phase,
      running: exchanges.running,
      log,
      drainMs: config.drainSeconds * 1000,
      timeoutMs: config.stopTimeoutSeconds * 1000,
      hasUploads: () => uploads.exist() || main?.supervised.readersHaveUploads === true,
      ...(main !== null && { dependents: main.supervised.readersEnded }),
      stopWork: () => ctx.jobs.stop(),
      release: async () => {
        for (const readers of readersServers) readers.close()
        await ctx.pullBuffer.close()
        await db.close()
        for (const release of releases) release()
      },
    },
    main?.supervised ?? null,
  )
  main?.supervised.ready()
  if (main?.isAgain !== true) greet(config, port, generatedPassword)
}
