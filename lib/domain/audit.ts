/** The types of objects that audit events are about. */
export const auditTargetTypes = [
  'INSTANCE',
  'NAMESPACE',
  'REPOSITORY',
  'TAG',
  'TAG_OPENING',
  'RESERVED_NAME',
  'MANIFEST',
  'BLOB',
  'USER',
  'INVITATION',
  'ROBOT',
  'GRANT',
  'ACCESS_KEY',
  'REGISTRY_PASSWORD',
  'TEMPORARY_TOKEN',
  'SIGNING_KEY',
  'GARBAGE_COLLECTION',
  'SCRUB',
  'IMMUTABILITY_CHANGE',
] as const

/** The type of the object that an audit event is about. */
export type AuditTargetType = (typeof auditTargetTypes)[number]

/** The actions that audit events record. */
export const auditActions = ['CREATE', 'UPDATE', 'DELETE', 'LOG_ON', 'LOG_ON_FAILED', 'LOG_OFF', 'START'] as const

/** The action that an audit event records. */
export type AuditAction = (typeof auditActions)[number]

/** The types of objects that events of each action are about. An event of any other pair cannot be recorded. */
export const auditedTypes = {
  CREATE: [
    ...['INSTANCE', 'NAMESPACE', 'REPOSITORY', 'TAG', 'TAG_OPENING', 'USER', 'INVITATION', 'ROBOT', 'GRANT'],
    ...['ACCESS_KEY', 'REGISTRY_PASSWORD', 'TEMPORARY_TOKEN', 'SIGNING_KEY'],
  ],
  UPDATE: [
    ...['INSTANCE', 'NAMESPACE', 'REPOSITORY', 'TAG', 'USER', 'ROBOT', 'GRANT', 'ACCESS_KEY', 'REGISTRY_PASSWORD'],
    ...['TEMPORARY_TOKEN', 'SIGNING_KEY'],
  ],
  DELETE: [
    ...['INSTANCE', 'NAMESPACE', 'REPOSITORY', 'TAG', 'TAG_OPENING', 'RESERVED_NAME', 'MANIFEST', 'BLOB', 'USER'],
    ...['INVITATION', 'ROBOT', 'GRANT', 'ACCESS_KEY', 'REGISTRY_PASSWORD'],
  ],
  LOG_ON: ['USER', 'ROBOT'],
  LOG_ON_FAILED: ['USER', 'ROBOT'],
  LOG_OFF: ['USER'],
  START: ['GARBAGE_COLLECTION', 'SCRUB', 'IMMUTABILITY_CHANGE'],
} as const satisfies Readonly<Record<AuditAction, readonly AuditTargetType[]>>

/** A type of objects that events of an action are about. */
export type AuditedType<Action extends AuditAction = AuditAction> = (typeof auditedTypes)[Action][number]
