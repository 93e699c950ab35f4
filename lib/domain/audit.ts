/** What audit events may be about. */
export const auditTargetTypes = [
  'INSTANCE',
  'NAMESPACE',
  'REPOSITORY',
  'TAG',
  'MANIFEST',
  'BLOB',
  'USER',
  'ROBOT',
  'GRANT',
  'ACCESS_KEY',
  'REGISTRY_PASSWORD',
  'TEMPORARY_TOKEN',
  'SIGNING_KEY',
  'GARBAGE_COLLECTION',
  'SCRUB',
] as const

/** What an audit event may be about. */
export type AuditTargetType = (typeof auditTargetTypes)[number]

/** What audit events may record. */
export const auditActions = ['CREATE', 'UPDATE', 'DELETE', 'LOG_ON', 'LOG_ON_FAILED', 'LOG_OFF', 'START'] as const

/** What an audit event may record. */
export type AuditAction = (typeof auditActions)[number]
