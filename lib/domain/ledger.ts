/** The kinds of entries in the ledger: what happened to a tag. */
export const tagEventKinds = [
  'CREATED',
  'MOVED',
  'RESTORED',
  'REFUSED',
  'WOULD_BE_REFUSED',
  'DELETED',
  'RELEASED',
  'OPENED',
  'CLOSED',
] as const

/** What happened to a tag. */
export type TagEventKind = (typeof tagEventKinds)[number]

/** The kinds of entries that a tag's history consists of: what the tag pointed at, and what became of its name. */
export const tagHistoryKinds: readonly TagEventKind[] = ['CREATED', 'MOVED', 'RESTORED', 'DELETED', 'RELEASED']
