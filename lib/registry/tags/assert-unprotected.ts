import { setImmediate } from 'node:timers/promises'
import { AppError } from '@/lib/domain/errors'
import { isProtected } from '@/lib/domain/immutability'
import type { SqlTransaction } from '@/lib/metadata/engine/database'
import type { RepositoryForTraffic } from '@/lib/metadata/repositories'
import { listTagsReaching } from '@/lib/metadata/tags'

/** How many of the protected tags the error names. */
const namedTagsMax = 10

/**
 * Throws `code`, with the tags, when a protected tag of the locked repository reaches `digest`: as its manifest, as a
 * child of its index at any depth, as a referrer of one of these (a signature, or a signature of that), or as a blob of
 * any of them.
 */
export async function assertUnprotected(
  tx: SqlTransaction,
  repository: RepositoryForTraffic,
  digest: string,
  code: 'TAG_UNDELETABLE' | 'CONTENT_PROTECTED',
): Promise<void> {
  if (repository.immutabilityMode !== 'enforce') return
  // A glob may exempt any number of tags: it takes more of them, until one is protected or there are no more.
  for (let limit = namedTagsMax + repository.exemptTags.length; ; limit *= 10) {
    const reaching = await listTagsReaching(tx, repository.id, digest, limit)
    // To judge thousands of names by patterns takes as long as to read them.
    await setImmediate()
    const tags = reaching.filter((name) => isProtected(repository, name)).slice(0, namedTagsMax)
    if (tags.length > 0) throw new AppError(code, { detail: { repository: repository.path, digest, tags } })
    if (reaching.length < limit) return
  }
}
