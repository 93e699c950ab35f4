import { AppError } from '@/lib/domain/errors'
import { rethrow } from './s3-error'
import type { UploadTools } from './upload-writer'

/**
 * Throws UNAVAILABLE when the bucket, under this prefix, belongs to another database: each would remove what only the other
 * one knows. The first database that writes to it owns it from then on.
 */
export async function assertOwned({ bucket, index }: UploadTools): Promise<void> {
  const owner = await index.owner()
  const found = await bucket.putOnce('owner', owner).catch(rethrow)
  if (found === owner) return
  throw new AppError('UNAVAILABLE', {
    cause: new Error('the S3 bucket belongs to another database: choose another STELE_S3_BUCKET or STELE_S3_PREFIX'),
  })
}
