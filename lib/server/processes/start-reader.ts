import { Registry } from 'prom-client'
import type { Config } from '@/lib/config'
import { createLogHandler } from '@/lib/log-door/handler'
import { createRegistryHandler } from '@/lib/protocol/handler'
import { Connections } from '@/lib/server/connections'
import { type Visit, createDoors } from '@/lib/server/doors'
import { Exchanges } from '@/lib/server/exchange'
import { exitOnUncaught } from '@/lib/server/exit-on-uncaught'
import { createHttpServer } from '@/lib/server/http-server'
import type { Phase } from '@/lib/server/phase'
import { ProcessMetrics } from '@/lib/server/process-metrics'
import { createClientReader } from '@/lib/server/read-client'
import { createRequestLog } from '@/lib/server/request-log'
import { registrySecurityHeaders } from '@/lib/server/security-headers'
import { stopWhenAsked } from '@/lib/server/stop'
import { UploadsUnderWay } from '@/lib/server/uploads-under-way'
import { MainClient } from './main-client'
import { createReaderProbes } from './main-probes'
import { mayAnswer } from './may-answer'
import { socketsIn } from './messages'
import { openReaderContext } from './reader-context'
import { Relay } from './relay'
import type { Supervised } from './supervised'

/**
 * Starts a reader: it answers what it can read from the database and the storage, and has the main process answer
 * everything else. It keeps nothing that a promise rests on.
 */
export async function startReader(config: Config, supervised: Supervised, socketFolder: string): Promise<void> {
  const sockets = socketsIn(socketFolder)
  const main = new MainClient(sockets.services)
  const ctx = await openReaderContext(config, main)
  const { db, log } = ctx
  exitOnUncaught(log)

  const phase: Phase = { name: 'ready' }
  const server = createHttpServer(log)
  const connections = new Connections(server)
  const logRequest = createRequestLog(log)
  const exchanges: Exchanges = new Exchanges((exchange) => {
    uploads.note(exchange)
    if (exchange.isPassedOn) return
    logRequest(exchange)
    metrics.note(exchange)
  })
  const uploads = new UploadsUnderWay(exchanges.running)
  const registry = new Registry()
  const metrics = new ProcessMetrics(registry, {
    running: exchanges.running,
    connections,
    tagRefusals: ctx.tagRefusals,
  })
  supervised.onCollect(() => registry.getMetricsAsJSON())

  const relay = new Relay(sockets.relay)
  const passOn = ({ exchange, client }: Visit) => relay.pass(exchange, client)
  const serveRegistry = createRegistryHandler(ctx, () => phase.name === 'stopping')
  const serveLog = createLogHandler(ctx)
  const answer = createDoors({
    phase,
    exchanges,
    readClient: createClientReader(config, log),
    serveRegistry(visit) {
      const { exchange, client } = visit
      const { request, response } = exchange
      if (mayAnswer(request, db.mayWrite)) {
        serveRegistry(request, response, exchange, registrySecurityHeaders(client), ({ noteAnswer }) => {
          if (noteAnswer !== undefined) response.once('finish', () => noteAnswer(response.statusCode))
          passOn(visit)
        })
      } else passOn(visit)
    },
    serveAcr: passOn,
    serveLog(visit) {
      const { request, response, requestId } = visit.exchange
      response.setHeader('X-Request-Id', requestId)
      serveLog(request, response, visit.exchange, ({ noteAnswer }) => {
        if (noteAnswer !== undefined) response.once('finish', () => noteAnswer(response.statusCode))
        passOn(visit)
      })
    },
    serveConsole: passOn,
  })
  const answerProbe = createReaderProbes(sockets.relay, phase, config.metricsToken)
  server.on('request', (request, response) => {
    if (!answerProbe(request, response)) answer(request, response)
  })
  stopWhenAsked(
    {
      server,
      connections,
      // The supervisor gives it no more connections already.
      stopAccepting: () => supervised.endUploads(),
      phase,
      running: exchanges.running,
      log,
      drainMs: config.drainSeconds * 1000,
      timeoutMs: config.stopTimeoutSeconds * 1000,
      hasUploads: () => uploads.exist(),
      stopWork: () => Promise.resolve(),
      async release() {
        relay.close()
        await ctx.pullBuffer.close()
        main.close()
        await db.close()
      },
    },
    supervised,
  )
  supervised.take(server)
}
