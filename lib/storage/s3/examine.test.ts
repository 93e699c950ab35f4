import { hash } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { S3Setting } from '@/lib/config-storage'
import { createBucket, isForeignS3, isWithoutS3, startTestS3 } from '@/lib/testing/test-s3'
import type { S3Server } from '@/scripts/lib/s3-server.mjs'
import { Bucket } from './bucket'
import { examineS3 } from './examine'
import { S3Client, usualPatience } from './s3-client'

/** All that servers need (docs/operations.md). */
const permissions = [
  's3:ListBucket',
  's3:GetObject',
  's3:PutObject',
  's3:DeleteObject',
  's3:AbortMultipartUpload',
  's3:ListMultipartUploadParts',
  's3:ListBucketMultipartUploads',
]

const user = { accessKeyId: 'stele-user', secretAccessKey: 'stele-user-secret-0123456789' }

/*
 * What `doctor --set-up` finds out about a bucket. The store is a real one, and its bucket has a real policy; only the rule
 * that expires objects is answered by a server before it, because versitygw has no such rules.
 */
describe.skipIf(isWithoutS3 || isForeignS3)('a bucket is examined', () => {
  let server: S3Server
  let setting: S3Setting

  beforeAll(async () => {
    server = await startTestS3({ users: [user] })
    setting = createBucket(server)
  })
  afterAll(() => server.stop())

  const owner = () => new S3Client(setting, server.credentials, usualPatience)

  /** The user may do this, and nothing else. */
  async function allow(actions: readonly string[]): Promise<void> {
    const resources = [`arn:aws:s3:::${setting.bucket}`, `arn:aws:s3:::${setting.bucket}/*`]
    const statement = (Action: readonly string[], Resource: string | undefined) =>
      Action.length === 0 ? [] : [{ Effect: 'Allow', Principal: { AWS: [user.accessKeyId] }, Action, Resource }]
    const isOfBucket = (action: string) => /^s3:ListBucket/.test(action)
    const policy = {
      Version: '2012-10-17',
      Statement: [
        ...statement(actions.filter(isOfBucket), resources[0]),
        ...statement(
          actions.filter((action) => !isOfBucket(action)),
          resources[1],
        ),
      ],
    }
    const content = Buffer.from(JSON.stringify(policy))
    const body = { chunks: [content], length: content.length, sha256: hash('sha256', content) }
    await owner().send({ method: 'PUT', query: { policy: '' }, body })
  }

  test('all is well with the permissions that the documents name, and nothing is left in it', async () => {
    await allow(permissions)
    const { actions, aheadMs, owner: name, expiry } = await examineS3(setting, user)
    expect(actions.filter(({ error }) => error !== null)).toEqual([])
    expect(new Set(actions.map(({ permission }) => permission.replace(/ .*/, '')))).toEqual(new Set(permissions))
    expect(Math.abs(aheadMs ?? NaN)).toBeLessThan(10_000)
    expect([name, expiry]).toEqual([null, null])
    const left: string[] = []
    for await (const page of new Bucket(owner(), setting.prefix).listObjects()) left.push(...page.map(({ key }) => key))
    for await (const page of new Bucket(owner(), setting.prefix).listMultiparts())
      left.push(...page.map(({ key }) => key))
    expect(left).toEqual([])
  })

  test.each(permissions)('what fails without %s names that permission, and no other', async (missing) => {
    await allow(permissions.filter((permission) => permission !== missing))
    const { actions } = await examineS3(setting, user)
    const failed = actions.filter(({ error }) => error !== null)
    expect(failed.length).toBeGreaterThan(0)
    for (const { permission, error } of failed) {
      expect([permission.replace(/ .*/, ''), error]).toEqual([missing, expect.objectContaining({ status: 403 })])
    }
  })
})

const rule = (text: string) => `<Rule><ID>old</ID>${text}</Rule>`
const inDays = '<Expiration><Days>30</Days></Expiration>'

test.each([
  ['of everything', `<Filter><Prefix></Prefix></Filter><Status>Enabled</Status>${inDays}`, true],
  ['of what is stored', `<Filter><Prefix>stele/objects/</Prefix></Filter><Status>Enabled</Status>${inDays}`, true],
  ['of a part of it, as older tools write it', `<Prefix>stele/obj</Prefix><Status>Enabled</Status>${inDays}`, true],
  ['of something else', `<Filter><Prefix>logs/</Prefix></Filter><Status>Enabled</Status>${inDays}`, false],
  ['that is switched off', `<Filter></Filter><Status>Disabled</Status>${inDays}`, false],
  [
    'of uploads that were not completed',
    '<Filter></Filter><Status>Enabled</Status><AbortIncompleteMultipartUpload><DaysAfterInitiation>7</DaysAfterInitiation></AbortIncompleteMultipartUpload>',
    false,
  ],
])('a rule that expires objects %s is seen if it concerns the registry', async (_, text, isSeen) => {
  const store = createServer((request, response) => {
    const isAsked = request.url?.includes('lifecycle') === true
    response.writeHead(isAsked ? 200 : 403)
    response.end(
      isAsked
        ? `<LifecycleConfiguration>${rule(text)}</LifecycleConfiguration>`
        : '<Error><Code>AccessDenied</Code></Error>',
    )
  })
  await new Promise<void>((resolve) => store.listen(0, '127.0.0.1', resolve))
  const endpoint = `http://127.0.0.1:${(store.address() as AddressInfo).port}`
  const setting = { driver: 's3', endpoint, region: 'us-east-1', pathStyle: true, clientEndpoint: null } as const
  const { expiry } = await examineS3({ ...setting, bucket: 'stele', prefix: 'stele/' }, user)
  store.closeAllConnections()
  store.close()
  expect(expiry).toEqual(isSeen ? expect.stringContaining('the rule old of the bucket removes objects') : null)
})
