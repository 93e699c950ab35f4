import { AppError } from '@/lib/domain/errors'
import { hasUpload } from '@/lib/metadata/uploads'
import type { Context } from '@/lib/context'
import type { OpenedRepository } from '@/lib/registry/traffic/opened-repository'

/** Throws BLOB_UPLOAD_UNKNOWN unless the repository has this upload. The blob store knows whether its bytes are there. */
export async function assertUpload(ctx: Context, repository: OpenedRepository, id: string): Promise<void> {
  if (!(await hasUpload(ctx.db, repository.id, id))) throw uploadUnknown(id)
}

/** The error for an upload that the repository does not have. */
export function uploadUnknown(id: string): AppError {
  return new AppError('BLOB_UPLOAD_UNKNOWN', { detail: { upload: id.slice(0, 64) } })
}
