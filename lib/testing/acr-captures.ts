import { readFileSync } from 'node:fs'
import path from 'node:path'

/** A request of an official SDK, as it came. */
export interface Capture {
  /** The client and its action. */
  readonly name: string
  readonly action: string
  readonly method: string
  readonly url: string
  /** Names and values by turns. */
  readonly rawHeaders: readonly string[]
  readonly body: string
}

/** The secret of the access key that signed all captures. */
export const captureKey = { id: 'LTAItestaccesskeyid0001', secret: 'testsecret' }

/** All captures of `lib/acr/signing/captures.txt`. */
export const captures: readonly Capture[] = readFileSync(
  path.resolve(import.meta.dirname, '../acr/signing/captures.txt'),
  'utf8',
)
  .split(/^### /m)
  .slice(1)
  .map((text) => {
    const [head = '', body = ''] = text.split('\n\n', 2)
    const [title = '', requestLine = '', ...lines] = head.split('\n')
    const [method = '', url = ''] = requestLine.split(' ')
    return {
      name: title,
      action: title.split(': ').at(-1) ?? '',
      method,
      url,
      rawHeaders: lines.flatMap((line) => {
        const at = line.indexOf(': ')
        return [line.slice(0, at), line.slice(at + 2)]
      }),
      body: body.trim() === '(no body)' ? '' : body.trim(),
    }
  })
