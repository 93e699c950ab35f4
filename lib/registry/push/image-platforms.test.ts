import { readFile, writeFile } from 'node:fs/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Digest } from '@/lib/domain/digest'
import { blobPath } from '@/lib/storage/filesystem/filesystem-layout'
import { type TestRegistry, startTestRegistry } from '@/lib/testing/test-registry'

let registry: TestRegistry
let close: () => Promise<void>

beforeEach(async () => ({ registry, close } = await startTestRegistry()))
afterEach(() => close())

test('the platform of a config whose bytes have changed is not believed', async () => {
  const { bytes, digest } = await registry.image('a config of no other test: platforms are cached by digest')
  const { config } = JSON.parse(bytes.toString()) as { config: { digest: Digest } }
  const file = blobPath(registry.ctx.config.dataDir, config.digest)
  await writeFile(file, (await readFile(file, 'utf8')).replace('amd64', 'arm64'))
  expect((await registry.pushManifest('v1', bytes)).status).toBe(201)
  const { platforms } = await registry.ctx.db.prisma.manifest.findFirstOrThrow({ where: { digest } })
  expect(platforms).toBe('')
})
