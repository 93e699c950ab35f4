import type { Digest } from '@/lib/domain/digest'
import { AppError } from '@/lib/domain/errors'
import { isProtected } from '@/lib/domain/immutability'
import { unlinkBlob } from '@/lib/metadata/blobs'
import { transaction } from '@/lib/metadata/database'
import { type RepositoryForTraffic, lockRepository } from '@/lib/metadata/repositories'
import { listTagsReaching } from '@/lib/metadata/tags'
import type { Context } from './context'

/**
 * Takes a blob out of the repository; its bytes stay for others. Throws BLOB_UNKNOWN, and CONTENT_PROTECTED naming the
 * tags when a protected tag reaches it.
 */
export async function deleteBlob(ctx: Context, repository: RepositoryForTraffic, digest: Digest): Promise<void> {
  await transaction(ctx.db, async (tx) => {
    const locked = await lockRepository(tx, repository.id)
    if (locked === null) throw new AppError('NAME_UNKNOWN')
    const reaching = await listTagsReaching(tx, locked.id, digest)
    const tags = reaching.filter((name) => isProtected(locked, name))
    if (tags.length > 0) throw new AppError('CONTENT_PROTECTED', { detail: { repository: locked.path, digest, tags } })
    if (!(await unlinkBlob(tx, locked.id, digest))) throw new AppError('BLOB_UNKNOWN', { detail: { digest } })
  })
}
