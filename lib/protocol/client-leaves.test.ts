import { request as httpRequest } from 'node:http'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { type TestRegistry, authorization, startTestRegistry } from '@/lib/testing/test-registry'

let registry: TestRegistry
let close: () => Promise<void>

beforeAll(async () => ({ registry, close } = await startTestRegistry()))
afterAll(() => close())

test('a client that leaves in the middle of a download is no failure of the server', async () => {
  const error = vi.spyOn(registry.ctx.log, 'error')
  // More than the connection's buffers hold, so that the server is still writing when the client leaves.
  const digest = await registry.pushBlob(Buffer.alloc(32 * 1024 * 1024))
  const path = `/v2/test/example/blobs/${digest}`
  for (let round = 0; round < 5; round++) {
    await new Promise<void>((resolve, reject) => {
      const sent = httpRequest({ port: registry.port, path, headers: { authorization } }, (response) => {
        response.once('data', () => {
          response.destroy()
          resolve()
        })
      })
      sent.on('error', reject)
      sent.end()
    })
  }
  // An answer that comes after the five have been noticed.
  expect((await registry.send('GET', path)).body.length).toBe(32 * 1024 * 1024)
  expect(error).not.toHaveBeenCalled()
})
