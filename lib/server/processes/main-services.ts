import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { json } from 'node:stream/consumers'
import { z } from 'zod'
import { isDigest } from '@/lib/domain/digest'
import { AppError } from '@/lib/domain/errors'
import type { Context } from '@/lib/context'

/** Paths of what the main process does for readers, on a socket of its own: no relayed request can reach them. */
export const servicePaths = { lock: '/lock', link: '/link', pulls: '/pulls' } as const

/** An upload to link, as a reader sends it. */
const finishedUpload = z.object({
  id: z.string(),
  repositoryId: z.string(),
  digest: z.string().refine(isDigest),
  sizeBytes: z.number().int().min(0),
})

/** Pulls that a reader has counted, as it sends them. */
const countedPulls = z.array(
  z.object({
    subjectId: z.string(),
    repositoryId: z.string(),
    reference: z.string(),
    count: z.number().int().positive(),
  }),
)

/** How a service reports that it failed: with the code of the error. */
export const failure = z.object({ code: z.string() })

/** Answers the readers' requests for services. */
export function createServices(ctx: Context): RequestListener {
  return (request, response) => {
    const [path, name = ''] = (request.url ?? '').split('?')
    if (path === servicePaths.lock) void holdLock(ctx, decodeURIComponent(name), request, response)
    else if (path === servicePaths.pulls) void addPulls(ctx, request, response)
    else void link(ctx, request, response)
  }
}

/** Holds a lock until the reader ends its request, or is gone. */
async function holdLock(ctx: Context, name: string, request: IncomingMessage, response: ServerResponse) {
  const lock = await ctx.db.tryLock(name)
  if (lock === null) {
    request.resume()
    response.writeHead(409).end()
    return
  }
  request.resume()
  // The reader may have gone meanwhile.
  if (response.destroyed) void lock.release()
  else response.once('close', () => void lock.release())
  request.once('end', () => response.end())
  response.writeHead(200).flushHeaders()
}

async function addPulls(ctx: Context, request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    ctx.pullBuffer.add(countedPulls.parse(await json(request)))
    response.writeHead(204).end()
  } catch {
    // The reader keeps them.
    response.writeHead(500).end()
  }
}

async function link(ctx: Context, request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    await ctx.linkUpload(finishedUpload.parse(await json(request)))
    response.writeHead(204).end()
  } catch (cause) {
    const { code } = AppError.from(cause)
    if (code === 'INTERNAL') ctx.log.error({ err: cause }, 'an upload of a reader could not be linked')
    response.writeHead(500).end(JSON.stringify({ code } satisfies z.input<typeof failure>))
  }
}
