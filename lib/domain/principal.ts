import type { TokenAccess } from './token-scope'

/** Where a request came from, as kept with what it did. */
export interface Origin {
  /** Address of the client. */
  readonly address: string
  readonly userAgent: string
}

/** Who asks, proven, and from where: what the ledger and the audit trail keep of every change. */
export interface Principal extends Origin {
  readonly kind: 'user' | 'robot' | 'anonymous' | 'system'
  /** Of the user or the robot, which grants name; `anonymous` and `system` have none. */
  readonly id: string
  /** User name, `robot+<name>`, `anonymous` or `system`; kept in records, where it outlives its bearer. */
  readonly name: string
  /** Administrators may do everything; what a member may do is granted. Robots and the anonymous are members. */
  readonly role: 'ADMINISTRATOR' | 'MEMBER'
  /** Which credential proved it: `password`, `session`, or the id of an access key, robot or temporary token. */
  readonly credential: string
  /** What a registry token was made out for: it allows no more than that. Null: no token was used. */
  readonly token: TokenAccess | null
}

/** The server itself, where it acts without anybody asking (first start). */
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

/** Who has proven nothing, at an address. */
export function anonymousPrincipal(origin: Origin): Principal {
  return { kind: 'anonymous', id: '', name: 'anonymous', role: 'MEMBER', credential: '', token: null, ...origin }
}
