import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestRegistry, defaultInstanceId, startTestRegistry } from '@/lib/testing/test-registry'
import { Addressees } from './addressees'
import type { CommitMark, Question } from './engine/database'
import type { OpenDatabase } from './engine/open-database'
import { findDefaultInstance, findInstanceByHost } from './instances'
import { findRepositoryForCaller } from './repositories'

let registry: TestRegistry
let close: () => Promise<void>
let addressees: Addressees
/** How many rows were read because they were not remembered. */
let reads: number

const other = { name: 'other', regionId: 'cn-shanghai' }
const path = 'test/example'

beforeAll(async () => {
  ;({ registry, close } = await startTestRegistry())
  const { direct } = registry.ctx.db as OpenDatabase
  addressees = new Addressees({
    async firstSince<T>(mark: CommitMark | undefined, question: Question) {
      const found = await direct.firstSince<T>(mark, question)
      if (found !== null) reads += 1
      return found
    },
  })
})
afterAll(() => close())

test('what was found is remembered, and each change counts at once', async () => {
  const { db } = registry.ctx
  const { prisma } = db
  const instanceId = await defaultInstanceId(registry.ctx)
  await prisma.instance.create({
    data: { id: 'cri-other', specification: 'Enterprise_Basic', isDefault: false, ...other },
  })
  const userId = await registry.addUser('member', 'member-password-1')

  const asked = async () => [
    await addressees.findInstance('default'),
    await addressees.findInstance(other),
    await addressees.findRepository(instanceId, path, ''),
    await addressees.findRepository(instanceId, path, userId),
  ]
  const stored = async () => [
    await findDefaultInstance(db),
    await findInstanceByHost(db, other),
    await findRepositoryForCaller(db, instanceId, path, ''),
    await findRepositoryForCaller(db, instanceId, path, userId),
  ]
  const changes: Readonly<Record<string, () => Promise<unknown>>> = {
    nothing: () => Promise.resolve(),
    'a grant': () => registry.grant({ userId }, 'PUSH'),
    'a smaller grant': () => prisma.grant.updateMany({ data: { permission: 'PULL' } }),
    'no grant': () => prisma.grant.deleteMany(),
    'a public repository': () => prisma.repository.updateMany({ data: { type: 'PUBLIC' } }),
    'anonymous pulls': () => prisma.instance.updateMany({ data: { allowAnonymousPull: true } }),
    'no default instance': () => prisma.instance.updateMany({ data: { isDefault: false } }),
    'another default instance': () => prisma.instance.updateMany({ where: other, data: { isDefault: true } }),
    'a new name': () => prisma.instance.updateMany({ where: other, data: { name: 'renamed' } }),
    'no repository': () => prisma.repository.updateMany({ data: { isDeleted: true } }),
  }
  for (const [change, make] of Object.entries(changes)) {
    await make()
    const now = await stored()
    expect([change, await asked()]).toEqual([change, now])
    reads = 0
    expect([change, await asked()]).toEqual([change, now])
    // Also that there is nothing. Commits to other databases of a PostgreSQL server count, so rows may be read again there.
    if (db.provider === 'sqlite') expect([change, reads]).toEqual([change, 0])
  }
})
