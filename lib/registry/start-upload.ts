import { randomUUID } from 'node:crypto'
import type { Principal } from '@/lib/auth/principal'
import { createUpload, deleteUpload } from '@/lib/metadata/uploads'
import type { RepositoryForTraffic } from '@/lib/metadata/repositories'
import type { Context } from './context'

/** Opens an upload and answers its id. */
export async function startUpload(
  ctx: Context,
  principal: Principal,
  repository: RepositoryForTraffic,
): Promise<string> {
  const id = randomUUID()
  // The row first: a crash in between leaves a row that answers as an unknown upload and is found again by its age. A
  // file without a row would be found by nobody.
  await createUpload(ctx.db, { id, repositoryId: repository.id, createdBy: principal.name })
  try {
    await ctx.blobs.create(id)
  } catch (error) {
    await deleteUpload(ctx.db, repository.id, id)
    throw error
  }
  return id
}
