import { rm } from 'node:fs/promises'
import type { RequestListener } from 'node:http'
import type { Logger } from '@/lib/log'
import { type HttpLimits, createHttpServer } from '@/lib/server/http-server'

/**
 * The readers limit their clients and close what they do not need. A connection must not end here while a reader takes it
 * for a request, nor because its client takes the answer slowly, or because a lock is silent while an upload lasts. A head has what a reader adds to its client's.
 */
const limits: HttpLimits = { headMs: 0, idleMs: 0, keepAliveMs: 0, headBytes: 32 * 1024, checkMs: 5_000 }

/** A server for the readers. */
export interface ReadersServer {
  /** Ends all its connections. */
  close(): void
}

/**
 * Listens on a socket of the processes, in place of a main process that has ended. The socket is in a folder that only
 * the server's user may open, so `listener` may believe what a reader says of its client.
 */
export async function listenForReaders(
  log: Logger,
  socketPath: string,
  listener: RequestListener,
): Promise<ReadersServer> {
  const server = createHttpServer(log, limits)
  server.on('request', listener)
  await rm(socketPath, { force: true })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(socketPath, resolve)
  })
  return {
    close() {
      server.close()
      server.closeAllConnections()
    },
  }
}
