import { problemOf, problemType } from '@/lib/api/operations/problem'
import { attachmentHeader } from '@/lib/domain/content/file-name'
import type { AppError } from '@/lib/domain/errors'

/** A response as it is sent, and as it is kept for a repeated request. */
export interface Reply {
  readonly status: number
  readonly headers: Record<string, string>
  /** JSON text. */
  readonly body: string | null
}

/** A response that is a file, sent while it is produced. */
export interface Download {
  readonly mediaType: string
  readonly fileName: string
  /**
   * The next piece is requested only when the client has taken the previous ones, so pieces do not pile up in memory.
   */
  readonly content: AsyncIterable<string | Uint8Array>
}

/** A response that a browser saves as a file. */
export function downloadResponse(
  status: number,
  { mediaType, fileName, content }: Download,
  requestId: string,
): Response {
  const encoder = new TextEncoder()
  const pieces = content[Symbol.asyncIterator]()
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const piece = await pieces.next()
        if (piece.done === true) controller.close()
        else controller.enqueue(typeof piece.value === 'string' ? encoder.encode(piece.value) : piece.value)
      },
      async cancel() {
        await pieces.return?.()
      },
    },
    { highWaterMark: 0 },
  )
  return new Response(body, {
    status,
    headers: {
      'content-type': isText(mediaType) ? `${mediaType}; charset=utf-8` : mediaType,
      'content-disposition': attachmentHeader(fileName),
      ...everyHeader(requestId),
    },
  })
}

/** What Stele writes itself, as opposed to stored bytes. */
function isText(mediaType: string): boolean {
  return mediaType.startsWith('text/') || mediaType === 'application/jsonl'
}

/** A response without a body, with the headers that every response has. */
export function emptyResponse(status: number, requestId: string, headers: Record<string, string> = {}): Response {
  return new Response(null, { status, headers: { ...everyHeader(requestId), ...headers } })
}

/** A JSON response; `body` is JSON text. */
export function jsonResponse(
  status: number,
  body: string,
  requestId: string,
  headers: Record<string, string> = {},
): Response {
  return new Response(body, {
    status,
    headers: { 'content-type': 'application/json', ...everyHeader(requestId), ...headers },
  })
}

/**
 * An error response as RFC 9457 problem details, with the headers of the error and those of `headers`. It contains only
 * texts of the error table and of our own code.
 */
export function problemResponse(error: AppError, requestId: string, headers: Record<string, string> = {}): Response {
  return jsonResponse(error.status, JSON.stringify(problemOf(error, requestId)), requestId, {
    'content-type': problemType,
    ...error.headers,
    ...headers,
  })
}

function everyHeader(requestId: string): Record<string, string> {
  return { 'cache-control': 'no-store', 'x-request-id': requestId }
}
