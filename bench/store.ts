import { type S3Server, startS3Server } from '@/scripts/lib/s3-server.mjs'

/** An S3 server of this run, in which each registry has a bucket of its own. */
export class Store {
  #buckets = 0

  private constructor(private readonly server: S3Server) {}

  static async start(): Promise<Store> {
    return new Store(await startS3Server())
  }

  /** The settings of a Stele that keeps its blobs there. All bytes go through it. */
  steleSettings(): Record<string, string> {
    const { endpoint, region, credentials } = this.server
    return {
      ...{ STELE_STORAGE: 's3', STELE_S3_ENDPOINT: endpoint, STELE_S3_REGION: region },
      STELE_S3_BUCKET: this.#createBucket(),
      ...{ AWS_ACCESS_KEY_ID: credentials.accessKeyId, AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey },
    }
  }

  /** The configuration of the storage of Distribution. All bytes go through it. */
  distributionStorage(): string {
    const { endpoint, region, credentials } = this.server
    const { accessKeyId, secretAccessKey } = credentials
    const driver =
      `{ region: ${region}, regionendpoint: "${endpoint}", forcepathstyle: true, secure: false, ` +
      `bucket: ${this.#createBucket()}, accesskey: ${accessKeyId}, secretkey: ${secretAccessKey} }`
    return `{ s3: ${driver}, redirect: { disable: true }, delete: { enabled: true } }`
  }

  stop(): Promise<void> {
    return this.server.stop()
  }

  #createBucket(): string {
    const bucket = `bench-${++this.#buckets}`
    this.server.createBucket(bucket)
    return bucket
  }
}
