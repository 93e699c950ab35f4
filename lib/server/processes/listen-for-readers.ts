import { rm } from 'node:fs/promises'
import type { RequestListener } from 'node:http'
import type { Logger } from '@/lib/log'
import { createHttpServer } from '@/lib/server/http-server'

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
  const server = createHttpServer(log)
  // The readers close what they do not need: a connection must not end while one of them takes it for a request.
  server.keepAliveTimeout = 0
  // They watch over their clients themselves; a lock is silent for as long as an upload takes.
  server.timeout = 0
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
