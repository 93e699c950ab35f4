import { Agent, type IncomingHttpHeaders, type OutgoingHttpHeaders, request as sendRequest } from 'node:http'
import { setTimeout } from 'node:timers/promises'
import { basic } from '@/e2e/api'
import type { ServerInfo } from '@/e2e/server'
import type { Random } from './random'

/** Longest wait for an answer, in milliseconds: shorter than servers stand still. */
const answerMaxMs = 8_000

/** The same for what must be answered. */
const insistMaxMs = 60_000

/** How long a server that did not answer in time is left alone, as a load balancer does. */
const avoidMs = 3_000

/** How long a client goes on trying to reach any server, in milliseconds. */
const reachMaxMs = 300_000

/** A whole answer. */
export interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

/** What goes with a request. */
export interface Sent {
  readonly authorization?: string
  readonly headers?: OutgoingHttpHeaders
  readonly body?: Buffer
}

/** Sends each request to any of the servers, as a load balancer does. */
export class Client {
  readonly #agent = new Agent({ keepAlive: true })
  readonly #servers: readonly ServerInfo[]
  readonly #silentUntil = new Map<ServerInfo, number>()
  /** How many requests were not answered in time, and how many connections broke. */
  readonly lost = { late: 0, broken: 0 }

  constructor(servers: readonly ServerInfo[]) {
    this.#servers = servers
  }

  /**
   * Resolves with the answer; null when nobody knows what became of the request. Tries again while no server can be
   * reached: then nothing was sent.
   */
  async send(
    random: Random,
    method: string,
    path: string,
    sent: Sent = {},
    maxMs = answerMaxMs,
  ): Promise<Answer | null> {
    for (const end = performance.now() + reachMaxMs; ;) {
      const server = this.#pick(random)
      try {
        return await this.#sendTo(server, method, path, sent, maxMs)
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ECONNREFUSED') {
          const isLate = (error as Error).name === 'TimeoutError'
          this.lost[isLate ? 'late' : 'broken'] += 1
          if (isLate) this.#silentUntil.set(server, performance.now() + avoidMs)
          return null
        }
        if (performance.now() > end) throw new Error('no server can be reached', { cause: error })
        this.#silentUntil.set(server, performance.now() + 50)
        await setTimeout(20)
      }
    }
  }

  /** The same until it is answered, with no 5xx, for requests that may be repeated. */
  async insist(random: Random, method: string, path: string, sent: Sent = {}): Promise<Answer> {
    for (const end = performance.now() + reachMaxMs; ;) {
      const answer = await this.send(random, method, path, sent, insistMaxMs)
      if (answer !== null && answer.status < 500) return answer
      if (performance.now() > end) throw new Error(`${method} ${path} is not answered: ${answer?.body.toString()}`)
      await setTimeout(50)
    }
  }

  close(): void {
    this.#agent.destroy()
  }

  #pick(random: Random): ServerInfo {
    const now = performance.now()
    const answering = this.#servers.filter((server) => (this.#silentUntil.get(server) ?? 0) <= now)
    return random.pick((answering.length > 0 ? answering : this.#servers) as [ServerInfo, ...ServerInfo[]])
  }

  #sendTo(
    server: ServerInfo,
    method: string,
    path: string,
    { authorization, headers, body }: Sent,
    maxMs: number,
  ): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const outgoing = sendRequest({
        host: '127.0.0.1',
        port: server.port,
        method,
        path,
        agent: this.#agent,
        headers: {
          authorization: authorization ?? basic(server.accessKey.id, server.accessKey.secret),
          ...(body !== undefined && { 'content-length': body.length }),
          ...headers,
        },
      })
      const late = Object.assign(new Error('no answer'), { name: 'TimeoutError' })
      const timer = globalThis.setTimeout(() => outgoing.destroy(late), maxMs)
      const fail = (error: Error) => {
        clearTimeout(timer)
        reject(error)
      }
      outgoing.on('error', fail).on('response', (incoming) => {
        const chunks: Buffer[] = []
        incoming
          .on('data', (chunk: Buffer) => chunks.push(chunk))
          .on('error', fail)
          .on('aborted', () => fail(new Error('the answer ended early')))
          .on('end', () => {
            clearTimeout(timer)
            resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body: Buffer.concat(chunks) })
          })
      })
      outgoing.end(body)
    })
  }
}

/** A JSON body with its header. */
export function json(body: object): Sent {
  return { headers: { 'content-type': 'application/json' }, body: Buffer.from(JSON.stringify(body)) }
}
