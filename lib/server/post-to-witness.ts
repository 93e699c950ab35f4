import { type WitnessResponse, witnessAnswerMax } from '@/lib/transparency/witness-protocol'

/** How long a witness may take for a whole answer, in milliseconds. */
const answerTimeoutMs = 10_000

/**
 * Posts to a witness. Redirects are not followed, and no more than 64 KiB of an answer is read. Never rejects: what went
 * wrong is in the response. When `signal` ends it, that is `UNREACHABLE`.
 */
export async function postToWitness(
  url: string,
  body: string,
  signal: AbortSignal,
  timeoutMs = answerTimeoutMs,
): Promise<WitnessResponse> {
  // Not AbortSignal.any: `signal` lives as long as the process and would remember each request.
  const abort = new AbortController()
  const end = () => abort.abort()
  const timer = setTimeout(end, timeoutMs)
  signal.addEventListener('abort', end)
  try {
    signal.throwIfAborted()
    const headers = { 'content-type': 'text/plain; charset=utf-8' }
    const response = await fetch(url, { method: 'POST', body, headers, redirect: 'manual', signal: abort.signal })
    const text = await readText(response)
    if (text === null) return { failure: 'ANSWER_INVALID', detail: 'too long' }
    return { status: response.status, contentType: response.headers.get('content-type') ?? '', text }
  } catch (error) {
    if (abort.signal.aborted && !signal.aborted) return { failure: 'TIMEOUT', detail: '' }
    return { failure: 'UNREACHABLE', detail: codeOf(error) }
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', end)
  }
}

/** The body, or null when it is longer than an answer can be. */
async function readText({ body }: Response): Promise<string | null> {
  const chunks: Uint8Array[] = []
  let length = 0
  for (const reader = body?.getReader(); reader !== undefined;) {
    const { done, value } = await reader.read()
    if (done) break
    length += value.length
    if (length > witnessAnswerMax) {
      await reader.cancel()
      return null
    }
    chunks.push(value)
  }
  return Buffer.concat(chunks).toString('utf8')
}

/** What the system or the HTTP client calls the error, such as `ECONNREFUSED`. */
function codeOf(error: unknown): string {
  const { cause } = error as { cause?: { code?: unknown } }
  return typeof cause?.code === 'string' && /^[A-Z0-9_]{1,64}$/.test(cause.code) ? cause.code : ''
}
