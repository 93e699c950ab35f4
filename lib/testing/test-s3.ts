import { randomUUID } from 'node:crypto'
import type { S3Setting } from '@/lib/config'
import { S3Client, usualPatience } from '@/lib/storage/s3/s3-client'
import { type S3Server, startS3Server, whyNoS3Server } from '@/scripts/lib/s3-server.mjs'

/** Whether tests with a real S3 server are left out: where there is none, but never on CI. */
export const isWithoutS3 = whyNoS3Server() !== null

/** Starts an S3 server for the tests of one file. */
export function startTestS3(): Promise<S3Server> {
  return startS3Server()
}

/** Makes an empty bucket on it. */
export async function createBucket({ endpoint, region, credentials }: S3Server): Promise<S3Setting> {
  const bucket = `test-${randomUUID()}`
  const setting: S3Setting = { driver: 's3', endpoint, region, bucket, prefix: 'stele/', pathStyle: true }
  await new S3Client(setting, credentials, usualPatience).send({ method: 'PUT' })
  return setting
}
