import { type IncomingMessage, type ServerResponse, createServer, get } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { setImmediate, setTimeout } from 'node:timers/promises'
import next from 'next'
import { AppError } from '@/lib/domain/errors'
import type { Context } from '@/lib/context'
import type { Logger } from '@/lib/log'
import { Turnstile } from '@/lib/limits/turnstile'
import { apiRoute } from './api-routes'
import { findMalformed, prepareForNext } from './console-request'
import { askForBody, waitsForContinue } from './continue-in-order'
import { discardRest } from './discard-rest'
import { type DoorSettings, refuseExchange } from './doors'
import { createNonce, pagePolicy, setSecurityHeaders } from './security-headers'
import { StaticFiles } from './static-files'

/**
 * How long a request to Next keeps others waiting, in milliseconds. A page takes ten milliseconds of the process's one
 * thread. Of many that arrive together, two are made at once, and pulls are served in between. A page that takes longer
 * waits for something else, such as a slow client.
 */
const turnMaxMs = 50

/** How long the start waits for the first page at most, in milliseconds. */
const firstPageMaxMs = 1000

/** The settings of the process that Next needs. */
export interface ConsoleSettings {
  readonly port: number
  /** Next compiles on demand. */
  readonly dev: boolean
}

/** Starts Next. Resolves with the function that has it answer a request to the console or the REST API. */
export async function openConsole(ctx: Context, { port, dev }: ConsoleSettings): Promise<DoorSettings['serveConsole']> {
  const app = next({
    dev,
    hostname: ctx.config.host,
    port,
    // Next takes over connections with an Upgrade header and never answers those that are not its own. Only development
    // needs upgrades, so in production Next gets a server that never listens.
    ...(dev ? {} : { httpServer: createServer() }),
  })
  await app.prepare()
  const serveNext = app.getRequestHandler()
  if (!dev) await makeFirstPage(serveNext, ctx.log)
  const files = dev ? null : new StaticFiles(join(process.cwd(), '.next', 'static'))
  const turns = new Turnstile({ atOnce: 2, waitingMax: 1000 })
  return ({ exchange, client, unclear }) => {
    const { door, request, response, requestId } = exchange
    const url = request.url ?? ''
    const isAsset = url.startsWith('/_next/')
    exchange.route = door === 'api' ? apiRoute(url) : isAsset ? 'asset' : 'page'
    const serveFile = isAsset && unclear === null ? (files?.find(request) ?? null) : null
    if (serveFile !== null) {
      serveFile(request, response).catch((error: unknown) => {
        ctx.log.error({ requestId, err: error }, 'a file of the console could not be read')
        response.destroy()
      })
      return
    }
    const policy = door === 'api' || isAsset ? null : pagePolicy(createNonce(), dev)
    setSecurityHeaders(response, door, client, policy ?? undefined)
    // The page's address is a secret until the invitation is used.
    if (url === '/invitation') response.setHeader('Referrer-Policy', 'no-referrer')
    // The REST API sets it itself; Next would send both.
    if (door !== 'api') response.setHeader('X-Request-Id', requestId)
    const fault = unclear ?? findMalformed(request, { isApi: door === 'api', isDevelopment: dev })
    if (fault !== null) {
      refuseExchange(exchange, fault)
      return
    }
    prepareForNext(request, { client, requestId, policy, publicUrl: ctx.config.publicUrl })
    // Next reads every body at once. The operation asks for it when the caller may send it.
    if (waitsForContinue(request)) {
      ctx.awaitedBodies.hold(requestId, () => askForBody(request))
      response.once('close', () => ctx.awaitedBodies.forget(requestId))
    }
    response.once('finish', () => discardRest(request))
    const serve = async () => {
      // The client may have left while its request waited.
      if (response.destroyed) return
      await Promise.race([serveNext(request, response), setTimeout(turnMaxMs)])
      // Otherwise pages that never wait would follow each other without a look at the connections.
      await setImmediate()
    }
    turns.pass(serve).catch((error: unknown) => {
      if (AppError.is(error)) {
        refuseExchange(exchange, error)
        return
      }
      ctx.log.error({ requestId, err: error }, 'the console failed')
      response.destroy()
    })
  }
}

type ServeNext = (request: IncomingMessage, response: ServerResponse) => Promise<void>

/**
 * Has Next make the log-on page once, on a connection of its own: the first page takes a hundred milliseconds of the
 * process's one thread, for which pulls would wait. Never rejects: nothing depends on it.
 */
async function makeFirstPage(serveNext: ServeNext, log: Logger): Promise<void> {
  const server = createServer((request, response) => {
    const client = { address: '127.0.0.1', isSecure: false }
    prepareForNext(request, { client, requestId: 'first-page', policy: null, publicUrl: null })
    void serveNext(request, response)
  })
  const made = new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      get({ port, host: '127.0.0.1', path: '/login', agent: false }, (response) => {
        response.resume().once('end', resolve).once('error', reject)
      }).once('error', reject)
    })
  })
  try {
    await Promise.race([made, setTimeout(firstPageMaxMs, undefined, { ref: false })])
  } catch (err) {
    log.debug({ err }, 'the first page was not made at the start')
  } finally {
    server.close()
    server.closeAllConnections()
  }
}
