import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestRegistry, startTestRegistry } from '@/lib/testing/test-registry'

let registry: TestRegistry
let close: () => Promise<void>

beforeAll(async () => {
  ;({ registry, close } = await startTestRegistry())
  await registry.ctx.db.prisma.namespace.updateMany({ where: { name: 'test' }, data: { autoCreateRepository: true } })
})
afterAll(() => close())

// As docker does it: several layers at once are the first that a repository hears of.
test('of the first uploads to a repository that come at once, all succeed, and it is made once', async () => {
  for (let round = 0; round < 5; round++) {
    const path = `test/made-by-push-${round}`
    const started = Array.from({ length: 16 }, () => registry.send('POST', `/v2/${path}/blobs/uploads/`))
    expect((await Promise.all(started)).map(({ status }) => status)).toEqual(Array(16).fill(202))
    expect(await registry.ctx.db.prisma.repository.count({ where: { path } })).toBe(1)
  }
})

test('pushes that point the same tags at different manifests at once, in any order, all end', async () => {
  const images = await Promise.all(Array.from({ length: 8 }, (_, index) => registry.image(`several tags ${index}`)))
  const pushes = images.map(({ bytes, digest }, index) => {
    const tags = index % 2 === 0 ? ['one', 'two', 'three', 'four'] : ['four', 'three', 'two', 'one']
    return registry.pushManifest(`${digest}?${tags.map((tag) => `tag=${tag}`).join('&')}`, bytes)
  })
  expect((await Promise.all(pushes)).map(({ status }) => status)).toEqual(Array(8).fill(201))
  const ends = await Promise.all(['one', 'two', 'three', 'four'].map((tag) => registry.digestOfTag(tag)))
  expect(new Set(ends).size).toBe(1)
})
