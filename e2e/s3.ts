import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { foreignBucket, type S3Server, startS3Server } from '@/scripts/lib/s3-server.mjs'
import { requireCommands } from './clients/require-commands'
import type { BucketSource } from './stored-blobs'
import { uniqueName } from './unique-name'

/** A bucket for one test. */
export interface TestBucket {
  /** The settings of a server that keeps its blobs there. */
  readonly env: Record<string, string>
  /** The names of all that is in it. */
  list(): Promise<string[]>
}

/**
 * An S3 server of the worker's own, started when the first test asks for it. It skips the running test where versitygw is
 * not installed; on CI the test fails.
 */
export class S3 {
  #server: Promise<S3Server> | undefined

  async createBucket(): Promise<TestBucket> {
    requireCommands('versitygw')
    const server = await this.#start()
    const bucket = uniqueName('stele')
    if (server.isForeign) {
      const list = () => Promise.reject(new Error('nobody knows where this S3 server has its bytes'))
      return { env: { ...settingsOf(server), STELE_S3_BUCKET: foreignBucket, STELE_S3_PREFIX: bucket }, list }
    }
    server.createBucket(bucket)
    return {
      env: { ...settingsOf(server), STELE_S3_BUCKET: bucket },
      list: () => readdir(join(server.folder, bucket, 'objects')).catch(() => []),
    }
  }

  /** What gives each server of this worker a bucket of its own. */
  async asStorage(): Promise<BucketSource> {
    const server = await this.#start()
    return { folder: server.isForeign ? null : server.folder, settings: settingsOf(server) }
  }

  async stop(): Promise<void> {
    await (await this.#server)?.stop()
  }

  #start(): Promise<S3Server> {
    return (this.#server ??= startS3Server())
  }
}

/** The settings of a server that uses this one, without the bucket. */
export function settingsOf({ endpoint, region, credentials }: S3Server): Record<string, string> {
  return {
    ...{ STELE_STORAGE: 's3', STELE_S3_ENDPOINT: endpoint, STELE_S3_REGION: region },
    // With PostgreSQL too, the servers of a test have the same keys.
    STELE_SECRET_KEY: 'ZTJlLXNlY3JldC1rZXktMDEyMzQ1Njc4OWFiY2RlZmdoaWo=',
    ...{ AWS_ACCESS_KEY_ID: credentials.accessKeyId, AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey },
  }
}
