import { readFile, readdir, readlink } from 'node:fs/promises'
import { Agent } from 'node:http'
import { listChildren } from '../processes'
import type { StartedServer } from '../server'
import { type Answer, type Extras, open } from './http'

/** The processes of a server, by what they do. */
export interface Processes {
  /** 0 while there is none. */
  readonly main: number
  readonly readers: readonly number[]
}

/** The processes of a server that answer requests, as they run now. */
export async function processesOf(server: StartedServer): Promise<Processes> {
  const children = await Promise.all(
    (await listChildren(server.pid)).map(async (pid) => {
      const given = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).split('\0')
      return { pid, role: given.find((text) => text === 'main' || text === 'reader') }
    }),
  )
  const [main] = children.filter(({ role }) => role === 'main')
  return { main: main?.pid ?? 0, readers: children.filter(({ role }) => role === 'reader').map(({ pid }) => pid) }
}

/** A connection that stays open, and the process that has its other end. */
export class HeldConnection {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 })
  #port = 0
  #pid = 0

  private constructor(private readonly server: StartedServer) {}

  /** Opens a connection; a first request has come to its process by then. */
  static async open(server: StartedServer): Promise<HeldConnection> {
    const connection = new HeldConnection(server)
    const first = await open(server, 'GET', '/v2/', { agent: connection.#agent, headers: { authorization: undefined } })
    connection.#port = first.socket.localPort ?? 0
    first.resume()
    connection.#pid = await ownerOf(connection.#port, server)
    return connection
  }

  get pid(): number {
    return this.#pid
  }

  /** Sends a request as the administrator, unless `headers` say otherwise. Rejects if it needed another connection. */
  async send(method: string, path: string, extras: Omit<Extras, 'agent'> = {}): Promise<Answer> {
    const answer = await open(this.server, method, path, { ...extras, agent: this.#agent })
    const status = answer.statusCode ?? 0
    if (answer.socket.localPort !== this.#port) throw new Error(`${method} ${path}: ${status} over another connection`)
    const chunks: Uint8Array[] = []
    for await (const chunk of answer) chunks.push(chunk as Uint8Array)
    return { status, headers: answer.headers, body: Buffer.concat(chunks) }
  }

  close(): void {
    this.#agent.destroy()
  }
}

/** How long a process may take until it has its connections, in milliseconds: one that starts takes none yet. */
const takeMaxMs = 20_000

/** As many connections to each process, in the order of the processes. */
export async function holdConnections(server: StartedServer, ofEach: number): Promise<HeldConnection[]> {
  const { main, readers } = await processesOf(server)
  const held = new Map([main, ...readers].map((pid) => [pid, [] as HeldConnection[]]))
  // The supervisor gives each to the process that has the fewest: those that are too many stay open until the others are.
  const surplus: HeldConnection[] = []
  const deadline = performance.now() + takeMaxMs
  while (performance.now() < deadline) {
    const connection = await HeldConnection.open(server)
    const ofProcess = held.get(connection.pid)
    if (ofProcess === undefined || ofProcess.length === ofEach) surplus.push(connection)
    else ofProcess.push(connection)
    if ([...held.values()].every(({ length }) => length === ofEach)) break
  }
  for (const connection of surplus) connection.close()
  for (const [pid, { length }] of held) if (length < ofEach) throw new Error(`${length} connections to process ${pid}`)
  return [...held.values()].flat()
}

/** The process of the server that has the other end of the connection from this port. */
async function ownerOf(port: number, server: StartedServer): Promise<number> {
  const { main, readers } = await processesOf(server)
  const remote = `:${port.toString(16).toUpperCase().padStart(4, '0')}`
  const local = `:${server.port.toString(16).toUpperCase().padStart(4, '0')}`
  const lines = (await readFile('/proc/net/tcp', 'utf8')).split('\n').map((line) => line.trim().split(/\s+/))
  const inode = lines.find(([, from = '', to = '']) => from.endsWith(local) && to.endsWith(remote))?.[9]
  for (const pid of [main, ...readers]) {
    const files = await readdir(`/proc/${pid}/fd`)
    const targets = await Promise.all(files.map((file) => readlink(`/proc/${pid}/fd/${file}`).catch(() => '')))
    if (targets.includes(`socket:[${inode}]`)) return pid
  }
  throw new Error(`no process of the server has the connection from port ${port}`)
}
