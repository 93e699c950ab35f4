import { AppError } from '@/lib/domain/errors'

/** Most parameters of a request: several times as many as the action with the most has. */
const parametersMax = 100

/** The characters that may stand in a query or a form as it is sent. */
const printable = /^[!-~]*$/

/**
 * The parameters of a query and a form body, decoded as forms (`+` is a blank). There is one reading of each request or
 * none: throws BAD_REQUEST for a name that comes twice, in either or in both, for what is not UTF-8 in percent-encoding,
 * for a null character, which not every database accepts, and for too many.
 */
export function readParameters(...forms: readonly string[]): ReadonlyMap<string, string> {
  const parameters = new Map<string, string>()
  for (const form of forms) {
    if (!printable.test(form)) throw badRequest('the parameters have a character that is not percent-encoded')
    for (const pair of form.split('&')) {
      if (pair === '') continue
      const end = pair.indexOf('=')
      if (end < 0) throw badRequest('a parameter has no =')
      const name = decode(pair.slice(0, end))
      const value = decode(pair.slice(end + 1))
      if (name === '') throw badRequest('a parameter has no name')
      if (parameters.has(name)) throw badRequest('a parameter came twice')
      if (parameters.size === parametersMax) throw badRequest(`there are more than ${parametersMax} parameters`)
      parameters.set(name, value)
    }
  }
  return parameters
}

function decode(text: string): string {
  let decoded
  try {
    decoded = decodeURIComponent(text.replaceAll('+', ' '))
  } catch (cause) {
    throw badRequest('a parameter is not percent-encoded UTF-8', cause)
  }
  if (decoded.includes('\0')) throw badRequest('a parameter has a null character')
  return decoded
}

function badRequest(message: string, cause?: unknown): AppError {
  return new AppError('BAD_REQUEST', { message, cause })
}
