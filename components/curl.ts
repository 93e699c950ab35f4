import { linkTo } from '@/lib/api/client/api'
import type { PlannedRequest } from '@/lib/api/client/api'

/** Fields whose value is not shown, whatever was typed. */
const secretFields = new Set(['password', 'currentPassword', 'newPassword', 'secret', 'code'])

interface CurlOptions {
  headers?: Readonly<Record<string, string>>
  /** Whether it needs no access key. */
  isPublic?: boolean
}

/**
 * A curl command line that sends the request to the server at `origin`, with the access key in `KEY_ID` and `KEY_SECRET`.
 * It exits with an error for an error response. Instead of a secret it has `<password>` or the like. A body that is text
 * is sent as it is.
 */
export function curlCommand(
  origin: string,
  { method, path, body }: PlannedRequest,
  { headers = {}, isPublic = false }: CurlOptions = {},
): string {
  const data = typeof body === 'string' ? body : JSON.stringify(body, withoutSecrets)
  return [
    isPublic ? 'curl -fsS' : 'curl -fsS -u "$KEY_ID:$KEY_SECRET"',
    ...(method === 'GET' ? [] : [`-X ${method}`]),
    ...Object.entries(headers).map(([name, value]) => `-H ${quoted(`${name}: ${value}`)}`),
    ...(body === undefined ? [] : [`-H 'Content-Type: application/json'`, `-d ${quoted(data)}`]),
    quoted(origin + linkTo(path)),
  ].join(' ')
}

function withoutSecrets(name: string, value: unknown): unknown {
  return secretFields.has(name) ? `<${name}>` : value
}

/** As one word of a POSIX shell. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}
