import { randomUUID } from 'node:crypto'
import type { Principal } from '@/lib/domain/principal'
import type { DigestAlgorithm } from '@/lib/domain/digest'
import { AppError } from '@/lib/domain/errors'
import { lockRepository } from '@/lib/metadata/repositories'
import { deleteUpload, insertUpload } from '@/lib/metadata/uploads'
import type { Context } from '@/lib/context'
import { type OpenedRepository, assertOpened } from '@/lib/registry/traffic/opened-repository'

/** Starts an upload whose digest is expected to use `algorithm`, and returns its id. Throws NAME_UNKNOWN, STORAGE_FULL. */
export async function startUpload(
  ctx: Context,
  principal: Principal,
  repository: OpenedRepository,
  algorithm: DigestAlgorithm,
): Promise<string> {
  assertOpened(repository, principal, 'push')
  ctx.reserve.assertRoomForContent()
  const id = randomUUID()
  // The row first: a crash in between leaves a row that is reported as an unknown upload and later found by its age.
  // The bytes of an upload are on disk only at its end, so its row need not be either.
  await ctx.db.sqlTransaction(
    async (tx) => {
      if ((await lockRepository(tx, repository.id)) === null) throw new AppError('NAME_UNKNOWN')
      await insertUpload(tx, { id, repositoryId: repository.id, createdBy: principal.name, now: new Date() })
    },
    { mayBeLost: true },
  )
  try {
    await ctx.blobs.create(id, algorithm)
  } catch (error) {
    await ctx.db.sqlTransaction((tx) => deleteUpload(tx, repository.id, id))
    throw error
  }
  return id
}
