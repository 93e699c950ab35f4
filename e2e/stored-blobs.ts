import { createHash } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { foreignBucket } from '@/scripts/lib/s3-server.mjs'

/** An S3 server that takes a folder in its own folder for a bucket, or one that has a single bucket, and no folder. */
export interface BucketSource {
  readonly folder: string | null
  /** Of a server that uses it, without the bucket. */
  readonly settings: Record<string, string>
}

/** In the environment of a worker whose servers keep their blobs in S3: a `BucketSource`. */
export const storageVariable = 'E2E_BUCKET_SOURCE'

/** The settings of the storage of a server with this data folder, which has a bucket of its own; none for the usual one. */
export function storageSettings(dataDir: string): Record<string, string> {
  const source = findSource()
  if (source === null) return {}
  const bucket = bucketOf(dataDir)
  if (source.folder === null) return { ...source.settings, STELE_S3_BUCKET: foreignBucket, STELE_S3_PREFIX: bucket }
  mkdirSync(join(source.folder, bucket), { recursive: true })
  return { ...source.settings, STELE_S3_BUCKET: bucket }
}

/** The folder with the blobs of a server: in its data folder, or a bucket in the folder of the S3 server. */
export function blobFolder({ dataDir }: { readonly dataDir: string }): string {
  const source = findSource()
  if (source?.folder === null) throw new Error('nobody knows where this S3 server has its bytes')
  return source === null ? join(dataDir, 'blobs') : join(source.folder, bucketOf(dataDir))
}

function findSource(): BucketSource | null {
  const text = process.env[storageVariable]
  return text === undefined ? null : (JSON.parse(text) as BucketSource)
}

/** A server that starts again has the same data folder, and finds its blobs. */
function bucketOf(dataDir: string): string {
  return `stele-${createHash('sha256').update(dataDir).digest('hex').slice(0, 20)}`
}
