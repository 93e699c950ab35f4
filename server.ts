import { access, constants, mkdir } from 'node:fs/promises'
import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http'
import path from 'node:path'
import next from 'next'
import { ensureFirstAdministrator, firstAdministratorName } from '@/lib/auth/first-administrator'
import { type Config, parseConfig } from '@/lib/config'
import { createLogger } from '@/lib/log'
import { openDatabase } from '@/lib/metadata/database'
import { migrateSqlite } from '@/lib/metadata/migrate'
import { createRegistryHandler, isRegistryPath } from '@/lib/protocol/handler'
import { type Context, setContext } from '@/lib/registry/context'
import { ensureExample } from '@/lib/registry/ensure-example'
import { openFilesystemBlobStore } from '@/lib/storage/filesystem'

/** Header in which route handlers of Next find the client's address; a client's own is overwritten. */
const remoteAddressHeader = 'x-stele-remote-address'

/** How long running requests may take to end after SIGTERM, in milliseconds. */
const stopTimeoutMs = 10_000

/** How often connections that have become idle are closed while stopping, in milliseconds. */
const sweepIntervalMs = 100

/** Longest silence on a connection in the middle of a request, in milliseconds. A body may take any time in all. */
const idleTimeoutMs = 120_000

/** How long a connection waits for its next request, in milliseconds: longer than proxies keep theirs, as a rule. */
const keepAliveMs = 65_000

/** A reason not to start that the person who starts it can do something about. */
class StartError extends Error {}

async function start(): Promise<void> {
  const config = readConfig()
  const ctx = await openContext(config)
  setContext(ctx)

  const server = createServer()
  // Before the first-start data are made: a password printed by a server that then cannot listen would be lost.
  const { port, ready } = await listen(server, config)
  const generatedPassword = await ensureFirstAdministrator(ctx.db, {
    password: config.adminPassword,
    accessKey: config.adminAccessKey,
  })
  if (config.makeExample) await ensureExample(ctx)
  ready(await createHandler(ctx, port))
  stopOnSignal(server, ctx)
  greet(config, port, generatedPassword)
}

function readConfig(): Config {
  try {
    return parseConfig(process.env)
  } catch (error) {
    throw new StartError((error as Error).message)
  }
}

async function openContext(config: Config): Promise<Context> {
  try {
    await mkdir(config.dataDir, { recursive: true, mode: 0o700 })
    await access(config.dataDir, constants.R_OK | constants.W_OK | constants.X_OK)
  } catch (error) {
    throw new StartError(`STELE_DATA_DIR: ${config.dataDir} is not writable (${(error as NodeJS.ErrnoException).code})`)
  }
  const log = createLogger(config.logLevel)
  try {
    const applied = await migrateSqlite(config.databaseFile, path.resolve('prisma/sqlite/migrations'))
    if (applied.length > 0) log.info({ migrations: applied }, 'the database was migrated')
  } catch (error) {
    throw new StartError(`The database ${config.databaseFile} cannot be used: ${(error as Error).message}`)
  }
  return {
    config,
    db: openDatabase(config.databaseFile),
    blobs: await openFilesystemBlobStore(config.dataDir),
    log,
  }
}

type Handler = Parameters<typeof createServer>[1] & {}

/** Takes the port. Requests that come before `ready` was called wait for it. */
async function listen(server: Server, config: Config): Promise<{ port: number; ready: (handler: Handler) => void }> {
  let ready: (handler: Handler) => void = () => {}
  const whenReady = new Promise<Handler>((resolve) => (ready = resolve))
  server.on('request', (request, response) => {
    void whenReady.then((handler) => handler(request, response))
  })
  server.requestTimeout = 0
  server.keepAliveTimeout = keepAliveMs
  server.timeout = idleTimeoutMs
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(new StartError(explainListenError(error, config))))
    server.listen(config.port, config.host, resolve)
  })
  const address = server.address()
  return { port: typeof address === 'object' && address !== null ? address.port : config.port, ready }
}

function explainListenError(error: NodeJS.ErrnoException, { port, host }: Config): string {
  if (error.code === 'EADDRINUSE') return `PORT: ${port} on ${host} is taken by another program; set PORT to a free one`
  if (error.code === 'EACCES') return `PORT: this user may not listen on ${port}; set PORT to 1024 or above`
  if (error.code === 'EADDRNOTAVAIL') return `HOST: ${host} is no address of this machine`
  return `HOST, PORT: cannot listen on ${host}:${port} (${error.code ?? error.message})`
}

async function createHandler(ctx: Context, port: number): Promise<Handler> {
  const dev = process.env.NODE_ENV !== 'production'
  // A self-hosted server tells nobody that it exists.
  process.env.NEXT_TELEMETRY_DISABLED = '1'
  const app = next({ dev, hostname: ctx.config.host, port })
  await app.prepare()
  const serveConsole = app.getRequestHandler()
  const serveRegistry = createRegistryHandler(ctx)
  return (request, response) => {
    if (isRegistryPath(request.url ?? '')) {
      serveRegistry(request, response)
      return
    }
    if (refuseMalformed(request, response)) return
    request.headers[remoteAddressHeader] = request.socket.remoteAddress ?? ''
    void serveConsole(request, response)
  }
}

/** Methods that the console and the REST API know; Next answers others with 500. */
const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])

/** Answers what Next would fail on, a strange method or a path that is not UTF-8; whether it did. */
function refuseMalformed(request: IncomingMessage, response: ServerResponse): boolean {
  const status = !methods.has(request.method ?? '') ? 405 : isDecodable(request.url ?? '') ? null : 400
  if (status === null) return false
  response.writeHead(status, status === 405 ? { Allow: [...methods].join(', ') } : {}).end()
  return true
}

function isDecodable(url: string): boolean {
  try {
    decodeURI(url)
    return true
  } catch {
    return false
  }
}

function stopOnSignal(server: Server, ctx: Context): void {
  const stop = (signal: NodeJS.Signals) => {
    ctx.log.info({ signal }, 'stopping')
    const hurry = setTimeout(() => server.closeAllConnections(), stopTimeoutMs)
    // A connection that is busy now is kept alive after its answer, and nothing says when: it would hold up the end.
    const sweep = setInterval(() => server.closeIdleConnections(), sweepIntervalMs)
    server.close(() => {
      clearTimeout(hurry)
      clearInterval(sweep)
      void ctx.db.$disconnect().then(() => process.exit(0))
    })
  }
  process.once('SIGTERM', stop)
  process.once('SIGINT', stop)
}

function greet(config: Config, port: number, generatedPassword: string | null): void {
  const isLocal = config.host === '127.0.0.1' || config.host === '::1' || config.host === '0.0.0.0'
  const address = `${isLocal ? 'localhost' : config.host}:${port}`
  const console_ = config.publicUrl ?? `http://${address}`
  const registry = config.publicUrl === null ? address : new URL(config.publicUrl).host
  const lines = [
    '',
    `  Stele is ready.`,
    '',
    `  Console    ${console_}`,
    ...(generatedPassword === null
      ? []
      : [
          `  User       ${firstAdministratorName}`,
          `  Password   ${generatedPassword}`,
          `             (shown only now: keep it, or set STELE_ADMIN_PASSWORD before the first start)`,
        ]),
    '',
    '  Try it',
    `    docker login --username=${firstAdministratorName} ${registry}`,
    ...(config.makeExample
      ? [`    docker tag <image> ${registry}/test/example:v1`, `    docker push ${registry}/test/example:v1`]
      : []),
    '',
    '',
  ]
  process.stdout.write(lines.join('\n'))
}

start().catch((error: unknown) => {
  process.stderr.write(error instanceof StartError ? `${error.message}\n` : `${String((error as Error).stack)}\n`)
  process.exit(1)
})
