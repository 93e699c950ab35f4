import { hash, randomUUID } from 'node:crypto'
import { buffer } from 'node:stream/consumers'
import { defaultProvider } from '@aws-sdk/credential-provider-node'
import type { S3Setting } from '@/lib/config-storage'
import { Bucket } from './bucket'
import { type Body, type CredentialSource, type Patience, S3Client } from './s3-client'
import { S3Error, isMissing } from './s3-error'

/** What one action on the bucket came to. */
export interface S3Finding {
  /** The permission that it needs. */
  readonly permission: string
  /** Null: it worked. */
  readonly error: Error | null
}

/** What a bucket is like, as far as it matters to servers. */
export interface S3Findings {
  readonly actions: readonly S3Finding[]
  /** How far the store's clock is ahead of this machine's, in milliseconds; null when it does not say. */
  readonly aheadMs: number | null
  /** The name of the database that it belongs to; null: of none yet. */
  readonly owner: string | null
  /** What a rule of the bucket would remove from under the servers; null: nothing, or the rules cannot be read. */
  readonly expiry: string | null
}

/** A person waits: a failure is to be seen soon. */
const patience: Patience = { attempts: 2, firstWaitMs: 200, silenceMs: 10_000, completionMs: 10_000 }

/** Smallest part but the last that all stores take, in bytes. */
const partBytes = 5 * 1024 * 1024

/**
 * Does once what the servers do with the bucket, under a key of its own that it removes; the sweep removes what an
 * interruption leaves. Throws what the connection failed with.
 */
export async function examineS3(
  setting: S3Setting,
  credentials: CredentialSource = defaultProvider(),
): Promise<S3Findings> {
  const client = new S3Client(setting, credentials, patience)
  const bucket = new Bucket(client, setting.prefix)
  const aheadMs = await compareClocks(client)
  const actions: S3Finding[] = []
  const attempt = async <T>(permission: string, act: () => Promise<T>): Promise<T | null> => {
    try {
      const result = await act()
      actions.push({ permission, error: null })
      return result
    } catch (error) {
      actions.push({ permission, error: error as Error })
      return null
    }
  }
  const canList = (await attempt('s3:ListBucket', () => bucket.probe())) !== null
  // What cannot be read back is not looked at: each action that fails is to name the permission that it lacks.
  const canRead = await tryObject(bucket, attempt, canList)
  await tryMultiparts(bucket, attempt, canRead)
  const owner = await attempt('s3:GetObject (owner)', () => readOwner(client, setting.prefix))
  return { actions, aheadMs, owner, expiry: await findExpiry(client, bucket) }
}

/** Returns null when it failed. */
type Attempt = <T>(permission: string, act: () => Promise<T>) => Promise<T | null>

/** Returns whether objects can be read. */
async function tryObject(bucket: Bucket, attempt: Attempt, canList: boolean): Promise<boolean> {
  const key = bucket.keyOf(`doctor-${randomUUID()}`)
  const content = Buffer.from('written by npm run stele -- doctor')
  if ((await attempt('s3:PutObject', () => bucket.put(key, bodyOf(content)))) === null) return false
  const read = await attempt('s3:GetObject', async () => {
    const { response } = await bucket.open(key)
    assertSame(await buffer(response), content)
  })
  const canRead = read !== null
  await attempt('s3:GetObject (range)', async () => {
    const { response } = await bucket.open(key, { start: 8, end: 9 })
    assertSame(await buffer(response), content.subarray(8, 10))
  })
  await attempt('s3:ListBucket (new object)', async () => {
    for await (const page of bucket.listObjects()) if (page.some((object) => object.key === key)) return
    throw new Error('an object that was just written is not in the list')
  })
  await attempt('s3:DeleteObject', async () => {
    await bucket.delete(key)
    // Who may not list is not told either that an object is not there.
    if (canRead && canList && (await bucket.findSize(key)) !== null)
      throw new Error('an object that was just deleted is still there')
  })
  return canRead
}

async function tryMultiparts(bucket: Bucket, attempt: Attempt, canRead: boolean): Promise<void> {
  const key = bucket.keyOf(`doctor-${randomUUID()}`)
  const contents = [Buffer.alloc(partBytes, 'a'), Buffer.from('b')]
  const upload = await attempt('s3:PutObject (multipart)', () => bucket.startMultipart(key))
  if (upload !== null) {
    await attempt('s3:PutObject (parts)', async () => {
      const parts = []
      for (const [index, content] of contents.entries()) {
        const etag = await bucket.putPart(upload, index + 1, bodyOf(content))
        parts.push({ number: index + 1, etag, sizeBytes: content.byteLength })
      }
      await bucket.complete(upload, parts)
      if (canRead && (await bucket.findSize(key)) !== partBytes + 1)
        throw new Error('a multipart upload has not the bytes of its parts')
    })
    // Where it was not completed, its parts take room.
    await bucket.abortMultipart(upload).catch(() => undefined)
    await bucket.delete(key).catch(() => undefined)
  }
  const other = await bucket.startMultipart(key).catch(() => null)
  if (other === null) return
  await bucket.putPart(other, 1, bodyOf(Buffer.from('c'))).catch(() => undefined)
  await attempt('s3:ListMultipartUploadParts', async () => {
    if ((await bucket.listParts(other)).length !== 1) throw new Error('a part that was just sent is not in the list')
  })
  await attempt('s3:ListBucketMultipartUploads', async () => {
    for await (const page of bucket.listMultiparts()) if (page.some(({ id }) => id === other.id)) return
    throw new Error('a multipart upload that was just started is not in the list')
  })
  await attempt('s3:AbortMultipartUpload', () => bucket.abortMultipart(other))
}

async function readOwner(client: S3Client, prefix: string): Promise<string | null> {
  try {
    return (await client.send({ method: 'GET', key: `${prefix}owner` })).text
  } catch (error) {
    if (isMissing(error, 'NoSuchKey')) return null
    throw error
  }
}

async function compareClocks(client: S3Client): Promise<number | null> {
  const startedAt = Date.now()
  // An answer without permission has a date, too, but one that cannot be connected to has none.
  const date = await client.send({ method: 'GET', query: { 'list-type': '2', 'max-keys': '1' } }).then(
    ({ headers }) => headers.date,
    (error: unknown) => {
      if (error instanceof S3Error) return undefined
      throw error
    },
  )
  const ahead = Date.parse(date ?? '') - (startedAt + Date.now()) / 2
  // The header has whole seconds.
  return Number.isNaN(ahead) ? null : ahead + 500
}

/** Reads the rules of the bucket, which the servers need no permission for. */
async function findExpiry(client: S3Client, bucket: Bucket): Promise<string | null> {
  const rules = await client.send({ method: 'GET', query: { lifecycle: '' } }).catch(() => null)
  if (rules === null) return null
  for (const [, rule = ''] of rules.text.matchAll(/<Rule>(.*?)<\/Rule>/gs)) {
    const prefix = /<Prefix>([^<]*)<\/Prefix>/.exec(rule)?.[1] ?? ''
    const ours = bucket.keyOf('')
    const concernsUs = ours.startsWith(prefix) || prefix.startsWith(ours)
    if (concernsUs && rule.includes('<Status>Enabled</Status>') && rule.includes('<Expiration>')) {
      return `the rule ${/<ID>([^<]*)<\/ID>/.exec(rule)?.[1] ?? 'without a name'} of the bucket removes objects after a time`
    }
  }
  return null
}

function bodyOf(content: Buffer): Body {
  return { chunks: [content], length: content.byteLength, sha256: hash('sha256', content) }
}

function assertSame(got: Buffer, expected: Buffer): void {
  if (!got.equals(expected)) throw new Error('the store answered other bytes than were written')
}
