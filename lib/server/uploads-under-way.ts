import type { Exchange } from './exchange'

/** How long to wait for the next request of an upload, in milliseconds: clients send it at once. */
const nextRequestMs = 2_000

/**
 * Knows whether clients are in the middle of uploads, even between two requests of an upload, when nothing runs.
 *
 *     POST → 202           started: another request follows
 *     PATCH → 202          continues: another request follows
 *     PUT → 201            ended; also DELETE → 204, any → 404, and a client that disconnected
 */
export class UploadsUnderWay {
  readonly #running: Iterable<Exchange>
  /** When the last response of each upload was sent, oldest first. */
  readonly #answeredAt = new Map<string, number>()

  /** `running` has the requests that have not ended. */
  constructor(running: Iterable<Exchange>) {
    this.#running = running
  }

  /** Records a request that ended at `now`. */
  note(exchange: Exchange, now = performance.now()): void {
    if (!isOfUpload(exchange)) return
    const { request, response } = exchange
    const id = request.method === 'POST' ? idOfStarted(exchange) : lastSegment(request.url ?? '')
    if (id === null) return
    this.#answeredAt.delete(id)
    const ends = request.method === 'PUT' || request.method === 'DELETE'
    const isOver = response.statusCode === 404 || (ends && response.statusCode < 300) || !response.writableFinished
    if (!isOver) this.#answeredAt.set(id, now)
    this.#forgetOld(now)
  }

  /** Whether a request of an upload runs at `now` or is expected soon. */
  exist(now = performance.now()): boolean {
    this.#forgetOld(now)
    return this.#answeredAt.size > 0 || [...this.#running].some(isOfUpload)
  }

  #forgetOld(now: number): void {
    for (const [id, answeredAt] of this.#answeredAt) {
      if (now - answeredAt < nextRequestMs) return
      this.#answeredAt.delete(id)
    }
  }
}

/** A request that another process answers has no route. */
function isOfUpload({ route, isPassedOn, door, request }: Exchange): boolean {
  if (route === null) return isPassedOn && door === 'registry' && request.url?.includes('/blobs/uploads/') === true
  return route.startsWith('/v2/{name}/blobs/uploads/')
}

/** The id of the upload that a request has started; null if it has started none. */
function idOfStarted({ requestId, isPassedOn, response }: Exchange): string | null {
  const id = response.getHeader('Docker-Upload-UUID')
  if (typeof id === 'string') return id
  // The headers of an answer that was passed on cannot be read any more: any id will do.
  return isPassedOn && response.statusCode === 202 ? requestId : null
}

function lastSegment(url: string): string {
  const [path = ''] = url.split('?', 1)
  return path.slice(path.lastIndexOf('/') + 1)
}
