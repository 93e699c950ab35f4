import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type TestRegistry, startTestRegistry } from '@/lib/testing/test-registry'

let registry: TestRegistry
let close: () => Promise<void>

beforeAll(async () => ({ registry, close } = await startTestRegistry()))
afterAll(() => close())

describe('tags/list', () => {
  beforeAll(async () => {
    const image = await registry.image('listed')
    const { id: namespaceId, instanceId } = await registry.ctx.db.prisma.namespace.findFirstOrThrow()
    await registry.ctx.db.prisma.repository.create({
      data: {
        id: 'crr-listed',
        instanceId,
        namespaceId,
        name: 'listed',
        path: 'test/listed',
        type: 'PRIVATE',
        summary: '',
        description: '',
        updatedBy: 'admin',
      },
    })
    await registry.image('listed', 'test/listed')
    for (const tag of ['b', 'a', 'C', 'd']) await registry.pushManifest(tag, image.bytes, {}, 'test/listed')
  })

  test.each([
    ['', ['C', 'a', 'b', 'd'], false],
    ['?n=2', ['C', 'a'], true],
    ['?n=2&last=a', ['b', 'd'], false],
    ['?last=b', ['d'], false],
    ['?last=aa', ['b', 'd'], false],
    ['?n=0', [], false],
    ['?n=4', ['C', 'a', 'b', 'd'], false],
    ['?n=100000', ['C', 'a', 'b', 'd'], false],
    [`?n=${'9'.repeat(40)}`, ['C', 'a', 'b', 'd'], false],
    ['?n=', ['C', 'a', 'b', 'd'], false],
  ])('%o gives %j', async (query, tags, more) => {
    const answer = await registry.send('GET', `/v2/test/listed/tags/list${query}`)
    expect(answer.json).toEqual({ name: 'test/listed', tags })
    expect(answer.headers.link !== undefined).toBe(more)
    if (more) {
      const next = /^<([^>]+)>; rel="next"$/.exec(String(answer.headers.link))?.[1]
      expect((await registry.send('GET', next ?? '')).json['tags']).toEqual(['b', 'd'])
    }
  })

  test.each(['?n=-1', '?n=x', '?n=1.5', '?n=%20'])('%s is no number of tags', async (query) => {
    expect((await registry.send('GET', `/v2/test/listed/tags/list${query}`)).status).toBe(400)
  })
})
