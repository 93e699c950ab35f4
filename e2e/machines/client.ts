import { randomInt } from 'node:crypto'
import { Agent } from 'node:http'
import { setTimeout } from 'node:timers/promises'
import { basic } from '../api'
import { type Answer, type Extras, send } from '../registry/http'
import type { ServerInfo } from '../server'

/** Longest wait for an answer, in milliseconds: longer than a server waits for a database that hangs. */
const answerMaxMs = 45_000

/** Sends each request to any of the servers, as a load balancer does; null when it was not answered. */
export class Client {
  readonly #agent = new Agent({ keepAlive: true })
  readonly #servers: readonly ServerInfo[]
  /** How often each status came; 0 counts those that were not answered. */
  readonly statuses: Map<number, number>
  /** What was answered with 500. */
  readonly unexplained: string[] = []

  constructor(servers: readonly ServerInfo[], statuses = new Map<number, number>()) {
    this.#servers = servers
    this.statuses = statuses
  }

  async send(method: string, path: string, extras: Extras = {}): Promise<Answer | null> {
    const isRest = path.startsWith('/api/')
    const server = this.#servers[randomInt(this.#servers.length)] as ServerInfo
    const late = new AbortController()
    const answer = await Promise.race([
      send(server, method, path, {
        ...extras,
        headers: {
          ...(isRest && { authorization: basic(server.accessKey.id, server.accessKey.secret) }),
          ...extras.headers,
        },
        agent: this.#agent,
      }).catch(() => null),
      setTimeout(answerMaxMs, null, { signal: late.signal }).catch(() => null),
    ])
    late.abort()
    const status = answer?.status ?? 0
    this.statuses.set(status, (this.statuses.get(status) ?? 0) + 1)
    // Whatever fails outside of it, a server knows what that is: UNAVAILABLE.
    if (status === 500) this.unexplained.push(`${method} ${path}: ${answer?.body.toString() ?? ''}`)
    // Somebody who is told that it does not work now comes again a little later.
    if (status === 0 || status >= 500) await setTimeout(randomInt(20, 200))
    return answer
  }

  close(): void {
    this.#agent.destroy()
  }
}

/** Whether the answer leaves open what was done. */
export function isUnclear(answer: Answer | null): boolean {
  return answer === null || answer.status >= 500
}
