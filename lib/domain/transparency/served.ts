import { z } from 'zod'

/**
 * What a registry serves and what its ledger has, by its database, as `/log/<instance>/served/` tells it to whoever may read
 * the log: `log verify` compares it with the log. Nothing of it is trusted, so texts are taken as they come: what was changed
 * in the database by hand need not be a digest. docs/transparency.md describes it.
 */

const text = z.string().max(4096)
const repositoryFields = { repository: text, repositoryId: text }

/** A repository with its policy. */
const servedPolicy = z.object({
  ...repositoryFields,
  policy: z.object({ mode: text, exemptTags: z.array(text).max(1000) }),
})
export type ServedPolicy = z.infer<typeof servedPolicy>

/** A tag and what it points at. */
const servedTag = z.object({ ...repositoryFields, tag: text, digest: text })
export type ServedTag = z.infer<typeof servedTag>

/** An entry of the ledger that changed a tag, by rising ids: the leaf that it makes; null: no leaf can be made of it. */
const servedEntry = z.object({ id: z.int().positive(), leaf: z.string().nullable() })
export type ServedEntry = z.infer<typeof servedEntry>

/** `next`: what `?after=` gets the next page; null after the last one. */
function pageOf<T extends z.ZodType>(item: T) {
  return z.object({ items: z.array(item).max(10_000), next: text.nullable() })
}

/** A page of each kind: those of one kind together are all that there is of it. */
export const servedPages = { policies: pageOf(servedPolicy), tags: pageOf(servedTag), ledger: pageOf(servedEntry) }

/** The kinds of pages. */
export type ServedKind = keyof typeof servedPages
export const servedKinds = Object.keys(servedPages) as readonly ServedKind[]

/** A page of one kind. */
export type ServedPage<Kind extends ServedKind> = z.infer<(typeof servedPages)[Kind]>

/** How far the log is. */
export const servedProgress = z.object({
  /** The last event that has happened. */
  last: z.int().min(0),
  /** The log has all that happened up to this event. */
  takenTo: z.int().min(0),
  /** How many leaves it has with these. Witnesses may delay the checkpoint that says so. */
  size: z.int().min(0).default(0),
  /** Why the log stands still; null: it does not. */
  stalled: z.string().nullable(),
})
export type ServedProgress = z.infer<typeof servedProgress>
