import { z } from 'zod'
import { digest, timestamp } from './common'

const count = z.number().int().nonnegative()

/** Where something is. */
const place = {
  instanceId: z.string(),
  instanceName: z.string(),
  regionId: z.string(),
}
const inRepository = {
  ...place,
  repositoryId: z.string(),
  repositoryPath: z.string().meta({ description: '`<namespace>/<name>`' }),
}

function hitsOf<T extends z.ZodType>(item: T) {
  return z.object({
    items: z.array(item),
    totalCount: count.meta({ description: 'How many there are, at most `countedMax`' }),
    isMore: z.boolean().meta({ description: 'Whether there are more than were counted' }),
  })
}

/** What a search has found, of what the caller may see. */
export const searchResult = z.object({
  instances: hitsOf(z.object({ ...place })),
  repositories: hitsOf(z.object({ ...inRepository, isImmutable: z.boolean(), type: z.enum(['PUBLIC', 'PRIVATE']) })),
  tags: hitsOf(z.object({ ...inRepository, tag: z.string(), digest, isProtected: z.boolean(), pushedAt: timestamp })),
  manifests: hitsOf(
    z.object({
      ...inRepository,
      digest,
      kind: z.string(),
      tags: z.array(z.string()).meta({ description: 'Some of the tags that point at it' }),
      pushedAt: timestamp,
      via: digest.nullable().meta({ description: 'The layer or config that was asked for, which the manifest names' }),
    }),
  ),
  users: hitsOf(z.object({ id: z.string(), name: z.string(), displayName: z.string(), role: z.string() })),
  robots: hitsOf(z.object({ ...place, id: z.string(), name: z.string() })),
})
export type SearchResultView = z.infer<typeof searchResult>

export const searchQuery = z.strictObject({
  q: z.string().trim().min(1).max(200).meta({
    description:
      'The beginning of a tag or of a digest (with or without `sha256:`), a part of the name of an instance, repository, user or robot; a whole digest finds the images that have it',
  }),
  limit: z.coerce.number().int().min(1).max(50).default(5).meta({ description: 'Most of each kind' }),
})
