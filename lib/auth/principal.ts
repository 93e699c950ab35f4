/** Who asks, proven, and from where: what the ledger and the audit trail keep of every change. */
export interface Principal {
  readonly userId: string
  /** User name; kept in records, where it outlives the user. */
  readonly name: string
  readonly role: 'ADMINISTRATOR' | 'MEMBER'
  /** Which credential proved it: `password`, `session`, or the id of an access key. */
  readonly credential: string
  /** Address of the client. */
  readonly address: string
  readonly userAgent: string
}

/** The server itself, where it acts without anybody asking (first start). */
export const systemPrincipal: Principal = {
  userId: 'system',
  name: 'system',
  role: 'ADMINISTRATOR',
  credential: 'system',
  address: '',
  userAgent: '',
}
