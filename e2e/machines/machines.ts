import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { type PostgresqlCluster, startPostgresql, whyNoPostgresql } from '@/scripts/lib/postgresql.mjs'
import { type S3Server, startS3Server } from '@/scripts/lib/s3-server.mjs'
import { type TcpProxy, startTcpProxy } from '@/scripts/lib/tcp-proxy.mjs'
import { giveUp, requireCommands } from '../clients/require-commands'
import { settingsOf } from '../s3'
import { type ServerInfo, type StartedServer, startServer } from '../server'

/** One of several servers over one database and one store, and its network to both. */
export interface Machine {
  readonly info: ServerInfo
  readonly toDatabase: TcpProxy
  readonly toStore: TcpProxy
  /** The one that runs; null after `kill` or `end`. */
  server(): StartedServer | null
  kill(): Promise<void>
  /** Asks it to end, and waits for it; resolves with the exit code. */
  end(): Promise<number | null>
  /** Starts it again, of another version when `root` is given. Tries again until the database and the store answer. */
  start(root?: string): Promise<void>
}

/** Servers over one PostgreSQL database and one S3 store, each with a network of its own to both. */
export interface Machines {
  readonly all: readonly [Machine, ...Machine[]]
  readonly postgresql: PostgresqlCluster
  readonly s3: S3Server
  stop(): Promise<void>
}

/** How many servers, and what they are set to. */
export interface MachinesOptions {
  readonly count?: number
  readonly env?: Readonly<Record<string, string>>
  /** The folder of another version that they are started from. */
  readonly root?: string
}

const database = 'stele'
const startTimeoutMs = 90_000

/** Starts PostgreSQL, an S3 store and the servers. Skips the running test where one of them is not installed. */
export async function startMachines({ count = 3, env = {}, root }: MachinesOptions = {}): Promise<Machines> {
  requireCommands('versitygw')
  const reason = whyNoPostgresql()
  if (reason !== null) giveUp(reason)
  const [postgresql, s3] = await Promise.all([startPostgresql({ fsync: true }), startS3Server()])
  s3.createBucket('stele')
  const address = new URL(await postgresql.createDatabase(database))
  const folder = await mkdtemp(join(tmpdir(), 'stele-machines-'))
  const machines: Machine[] = []
  for (let index = 0; index < count; index++) {
    const toDatabase = await startTcpProxy(Number(address.port))
    const toStore = await startTcpProxy(Number(new URL(s3.endpoint).port))
    const own = new URL(address)
    own.port = String(toDatabase.port)
    machines.push(
      await startMachine({
        toDatabase,
        toStore,
        databaseUrl: own.href,
        // This version shares no folder: keys and bytes are elsewhere. Others may need one.
        ...(root !== undefined && { root, dataDir: folder }),
        env: {
          STELE_PROCESSES: '1',
          ...settingsOf({ ...s3, endpoint: `http://127.0.0.1:${toStore.port}` }),
          STELE_S3_BUCKET: 'stele',
          STELE_S3_PREFIX: '',
          ...env,
        },
      }),
    )
  }
  return {
    all: machines as [Machine, ...Machine[]],
    postgresql,
    s3,
    async stop() {
      for (const machine of machines) {
        await machine.kill()
        await machine.toDatabase.close()
        await machine.toStore.close()
        await rm(machine.info.dataDir, { recursive: true, force: true })
      }
      await Promise.all([postgresql.stop(), s3.stop()])
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function startMachine({
  toDatabase,
  toStore,
  ...options
}: Pick<Machine, 'toDatabase' | 'toStore'> & {
  readonly databaseUrl: string
  readonly dataDir?: string
  readonly root?: string
  readonly env: Record<string, string>
}): Promise<Machine> {
  let server: StartedServer | null = await startServer(options)
  const info: ServerInfo = server
  return {
    info,
    toDatabase,
    toStore,
    server: () => server,
    async kill() {
      const running = server
      server = null
      await running?.kill()
    },
    async end() {
      const running = server
      const code = (await running?.end()) ?? null
      server = null
      return code
    },
    async start(root = options.root) {
      const deadline = performance.now() + startTimeoutMs
      for (;;) {
        try {
          server = await startServer({
            ...options,
            port: info.port,
            dataDir: info.dataDir,
            ...(root !== undefined && { root }),
          })
          return
        } catch (error) {
          // As whoever runs servers does.
          if (performance.now() > deadline) throw error
          await setTimeout(500)
        }
      }
    },
  }
}

/** Resolves when the server says that it is ready. */
export async function untilReady({ info }: Machine): Promise<void> {
  const deadline = performance.now() + startTimeoutMs
  while (!(await isReady(info))) {
    if (performance.now() > deadline) throw new Error(`${info.url} does not get ready`)
    await setTimeout(100)
  }
}

/** Whether the server says that it is ready. */
export async function isReady({ url }: ServerInfo): Promise<boolean> {
  return fetch(`${url}/readyz`, { signal: AbortSignal.timeout(5_000) }).then(
    async (answer) => {
      await answer.arrayBuffer()
      return answer.ok
    },
    () => false,
  )
}
