import type { GrantedAccess } from './token-scope'

/** Where a request came from. The ledger and the audit trail keep it. */
export interface Origin {
  /** Address of the client. */
  readonly address: string
  readonly userAgent: string
}

/**
 * The caller, authenticated, and where the request came from. The ledger and the audit trail keep it for every change.
 */
export interface Principal extends Origin {
  readonly kind: 'user' | 'robot' | 'anonymous' | 'system'
  /** Id of the user or the robot, as used in grants; empty for anonymous callers, `system` for the server. */
  readonly id: string
  /** User name, `robot+<name>`, `anonymous` or `system`. Records keep it after the user or robot is deleted. */
  readonly name: string
  /** Administrators may do everything, members only what grants allow. Robots and anonymous callers are members. */
  readonly role: 'ADMINISTRATOR' | 'MEMBER'
  /** The credential that was used: `password`, `session`, or the id of an access key, robot or temporary token. */
  readonly credential: string
  /** The access that the registry token allows; null when no token was used. */
  readonly token: GrantedAccess | null
}

/** The server itself, when it acts without a caller (at the first start). */
export const systemPrincipal: Principal = {
  kind: 'system',
  id: 'system',
  name: 'system',
  role: 'ADMINISTRATOR',
  credential: 'system',
  token: null,
  address: '',
  userAgent: '',
}

/** A caller without credentials. */
export function anonymousPrincipal(origin: Origin): Principal {
  return { kind: 'anonymous', id: '', name: 'anonymous', role: 'MEMBER', credential: '', token: null, ...origin }
}
