import { randomUUID } from 'node:crypto'
import type { Principal } from '@/lib/auth/principal'
import { createUpload } from '@/lib/metadata/uploads'
import type { RepositoryForTraffic } from '@/lib/metadata/repositories'
import type { Context } from './context'

/** Opens an upload and answers its id. */
export async function startUpload(
  ctx: Context,
  principal: Principal,
  repository: RepositoryForTraffic,
): Promise<string> {
  const id = randomUUID()
  // The file first: a row without a file would be an upload that can never be written.
  await ctx.blobs.create(id)
  try {
    await createUpload(ctx.db, { id, repositoryId: repository.id, createdBy: principal.name })
  } catch (error) {
    await ctx.blobs.abort(id)
    throw error
  }
  return id
}
