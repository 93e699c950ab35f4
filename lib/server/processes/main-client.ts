import { Agent, type ClientRequest, type IncomingMessage, request as sendRequest } from 'node:http'
import { json } from 'node:stream/consumers'
import { AppError, type ErrorCode } from '@/lib/domain/errors'
import type { HeldLock } from '@/lib/metadata/engine/database'
import type { PullCount } from '@/lib/metadata/pull-buffer'
import type { FinishedUpload } from '@/lib/metadata/uploads'
import { failure, servicePaths } from './main-services'

/** What the main process does for a reader that only reads. Everything throws UNAVAILABLE while there is none. */
export class MainClient {
  readonly #socketPath: string
  readonly #agent = new Agent({ keepAlive: true, maxFreeSockets: 16 })

  /** `socketPath` is where the main process answers such requests. */
  constructor(socketPath: string) {
    this.#socketPath = socketPath
  }

  /** Takes a lock of the main process, as `Database.tryLock` says. It is lost when that process ends. */
  async tryLock(name: string): Promise<HeldLock | null> {
    const { sent, answer } = await this.#ask(`${servicePaths.lock}?${encodeURIComponent(name)}`, (request) =>
      request.flushHeaders(),
    )
    answer.resume()
    if (answer.statusCode !== 200) {
      sent.end()
      return null
    }
    let isLost = false
    const ended = new Promise<void>((resolve) =>
      answer.once('close', () => {
        isLost ||= !answer.complete
        resolve()
      }),
    )
    answer.once('error', () => (isLost = true))
    return {
      async release() {
        sent.end()
        await ended
        if (isLost) throw new AppError('UNAVAILABLE', { cause: new Error('the process that keeps the lock has ended') })
      },
    }
  }

  /** Has the main process link an upload. Throws as `Context.linkUpload` does. */
  async linkUpload(upload: FinishedUpload): Promise<void> {
    const { answer } = await this.#ask(servicePaths.link, (request) => request.end(JSON.stringify(upload)))
    if (answer.statusCode === 204) {
      answer.resume()
      return
    }
    throw new AppError(failure.parse(await json(answer)).code as ErrorCode)
  }

  /** Gives the main process pulls that were counted here. It keeps them in memory as its own. */
  async addPulls(pulls: readonly PullCount[]): Promise<void> {
    const { answer } = await this.#ask(servicePaths.pulls, (request) => request.end(JSON.stringify(pulls)))
    answer.resume()
    if (answer.statusCode !== 204) throw new AppError('UNAVAILABLE')
  }

  /** Closes the connections that are not in use. */
  close(): void {
    this.#agent.destroy()
  }

  /** Sends a request to the main process; `send` sends its body. Resolves when the answer begins. */
  #ask(
    path: string,
    send: (request: ClientRequest) => void,
  ): Promise<{ readonly sent: ClientRequest; readonly answer: IncomingMessage }> {
    return new Promise((resolve, reject) => {
      const sent = sendRequest({ socketPath: this.#socketPath, agent: this.#agent, method: 'POST', path })
      sent.once('response', (answer) => resolve({ sent, answer }))
      sent.on('error', (cause) => reject(new AppError('UNAVAILABLE', { cause })))
      send(sent)
    })
  }
}
