import { randomBytes } from 'node:crypto'
import { spawn } from 'node:child_process'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type PostgresqlCluster, startPostgresql } from '@/scripts/lib/postgresql.mjs'
import { findChildren } from './process-tree'
import { findFreePort } from '@/scripts/lib/find-free-port.mjs'
import { type Registry, type StartedServer, started } from './registry'
import type { Store } from './store'

const root = join(import.meta.dirname, '..')
const account = { name: 'admin', password: 'only-for-the-bench' }
const secretKey = randomBytes(32).toString('base64')
const accessKey = 'BenchKey0001:only-for-the-bench'

/** As many exempt tags as a policy may have, as long as they may be, each of which is compared to the end of a tag. */
const patternsThatMatchNothing = Array.from({ length: 20 }, (_, index) => `${'*r'.repeat(60)}*-${index}`)

/** How Stele is started. */
export interface SteleOptions {
  /** How many servers there are. More than one need PostgreSQL. */
  readonly servers: number
  /** STELE_PROCESSES of each server. */
  readonly processes: number
  readonly database: 'sqlite' | 'postgresql'
  /** Where blobs are kept; null: in the data folder. */
  readonly store: Store | null
  /** What it is called, and what it differs in: a built server that is started as it is, more in its environment. */
  readonly variant?: {
    readonly name: string
    readonly program?: string
    readonly environment?: Readonly<Record<string, string>>
  }
}

let cluster: Promise<PostgresqlCluster> | undefined
let databases = 0

/**
 * Starts the servers as `npm start` does, which builds them first if needed. They write durably and check the credentials
 * of every request, as always. Several have one database and one folder or bucket. Only the log is off, as for the others.
 * PostgreSQL is a cluster of this run, which syncs to the disk; `stopDatabases` ends it.
 */
export async function startStele({ servers, processes, database, store, variant }: SteleOptions): Promise<Registry> {
  const folder = await mkdtemp(join(tmpdir(), 'stele-bench-'))
  const url = database === 'postgresql' ? await createDatabase() : undefined
  const env: NodeJS.ProcessEnv = {
    PATH: process.env['PATH'],
    NODE_ENV: 'production',
    ...(url !== undefined && { DATABASE_URL: url, STELE_SECRET_KEY: secretKey }),
    STELE_PROCESSES: String(processes),
    STELE_DATA_DIR: folder,
    STELE_ADMIN_PASSWORD: account.password,
    STELE_ADMIN_ACCESS_KEY_ID: accessKey.split(':')[0],
    STELE_ADMIN_ACCESS_KEY_SECRET: accessKey.split(':')[1],
    STELE_LOG_LEVEL: 'warn',
    ...store?.steleSettings(),
    ...variant?.environment,
  }
  const first = await startServer(env, variant)
  const others = await Promise.all(Array.from({ length: servers - 1 }, () => startServer(env, variant)))
  const headers = { authorization: basic(`${account.name}:${account.password}`) }
  const name = [
    `Stele${servers === 1 ? '' : `, ${servers} servers`}`,
    `${processes} ${processes === 1 ? 'process' : 'processes'}`,
    ...(url === undefined ? [] : ['PostgreSQL']),
    ...(store === null ? [] : ['S3']),
    ...(variant === undefined ? [] : [variant.name]),
  ].join(', ')
  const info = { kind: 'stele', name, version: `Node.js ${process.versions.node}`, headers, account } as const
  const databases = url === undefined ? [] : await findChildren('postgres')
  const registry = await started(info, [first, ...others], folder, databases)
  await createNamespaces(registry.port)
  return registry
}

async function startServer(env: NodeJS.ProcessEnv, variant: SteleOptions['variant']): Promise<StartedServer> {
  const port = await findFreePort()
  const child = spawn(process.execPath, [variant?.program ?? join('scripts', 'start.mjs')], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...env, PORT: String(port) },
  })
  return { child, port }
}

/** Ends PostgreSQL, if a Stele was started with it, after the last of them has stopped. */
export async function stopDatabases(): Promise<void> {
  await (await cluster)?.stop()
}

async function createDatabase(): Promise<string> {
  cluster ??= startPostgresql({ fsync: true })
  return (await cluster).createDatabase(`bench_${++databases}`)
}

/** `bench` is mutable, `frozen` has a policy that costs as much as one can, `open` can be pulled from anonymously. */
async function createNamespaces(port: number): Promise<void> {
  const { items } = (await send(port, 'GET', '/instances')) as { items: { id: string }[] }
  const instance = `/instances/${items[0]?.id}`
  for (const [name, defaults] of Object.entries({
    bench: {},
    frozen: { defaultImmutability: { mode: 'enforce', exemptTags: patternsThatMatchNothing } },
    open: { defaultRepositoryType: 'PUBLIC' },
  })) {
    await send(port, 'POST', `${instance}/namespaces`, { name, autoCreateRepository: true, ...defaults })
  }
  await send(port, 'PATCH', instance, { allowAnonymousPull: true, isLogPublic: true })
}

async function send(port: number, method: string, path: string, body?: object): Promise<unknown> {
  const headers = { authorization: basic(accessKey), 'content-type': 'application/json' }
  const url = `http://127.0.0.1:${port}/api/v1${path}`
  const answer = await fetch(url, { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) })
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`)
  return answer.json()
}

function basic(credentials: string): string {
  return `Basic ${Buffer.from(credentials).toString('base64')}`
}
