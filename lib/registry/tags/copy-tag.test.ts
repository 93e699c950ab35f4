import { afterEach, beforeEach, expect, test } from 'vitest'
import { systemPrincipal } from '@/lib/domain/principal'
import type { Database } from '@/lib/metadata/engine/database'
import { digestOf } from '@/lib/storage/hash'
import { type TestDoors, openTestDoors } from '@/lib/testing/test-doors'
import { imageManifestType } from '@/lib/testing/test-registry'
import { copyTag } from './copy-tag'

/* What collection, or a person, may do between the transactions of a copy. */

const indexType = 'application/vnd.oci.image.index.v1+json'

let doors: TestDoors
let prodId: string
let child: { readonly bytes: Buffer; readonly digest: string }

beforeEach(async () => {
  doors = await openTestDoors()
  const path = '/instances/{instanceId}/repositories'
  prodId = (await doors.api.call('POST', path, doors.params, { body: { namespace: 'test', name: 'prod' } })).json.id
  child = await doors.registry.image('child')
  await doors.registry.pushManifest('child', child.bytes)
  const manifests = [{ mediaType: imageManifestType, digest: child.digest, size: child.bytes.length }]
  const index = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: indexType, manifests }))
  await doors.registry.pushManifest('v1', index, { headers: { 'content-type': indexType } })
})
afterEach(() => doors.close())

/** Copies the index, and does `meddle` before each transaction that sets the tag: the third one of each attempt. */
async function copyWith(meddle: (attempt: number) => Promise<unknown>) {
  const { ctx } = doors.registry
  let transactions = 0
  const { provider, mayWrite, read, prisma } = ctx.db
  const db: Database = {
    ...{ provider, mayWrite, read, prisma },
    transaction: (work) => ctx.db.transaction(work),
    tryLock: (name) => ctx.db.tryLock(name),
    async sqlTransaction(work) {
      transactions += 1
      if (transactions % 3 === 0) await meddle(transactions / 3)
      return ctx.db.sqlTransaction(work)
    },
  }
  const source = { repositoryId: doors.params.repositoryId, tag: 'v1' }
  return copyTag({ ...ctx, db }, systemPrincipal, prodId, { name: 'v1', source })
}

const isThere = async (reference: string) =>
  (await doors.registry.send('HEAD', `/v2/test/prod/manifests/${reference}`)).status === 200

const removeChild = () =>
  doors.registry.ctx.db.prisma.manifest.deleteMany({ where: { repositoryId: prodId, digest: child.digest } })

test('a child that is removed before the tag is set is copied again', async () => {
  const { value } = await copyWith((attempt) => (attempt === 1 ? removeChild() : Promise.resolve()))
  expect(value.outcome).toBe('created')
  expect([await isThere('v1'), await isThere(child.digest)]).toEqual([true, true])
  expect(digestOf((await doors.registry.send('GET', `/v2/test/prod/manifests/${child.digest}`)).body)).toBe(
    child.digest,
  )
})

test('one that is removed again and again ends the copy without a tag', async () => {
  await expect(copyWith(removeChild)).rejects.toMatchObject({ code: 'UNAVAILABLE' })
  expect([
    await isThere('v1'),
    await doors.registry.ctx.db.prisma.tag.count({ where: { repositoryId: prodId } }),
  ]).toEqual([false, 0])
})

test('a policy that changes before the tag is set refuses the copy', async () => {
  await doors.registry.pushManifest('v1', (await doors.registry.image('other', 'test/prod')).bytes, {}, 'test/prod')
  const refused = copyWith(() => doors.registry.setPolicy('enforce', ['latest'], 'test/prod'))
  await expect(refused).rejects.toMatchObject({ code: 'TAG_IMMUTABLE' })
  expect(await doors.registry.ctx.db.prisma.tagEvent.count({ where: { repositoryId: prodId, kind: 'REFUSED' } })).toBe(
    1,
  )
})
