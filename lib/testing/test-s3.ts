import { randomUUID } from 'node:crypto'
import type { S3Setting } from '@/lib/config-storage'
import {
  foreignBucket,
  type S3Server,
  hasForeignServer,
  startS3Server,
  whyNoS3Server,
} from '@/scripts/lib/s3-server.mjs'

/** Whether tests with a real S3 server are left out: where there is none, but never on CI. */
export const isWithoutS3 = whyNoS3Server() !== null

/** Whether the S3 server was there before: then it has no users that a test can make. */
export const isForeignS3 = hasForeignServer()

/** Starts an S3 server for the tests of one file. */
export function startTestS3(options: Parameters<typeof startS3Server>[0] = {}): Promise<S3Server> {
  return startS3Server(options)
}

/** Makes an empty bucket on it, or an empty prefix in the bucket of a server that was there before. */
export function createBucket({ endpoint, region, createBucket, isForeign }: S3Server): S3Setting {
  const others = { driver: 's3', endpoint, region, pathStyle: true, clientEndpoint: null } as const
  if (isForeign) return { ...others, bucket: foreignBucket, prefix: `${randomUUID()}/` }
  const bucket = `test-${randomUUID()}`
  createBucket(bucket)
  return { ...others, bucket, prefix: 'stele/' }
}
