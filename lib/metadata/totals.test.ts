import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { operations } from '@/lib/api/operations/operations'
import { checkTotals } from '@/lib/registry/maintenance/check-totals'
import { collectGarbage } from '@/lib/registry/maintenance/collect-garbage'
import { finishDeletions } from '@/lib/registry/finish-deletions'
import { markDeleted } from '@/lib/testing/fill-repository'
import { type TestDoors, openTestDoors } from '@/lib/testing/test-doors'
import { TestRun, age } from '@/lib/testing/test-run'
import { readTotals } from '@/lib/testing/totals'

/*
 * After everything that changes what totals count, they are what a count of all rows gives.
 */

let doors: TestDoors
let prodId: string

beforeEach(async () => {
  doors = await openTestDoors()
  const body = { namespace: 'test', name: 'prod' }
  prodId = (await doors.api.call('POST', operations.createRepository.path, doors.params, { body })).json.id
})
afterEach(() => doors.close())

async function expectRight() {
  const { kept, counted } = await readTotals(doors.registry.ctx.db)
  expect(kept).toEqual(counted)
  return kept
}

async function push(tag: string, content: string = randomUUID(), name = 'test/example'): Promise<string> {
  const image = await doors.registry.image(content, name)
  expect((await doors.registry.pushManifest(tag, image.bytes, {}, name)).status).toBe(201)
  return image.digest
}

describe('totals are what a count of all rows gives', () => {
  test('after pushes, moves, pushes of the same, and refused ones', async () => {
    await push('v1')
    const { bytes } = await doors.registry.image('second')
    await doors.registry.pushManifest('v1', bytes)
    await doors.registry.pushManifest('v2', bytes)
    await doors.registry.pushManifest('v2', bytes)
    await doors.registry.setImmutable(true)
    const other = await doors.registry.image('refused')
    expect((await doors.registry.pushManifest('v1', other.bytes)).status).toBe(409)
    await push('v1', 'second', 'test/prod')
    const kept = await expectRight()
    expect(kept).toMatchObject({
      repositories: [
        { tags: 2, manifests: 2 },
        { tags: 1, manifests: 1 },
      ],
      instances: [{ tags: 3 }],
    })
  })

  test('after tags of other kinds, of clients, and a tag that becomes another kind', async () => {
    const digest = await push('v1')
    await push(digest.replace(':', '-') + '.sig')
    const chart = async (content: string) => {
      const config = await doors.registry.pushBlob(content)
      const manifest = {
        schemaVersion: 2,
        config: { mediaType: 'application/vnd.cncf.helm.config.v1+json', digest: config, size: content.length },
        layers: [],
      }
      return Buffer.from(JSON.stringify(manifest))
    }
    await doors.registry.pushManifest('v1', await chart('chart'))
    await doors.registry.pushManifest('chart', await chart('other'))
    await push('chart')
    expect(await expectRight()).toMatchObject({ repositories: [{ tags: 3, technicalTags: 1, helmCharts: 1 }, {}] })
  })

  test('after deletions of tags, manifests and blobs', async () => {
    const [first, second] = [await push('v1', 'first'), await push('v2', 'second')]
    await doors.registry.pushManifest('v3', (await doors.registry.image('second')).bytes)
    await push('v2', 'second', 'test/prod')
    const blob = await doors.registry.pushBlob('a blob that nothing names')
    for (const path of ['manifests/v1', `manifests/${first}`, `manifests/${second}`, `blobs/${blob}`]) {
      expect((await doors.registry.send('DELETE', `/v2/test/example/${path}`)).status).toBe(202)
    }
    expect(await expectRight()).toMatchObject({ repositories: [{ tags: 0, manifests: 0 }, { tags: 1 }] })
  })

  test('after a copy to another repository, a mount, and garbage collection', async () => {
    await push('v1', 'first')
    const blob = await doors.registry.pushBlob('mounted')
    await doors.registry.pushBlob('garbage')
    const body = { name: 'v1', source: { repositoryId: doors.params.repositoryId, tag: 'v1' } }
    expect((await doors.api.call('POST', operations.copyTag.path, { repositoryId: prodId }, { body })).status).toBe(201)
    const mount = `/v2/test/prod/blobs/uploads/?mount=${blob}&from=test/example`
    expect((await doors.registry.send('POST', mount)).status).toBe(201)
    await expectRight()
    await age(doors.registry.ctx)
    await collectGarbage(doors.registry.ctx, { graceSeconds: 60, isDryRun: false }, new TestRun())
    await expectRight()
  })

  test('after the deletion of a repository, and while its rows are still there', async () => {
    await push('v1', 'first')
    await push('v1', 'first', 'test/prod')
    await push('v2', 'only here', 'test/prod')
    await markDeleted(doors.registry.ctx.db, prodId)
    expect(await expectRight()).toMatchObject({ repositories: [{ tags: 1 }], instances: [{ tags: 1 }] })
    await finishDeletions(doors.registry.ctx, {})
    expect(await expectRight()).toMatchObject({ repositories: [{ tags: 1 }], instances: [{ tags: 1 }] })
  })

  test('after pushes at the same time to one repository, and deletions beside them', { timeout: 60_000 }, async () => {
    await Promise.all(
      Array.from({ length: 16 }, async (_, worker) => {
        for (let round = 0; round < 5; round++) {
          await push(`v${worker}-${round}`, `content ${round}`)
          if (round % 2 === 0) await doors.registry.send('DELETE', `/v2/test/example/manifests/v${worker}-${round}`)
        }
      }),
    )
    expect(await expectRight()).toMatchObject({ repositories: [{ tags: 32 }, {}], instances: [{ tags: 32 }] })
  })
})

describe('the check of totals', () => {
  const check = () => checkTotals(doors.registry.ctx, new AbortController().signal)

  test('changes nothing where all are right', async () => {
    await push('v1', 'first')
    await push('v1', 'first', 'test/prod')
    const kept = await expectRight()
    await check()
    expect(await expectRight()).toEqual(kept)
  })

  test('repairs what is wrong', async () => {
    const { db } = doors.registry.ctx
    await push('v1', 'first')
    await push('v1', 'first', 'test/prod')
    const { lastPushedAt } = await db.prisma.repositoryTotals.findFirstOrThrow({ where: { repositoryId: prodId } })
    const wrong = { tags: 7, technicalTags: 3, helmCharts: 9, artifacts: 1, manifests: 5, sizeBytes: 4_000_000_000 }
    await db.prisma.repositoryTotals.updateMany({ data: wrong })
    await db.prisma.instanceTotals.updateMany({ data: { tags: 99, blobBytes: 1 } })
    const [some] = await db.prisma.instanceBlob.findMany()
    await db.prisma.instanceBlob.deleteMany({ where: { digest: some?.digest ?? '' } })
    await db.prisma.instanceBlob.updateMany({ data: { links: 40 } })
    await db.prisma.instanceBlob.create({
      data: { ...some, instanceId: some?.instanceId ?? '', digest: 'none', links: 1 },
    })
    await check()
    expect(await expectRight()).toMatchObject({ repositories: [{ tags: 1 }, { tags: 1 }], instances: [{ tags: 2 }] })
    expect(
      (await db.prisma.repositoryTotals.findFirstOrThrow({ where: { repositoryId: prodId } })).lastPushedAt,
    ).toEqual(lastPushedAt)
  })

  test('leaves right totals alone while others push', { timeout: 60_000 }, async () => {
    await push('v0', 'first')
    const pushes = Promise.all(
      Array.from({ length: 4 }, async (_, worker) => {
        for (let round = 0; round < 8; round++) await push(`v${worker}-${round}`, `content ${worker}`)
      }),
    )
    for (let round = 0; round < 10; round++) await check()
    await pushes
    expect(await expectRight()).toMatchObject({ repositories: [{ tags: 33 }, {}] })
  })
})
