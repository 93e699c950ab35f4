/** The kinds of entries in the ledger: what happened to a tag. */
export const tagEventKinds = [
  'CREATED',
  'MOVED',
  'RESTORED',
  'REFUSED',
  'WOULD_BE_REFUSED',
  'DELETED',
  'RELEASED',
] as const

/** What happened to a tag. */
export type TagEventKind = (typeof tagEventKinds)[number]
