import { z } from 'zod'
import { isDigest } from '../digest'
import { exemptTagsMax, immutabilityModes, isExemptTagPattern } from '../immutability'
import { openingEnds } from '../openings'
import { isRepositoryPath, isTag } from '../reference'

/**
 * The leaves of the transparency log: one canonical JSON line for each thing that happened. No actors, no addresses.
 * docs/transparency.md describes every kind for those who read the log with other tools.
 */

const digest = z.string().refine((text): boolean => isDigest(text), 'not a digest')
const time = z.iso.datetime({ precision: 3 })

const repositoryFields = {
  /** The repository's id: a path can belong to one repository after another. */
  repositoryId: z.string().min(1).max(64),
  /** `<namespace>/<name>` */
  repository: z.string().refine((text): boolean => isRepositoryPath(text), 'not a repository path'),
  time,
}

const tagFields = {
  ...repositoryFields,
  tag: z.string().refine((text): boolean => isTag(text), 'not a tag'),
  /** What the tag points at from now on; of a name, what it was reserved for; else, what the tag points at now. */
  digest,
}

/** Fields of an entry of the ledger. Ids rise with every event of a tag. */
const eventFields = { ...tagFields, id: z.int().positive() }

/** A repository's policy, as the log has it. */
const policy = z.strictObject({
  mode: z.enum(immutabilityModes),
  exemptTags: z.array(z.string().refine(isExemptTagPattern, 'not a pattern')).max(exemptTagsMax),
})

const leafSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('created'), ...eventFields }),
  z.strictObject({ kind: z.literal('moved'), ...eventFields, previousDigest: digest }),
  /** Pointed at an earlier digest of its history; `previousDigest` is null when the tag did not exist. */
  z.strictObject({ kind: z.literal('restored'), ...eventFields, previousDigest: digest.nullable() }),
  /** `digest` is what the tag pointed at. The name of a protected tag is reserved for it from now on. */
  z.strictObject({ kind: z.literal('deleted'), ...eventFields }),
  /** An administrator gave back the name that was reserved for `digest`. */
  z.strictObject({ kind: z.literal('released'), ...eventFields }),
  /** An administrator let the tag be overwritten until `closesAt`, or until it is closed. */
  z.strictObject({ kind: z.literal('opened'), ...eventFields, closesAt: time }),
  /** The end of an opening. `digest` is null where the tag was deleted meanwhile. */
  z.strictObject({ kind: z.literal('closed'), ...eventFields, digest: digest.nullable(), how: z.enum(openingEnds) }),
  /**
   * The whole policy from now on. `former` is the one before, so that no change can be left out unseen; null: the
   * repository was created.
   */
  z.strictObject({ kind: z.literal('policy'), ...repositoryFields, policy, former: policy.nullable() }),
  /** The repository is gone; leaves of its tags' deletions came before. Its path is free. */
  z.strictObject({ kind: z.literal('repositoryDeleted'), ...repositoryFields }),

  /*
   * The first batch, where the log starts later than the registry: the ledger so far (the kinds above, not judged,
   * because its policies were not recorded), then the state of every repository. `started` ends it.
   */
  z.strictObject({ kind: z.literal('policyState'), ...repositoryFields, policy }),
  /** `closesAt`: the tag is open now, until then. */
  z.strictObject({ kind: z.literal('tagState'), ...tagFields, closesAt: time.optional() }),
  /** The name is reserved for `digest`; `repositoryId` is the repository that had the tag, which may be gone. */
  z.strictObject({ kind: z.literal('nameState'), ...tagFields }),
  /** From here on the log tells everything, and every leaf is judged. Once in a log; the first leaf of a new one. */
  z.strictObject({ kind: z.literal('started'), time }),
])

/** One leaf of the log. */
export type Leaf = z.infer<typeof leafSchema>

/** A leaf of one tag. */
export type TagLeaf = Extract<Leaf, { readonly tag: string }>

/** The policy that a leaf states. */
export type LeafPolicy = z.infer<typeof policy>

/** Longest leaf in bytes: entry bundles store the length in two bytes. */
export const leafBytesMax = 65_535

/** The canonical line of a leaf, without a newline: keys in order, nothing that is not needed. */
export function writeLeaf(leaf: Leaf): string {
  return canonicalJson(leaf)
}

/**
 * The leaf that a line states. Throws a LeafError for a line that is not one, that is not canonical (the same leaf must
 * not have two hashes), or that has anything the format does not name.
 */
export function readLeaf(line: string): Leaf {
  let json: unknown
  try {
    json = JSON.parse(line)
  } catch {
    throw new LeafError('it is not JSON')
  }
  const leaf = parseLeaf(json)
  if (canonicalJson(leaf) !== line) throw new LeafError('it is not in canonical form')
  return leaf
}

/** The leaf that a value is. Throws a LeafError for a value that is not one, or has anything the format does not name. */
export function parseLeaf(value: unknown): Leaf {
  const { success, data, error } = leafSchema.safeParse(value)
  if (success) return data
  const [issue] = error.issues
  if (issue?.code === 'invalid_union') throw new LeafError('it is of no known kind')
  throw new LeafError(`${issue?.path.join('.') || 'it'}: ${issue?.message ?? 'not valid'}`)
}

/** Why a line is not a leaf: the end of a sentence. */
export class LeafError extends Error {}

/** All keys of leaves, in the order of their UTF-16 code units. */
const keys = [
  'closesAt',
  'digest',
  'exemptTags',
  'former',
  'how',
  'id',
  'kind',
  'mode',
  'policy',
  'previousDigest',
].concat(['repository', 'repositoryId', 'tag', 'time'])

/**
 * JSON without spaces, keys in order (RFC 8785 for what leaves are made of). With a list of keys, JSON.stringify writes
 * them in its order, on all levels, and no others.
 */
function canonicalJson(leaf: Leaf): string {
  return JSON.stringify(leaf, keys)
}
