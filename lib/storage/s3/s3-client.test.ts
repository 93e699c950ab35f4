import { describe, expect, it } from 'vitest'

import type { S3Setting } from '@/lib/config-storage'
import { S3Client, usualPatience } from './s3-client'

const setting: S3Setting = {
  ...{ driver: 's3', endpoint: 'http://store.test:9000', region: 'us-east-1', bucket: 'blobs', prefix: '' },
  ...{ pathStyle: true, clientEndpoint: 'https://s3.example.com' },
}
const keys = { accessKeyId: 'key', secretAccessKey: 'secret' }

async function addressOf(changes: Partial<S3Setting>, endsInSeconds?: number): Promise<URL | null> {
  const expiration = endsInSeconds === undefined ? {} : { expiration: new Date(Date.now() + endsInSeconds * 1000) }
  const credentials = () => Promise.resolve({ ...keys, sessionToken: 'a+b/c=', ...expiration })
  const address = await new S3Client({ ...setting, ...changes }, credentials, usualPatience).addressOf('objects/x', {})
  return address === null ? null : new URL(address)
}

describe('an address for clients', () => {
  it('is at the endpoint for clients, with the bucket in its path or its host', async () => {
    expect(await addressOf({})).toMatchObject({ host: 's3.example.com', pathname: '/blobs/objects/x' })
    expect(await addressOf({ pathStyle: false })).toMatchObject({
      host: 'blobs.s3.example.com',
      pathname: '/objects/x',
    })
    expect(await addressOf({ clientEndpoint: null })).toBeNull()
  })

  it('has the token of temporary credentials, and ends no later than they do', async () => {
    const address = await addressOf({}, 300)
    expect(address?.searchParams.get('X-Amz-Security-Token')).toBe('a+b/c=')
    expect(Number(address?.searchParams.get('X-Amz-Expires'))).toBeGreaterThan(290)
    expect(Number(address?.searchParams.get('X-Amz-Expires'))).toBeLessThanOrEqual(300)
    expect((await addressOf({}, 36_000))?.searchParams.get('X-Amz-Expires')).toBe('900')
  })

  it('is not given when the credentials end within a minute', async () => {
    expect(await addressOf({}, 59)).toBeNull()
  })
})
