import type { IncomingMessage } from 'node:http'
import type { Config } from '@/lib/config'
import type { AppError } from '@/lib/domain/errors'
import { isRepositoryPath } from '@/lib/domain/reference'
import type { TokenAccess } from '@/lib/domain/token-scope'
import { basicChallenge, bearerChallenge } from './challenge'
import { type RouteMatch, matchRoute } from './routes'

/** What the response to a refused request contains in addition to the error. */
export interface Refusal {
  /** How to authenticate (`WWW-Authenticate`); null unless the status is 401. */
  readonly challenge: string | null
  /** The error in the format of RFC 6749, section 5.2; null except at the token endpoint. */
  readonly oauth: { readonly error: string; readonly error_description: string } | null
}

/** What to add to the response for `error`. */
export function describeRefusal(config: Config, request: IncomingMessage, error: AppError): Refusal {
  const [path = ''] = (request.url ?? '').split('?', 1)
  const route = matchRoute(path)
  const operation = route?.operations[request.method ?? '']
  // The token endpoint.
  if (operation?.kind === 'open') {
    const oauth = { error: oauthErrorOf(error), error_description: error.message }
    return { challenge: error.status === 401 ? basicChallenge : null, oauth: error.status < 500 ? oauth : null }
  }
  if (error.status !== 401) return { challenge: null, oauth: null }
  const access = accessFor(route, request.method ?? '')
  return { challenge: bearerChallenge(config, request, { access, code: error.code }), oauth: null }
}

/** The access that a token needs for the request; null when any token is accepted. */
function accessFor(route: RouteMatch | null, method: string): TokenAccess | null {
  const operation = route?.operations[method]
  if (route === null || operation === undefined || operation.kind === 'open') return null
  if (operation.kind === 'registry') {
    return operation.scope === undefined ? null : { repositories: new Map(), catalog: true }
  }
  if (!isRepositoryPath(route.name)) return null
  const actions = new Set(operation.action === 'pull' ? (['pull'] as const) : (['pull', 'push'] as const))
  return { repositories: new Map([[route.name, actions]]), catalog: false }
}

function oauthErrorOf({ code, status }: AppError): string {
  if (code === 'GRANT_TYPE_UNSUPPORTED') return 'unsupported_grant_type'
  return status === 401 ? 'invalid_grant' : 'invalid_request'
}
