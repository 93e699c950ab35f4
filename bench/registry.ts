import { type ChildProcess, execFile } from 'node:child_process'
import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { promisify } from 'node:util'
import { readCpuSeconds, readMemoryMiB } from './process-tree'

/** How long a registry may take to start, in milliseconds; the first start of a clone includes the build. */
const startMaxMs = 300_000
const startStepMs = 50

/** What is a large blob. */
const largeBytes = 1024 * 1024

/** What a registry is, for the targets. */
export type RegistryKind = 'stele' | 'distribution2' | 'distribution3' | 'zot'

/** A running registry to measure. */
export interface Registry {
  readonly kind: RegistryKind
  /** Its column in the tables. */
  readonly name: string
  /** The version, if the registry states it. */
  readonly version: string
  /** The port for whoever uses one only. */
  readonly port: number
  /** The ports of its servers: a client's connections go to them in turn. */
  readonly ports: readonly number[]
  /** Headers that each request to `/v2/` needs. */
  readonly headers: Readonly<Record<string, string>>
  /** User name and password for clients; null when it needs none. */
  readonly account: { readonly name: string; readonly password: string } | null
  /** The namespace where pushes create repositories. */
  readonly namespace: string
  /** Whether its database has processes of its own. */
  readonly hasDatabase: boolean
  /** CPU time that all its processes have used, with those of its database, in seconds. */
  cpuSeconds(): Promise<number>
  /** The same without those of its database. */
  ownCpuSeconds(): Promise<number>
  /** Memory of all its processes, without those of its database. */
  memoryMiB(): Promise<number>
  /** Removes the large blobs from its folder, which nobody asks for any more, once all that was written is on the disk. */
  removeLargeBlobs(): Promise<void>
  stop(): Promise<void>
}

/** What a registry is before its processes are known. */
export type RegistryInfo = Omit<
  Registry,
  | 'port'
  | 'ports'
  | 'namespace'
  | 'hasDatabase'
  | 'cpuSeconds'
  | 'ownCpuSeconds'
  | 'memoryMiB'
  | 'removeLargeBlobs'
  | 'stop'
>

/** A server of a registry that was just started. */
export interface StartedServer {
  readonly child: ChildProcess
  readonly port: number
}

/**
 * The registry of these servers, once all of them answer. `databases` are the processes of its database. A stop removes
 * `folder`.
 */
export async function started(
  info: RegistryInfo,
  servers: readonly [StartedServer, ...StartedServer[]],
  folder: string,
  databases: readonly number[] = [],
): Promise<Registry> {
  const ended = servers.map(({ child }) => new Promise((resolve) => child.once('close', resolve)))
  const pids = servers.map(({ child }) => child.pid ?? 0)
  await Promise.all(servers.map((server) => untilItAnswers(info.name, server)))
  return {
    ...info,
    port: servers[0].port,
    ports: servers.map(({ port }) => port),
    namespace: 'bench',
    hasDatabase: databases.length > 0,
    cpuSeconds: () => readCpuSeconds([...pids, ...databases]),
    ownCpuSeconds: () => readCpuSeconds(pids),
    memoryMiB: () => readMemoryMiB(pids),
    removeLargeBlobs: () => removeLargeBlobs(folder),
    async stop() {
      for (const { child } of servers) child.kill('SIGTERM')
      await Promise.all(ended)
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** All three registries keep blobs in folders of that name. */
async function removeLargeBlobs(folder: string): Promise<void> {
  await promisify(execFile)('sync')
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name)
    if (!entry.isFile() || !path.includes('/blobs/')) continue
    if ((await stat(path)).size >= largeBytes) await rm(path)
  }
}

async function untilItAnswers(name: string, { child, port }: StartedServer): Promise<void> {
  for (let tries = 0; tries < startMaxMs / startStepMs && child.exitCode === null; tries++) {
    if ((await fetch(`http://127.0.0.1:${port}/v2/`).catch(() => null)) !== null) return
    await setTimeout(startStepMs)
  }
  throw new Error(`${name} does not answer on port ${port}`)
}
