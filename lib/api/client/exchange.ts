import { base, reached } from './api'
import type { PlannedRequest } from './api'

/** The answer to a request that somebody wrote by hand, whatever it is. */
export interface Answer {
  readonly status: number
  readonly headers: readonly (readonly [string, string])[]
  readonly text: string
  /** Whether there is more text than `text` has. */
  readonly isCut: boolean
}

/** No more of an answer is read than this, in bytes. */
const answerBytesMax = 50_000

/**
 * Sends a request as it is, its body a text, and resolves with the answer: also with a refusal, and a redirection, which
 * it does not follow. Rejects with `UnreachableError` when the server was not reached.
 */
export async function exchange(
  { method, path, body }: Pick<PlannedRequest, 'method' | 'path'> & { body?: string },
  headers: Readonly<Record<string, string>>,
): Promise<Answer> {
  const response = await reached(
    fetch(`${base}${path}`, {
      method,
      redirect: 'manual',
      headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body }),
    }),
  )
  const { text, isCut } = await reached(readStart(response))
  return { status: response.status, headers: [...response.headers], text, isCut }
}

async function readStart({ body }: Response): Promise<{ text: string; isCut: boolean }> {
  const decoder = new TextDecoder()
  const reader = body?.getReader()
  let text = ''
  for (let bytes = 0; reader !== undefined && bytes < answerBytesMax;) {
    const { done, value } = await reader.read()
    if (done) return { text: text + decoder.decode(), isCut: false }
    bytes += value.length
    text += decoder.decode(value, { stream: true })
  }
  await reader?.cancel()
  return { text, isCut: reader !== undefined }
}
