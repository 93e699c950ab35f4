import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type TestRegistry, startTestRegistry } from '@/lib/testing/test-registry'

/* The policy of a repository (docs/immutability.md, part 6), as container clients meet it. */

const path = '/v2/test/example'

let registry: TestRegistry
let close: () => Promise<void>
let counter = 0

beforeAll(async () => ({ registry, close } = await startTestRegistry()))
afterAll(() => close())

/** An image that no other test uses. */
function anyImage() {
  return registry.image(`image-${++counter}`)
}

/** Pushes an image that no other test uses under a tag; returns the status. */
async function push(tag: string): Promise<number> {
  return (await registry.pushManifest(tag, (await anyImage()).bytes)).status
}

describe('exempt tags', () => {
  test('move while the policy is enforced; others do not, nor latest when it is not exempt', async () => {
    await registry.setPolicy('enforce', ['dev-*', 'pr-?'])
    for (const [tag, status] of [
      ['dev-1', 201],
      ['pr-1', 201],
      ['pr-12', 409],
      ['Dev-1', 409],
      ['latest', 409],
    ] as const) {
      expect([tag, await push(tag)]).toEqual([tag, 201])
      expect([tag, await push(tag)]).toEqual([tag, status])
    }
  })

  test('a change of the patterns counts from the next push on', async () => {
    await registry.setPolicy('enforce', [])
    expect([await push('moving'), await push('moving')]).toEqual([201, 409])
    await registry.setPolicy('enforce', ['mov*'])
    expect(await push('moving')).toBe(201)
    await registry.setPolicy('enforce', ['mo'])
    expect(await push('moving')).toBe(409)
  })

  test('do not keep their content: a digest, its blobs and any number of exempt tags of it can be deleted', async () => {
    await registry.setPolicy('enforce', ['dev-*', 'latest'])
    const { prisma } = registry.ctx.db
    const { id: repositoryId } = await prisma.repository.findFirstOrThrow({ where: { path: 'test/example' } })
    const { bytes, digest, layer } = await anyImage()
    await registry.pushManifest('dev-first', bytes)
    const now = new Date()
    await prisma.tag.createMany({
      data: Array.from({ length: 150 }, (_, n) => ({
        ...{ repositoryId, name: `dev-x${n}`, digest, createdAt: now, updatedAt: now, updatedBy: 'admin' },
      })),
    })
    await registry.pushManifest('zz-release', bytes)
    for (const target of [`manifests/${digest}`, `blobs/${layer}`]) {
      const { status, json } = await registry.send('DELETE', `${path}/${target}`)
      expect([status, json.errors?.[0]?.detail?.['tags']]).toEqual([409, ['zz-release']])
    }
    expect((await registry.send('DELETE', `${path}/manifests/zz-release`)).status).toBe(409)

    await registry.setPolicy('enforce', ['dev-*', 'zz-*'])
    for (const target of ['manifests/zz-release', `blobs/${layer}`, `manifests/${digest}`]) {
      expect((await registry.send('DELETE', `${path}/${target}`)).status).toBe(202)
    }
    expect(await prisma.tag.count({ where: { digest } })).toBe(0)
  })
})
