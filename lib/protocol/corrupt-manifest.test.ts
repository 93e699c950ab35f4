import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestRegistry, startTestRegistry } from '@/lib/testing/test-registry'

let registry: TestRegistry
let close: () => Promise<void>

beforeAll(async () => ({ registry, close } = await startTestRegistry()))
afterAll(() => close())

test('a manifest whose stored bytes have changed is not served, and a push of the good ones makes it good', async () => {
  const { bytes, digest } = await registry.image('intact')
  await registry.setImmutable(true)
  expect((await registry.pushManifest('v1', bytes)).status).toBe(201)

  const changed = Buffer.from(bytes.toString().replace('"size":', '"sizE":'))
  await registry.ctx.db.prisma.manifest.updateMany({ where: { digest }, data: { content: changed } })
  for (const reference of ['v1', digest]) {
    for (const method of ['GET', 'HEAD']) {
      expect((await registry.send(method, `/v2/test/example/manifests/${reference}`)).status).toBe(404)
    }
  }

  // The tag has kept its digest, so this moves nothing in the immutable repository.
  expect((await registry.pushManifest('v1', bytes)).status).toBe(201)
  const { status, body } = await registry.send('GET', '/v2/test/example/manifests/v1')
  expect(status).toBe(200)
  expect(body.equals(bytes)).toBe(true)
})
