import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { endAtOnce, listChildren, listTree } from '@/e2e/processes'
import { type ServerInfo, type StartOptions, type StartedServer, startServer } from '@/e2e/server'
import { startPostgresql } from '@/scripts/lib/postgresql.mjs'
import type { Random } from './random'

/** What servers keep their data in. */
export const databases = ['sqlite', 'postgresql'] as const

/** One of `databases`. */
export type Database = (typeof databases)[number]

/** How long a server may take until it runs again, in milliseconds. */
const startMaxMs = 300_000

/** A server that can be hurt. */
export class Member {
  #server: StartedServer
  readonly #options: StartOptions

  private constructor(server: StartedServer, options: StartOptions) {
    this.#server = server
    this.#options = options
  }

  static async start(options: StartOptions): Promise<Member> {
    return new Member(await startServer(options), options)
  }

  get info(): ServerInfo {
    return this.#server
  }

  /** Ends all its processes at once (kill -9) and starts it again. */
  async restart(): Promise<void> {
    const { port, dataDir } = this.#server
    await this.#server.kill()
    for (const end = performance.now() + startMaxMs; ;) {
      try {
        this.#server = await startServer({ ...this.#options, port, dataDir })
        return
      } catch (error) {
        if (performance.now() > end) throw error
        await setTimeout(500)
      }
    }
  }

  /** Ends one of several processes at once, which the server starts again; returns false when there is only one. */
  async killProcess(random: Random): Promise<boolean> {
    const children = await listChildren(this.#server.pid)
    if (children.length === 0) return false
    endAtOnce(random.pick(children as [number, ...number[]]))
    return true
  }

  /** Has all its processes stand still (SIGSTOP) for so many milliseconds, and go on. */
  async pause(forMs: number): Promise<void> {
    const pids = await listTree(this.#server.pid)
    // One of them may have ended meanwhile, by itself.
    const signal = (name: NodeJS.Signals) => {
      for (const pid of pids) {
        try {
          process.kill(pid, name)
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
        }
      }
    }
    signal('SIGSTOP')
    await setTimeout(forMs)
    signal('SIGCONT')
  }

  async kill(): Promise<void> {
    await this.#server.kill()
  }

  /** Ends its first process at once; others notice that and end. For the end of this process. */
  abandon(): void {
    endAtOnce(this.#server.pid)
  }
}

/** Servers over one database and one folder of blobs. */
export interface Fleet {
  readonly members: readonly [Member, ...Member[]]
  /** In words. */
  readonly description: string
  stop(): Promise<void>
}

/**
 * Starts the servers: on PostgreSQL `count`, of which the last has two processes; on SQLite one with two processes, of
 * which one writes. `root` is the folder of another build.
 */
export async function startFleet(
  database: Database,
  { count, root }: { readonly count: number; readonly root: string | undefined },
): Promise<Fleet> {
  const dataDir = await mkdtemp(join(tmpdir(), 'stele-prove-'))
  // What fails here is processes, not the machine: those lose nothing without it.
  const cluster = database === 'postgresql' ? await startPostgresql({ fsync: false }) : null
  const members: Member[] = []
  const abandon = () => members.forEach((member) => member.abandon())
  process.once('exit', abandon)
  const stop = async () => {
    process.off('exit', abandon)
    await Promise.all(members.map((member) => member.kill()))
    await cluster?.stop()
    await rm(dataDir, { recursive: true, force: true })
  }
  try {
    const databaseUrl = await cluster?.createDatabase('stele')
    for (let index = 0; index < (cluster === null ? 1 : count); index++) {
      const processes = cluster === null || index === count - 1 ? '2' : '1'
      members.push(
        await Member.start({
          dataDir,
          ...(root !== undefined && { root }),
          ...(databaseUrl !== undefined && { databaseUrl }),
          env: { STELE_PROCESSES: processes, STELE_LOG_LEVEL: 'warn' },
        }),
      )
    }
  } catch (error) {
    await stop()
    throw error
  }
  const description = cluster === null ? 'one server of 2 processes' : `${count} servers, one of them of 2 processes`
  return { members: members as [Member, ...Member[]], description, stop }
}
