import { defaultProvider } from '@aws-sdk/credential-provider-node'

import type { S3Setting } from '@/lib/config-storage'
import type { BlobStore } from '@/lib/storage/blob-store'
import { Bucket } from './bucket'
import type { ObjectIndex } from './object-index'
import { type CredentialSource, type Patience, S3Client, usualPatience } from './s3-client'
import { S3BlobStore } from './s3-store'
import { type Cutting, usualCutting } from './upload-writer'

/** What tests choose otherwise. */
export interface S3Options {
  readonly credentials?: CredentialSource
  readonly patience?: Patience
  readonly cutting?: Cutting
}

/**
 * Opens a blob store in a bucket that exists. `index` says which of its objects is which blob. Throws UNAVAILABLE when the
 * bucket cannot be used.
 */
export async function openS3BlobStore(
  setting: S3Setting,
  index: ObjectIndex,
  { credentials = defaultProvider(), patience = usualPatience, cutting = usualCutting }: S3Options = {},
): Promise<BlobStore> {
  const bucket = new Bucket(new S3Client(setting, credentials, patience), setting.prefix)
  const store = new S3BlobStore({ bucket, index, cutting })
  return Promise.resolve(store)
}
