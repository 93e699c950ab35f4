import { afterEach, beforeEach, expect, test } from 'vitest'
import { operations } from '@/lib/api/operations/operations'
import { dayOf } from '@/lib/domain/day'
import { getPullsOfRepositories, getPullsOfTags } from '@/lib/metadata/pull-counts'
import { finishDeletions } from '@/lib/registry/finish-deletions'
import { markDeleted } from '@/lib/testing/fill-repository'
import { type TestDoors, openTestDoors } from '@/lib/testing/test-doors'
import { basic } from '@/lib/testing/test-registry'

/* What counts as a pull (docs/decisions/0051-counting-pulls.md), through the doors. */

let doors: TestDoors
let repositoryId: string

beforeEach(async () => {
  doors = await openTestDoors()
  repositoryId = (await doors.registry.ctx.db.prisma.repository.findFirstOrThrow({ where: { path: 'test/example' } }))
    .id
})
afterEach(() => doors.close())

async function push(tag: string, content = tag): Promise<string> {
  const { bytes, digest } = await doors.registry.image(content)
  expect((await doors.registry.pushManifest(tag, bytes)).status).toBe(201)
  return digest
}

async function ask(method: 'GET' | 'HEAD', reference: string, headers: Record<string, string> = {}): Promise<number> {
  return (await doors.registry.send(method, `/v2/test/example/manifests/${reference}`, { headers })).status
}

/** How often the repository was pulled from, and each of the tags. */
async function counts(...tags: string[]): Promise<Record<string, number>> {
  const { db, pullBuffer } = doors.registry.ctx
  await pullBuffer.flush()
  const pullsOf = await getPullsOfTags(db, repositoryId, tags)
  const ofRepository = (await getPullsOfRepositories(db, [repositoryId]))(repositoryId)
  return {
    ...Object.fromEntries(tags.map((tag) => [tag, pullsOf(tag).pullCount])),
    repository: ofRepository.pullCount,
  }
}

const imageType = 'application/vnd.oci.image.manifest.v1+json'
const indexType = 'application/vnd.oci.image.index.v1+json'

test('a manifest that is sent is a pull; HEAD, a refusal and an answer without content are none', async () => {
  const digest = await push('v1')
  expect(await ask('GET', 'v1')).toBe(200)
  expect(await ask('GET', digest)).toBe(200)
  expect(await ask('HEAD', 'v1')).toBe(200)
  expect(await ask('GET', 'v2')).toBe(404)
  expect(await ask('GET', 'v1', { 'if-none-match': `"${digest}"` })).toBe(304)
  expect(await ask('GET', 'v1', { authorization: basic('admin', 'wrong') })).toBe(401)
  expect(await counts('v1', 'v2')).toEqual({ v1: 2, v2: 0, repository: 2 })
  const { lastPulledAt } = (await getPullsOfTags(doors.registry.ctx.db, repositoryId, ['v1']))('v1')
  expect(Math.abs(Date.now() - (lastPulledAt?.getTime() ?? 0))).toBeLessThan(60_000)
})

test('the console and the REST API pull nothing', async () => {
  const digest = await push('v1')
  const params = { repositoryId, digest, tag: 'v1' }
  const answer = await doors.api.call('GET', operations.getTag.path, params)
  expect(answer.status).toBe(200)
  expect((await doors.api.call('GET', operations.getManifest.path, params)).status).toBe(200)
  expect(await counts('v1')).toEqual({ v1: 0, repository: 0 })
})

test('the platforms of an image, and what is attached to it, are no pulls of their own', async () => {
  const platform = await doors.registry.image('platform')
  const child = platform.digest
  await doors.registry.pushManifest('v1-amd64', platform.bytes)
  const descriptor = { mediaType: imageType, digest: child, size: platform.bytes.length }
  const index = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: indexType, manifests: [descriptor] }))
  const pushed = await doors.registry.pushManifest('v1', index, { headers: { 'content-type': indexType } })
  expect(pushed.status).toBe(201)
  const { bytes } = await doors.registry.image('signature')
  const signature = Buffer.from(JSON.stringify({ ...(JSON.parse(bytes.toString()) as object), subject: descriptor }))
  const tag = `${child.replace(':', '-')}.sig`
  const signed = await doors.registry.pushManifest(tag, signature)
  expect(signed.status).toBe(201)
  await ask('GET', 'v1')
  await ask('GET', child)
  await ask('GET', String(signed.headers['docker-content-digest']))
  await ask('GET', tag)
  expect(await counts('v1', 'v1-amd64', tag)).toEqual({ v1: 1, 'v1-amd64': 0, [tag]: 0, repository: 1 })
  // As Docker asks for one platform by its tag.
  await ask('HEAD', 'v1-amd64')
  await ask('GET', child)
  expect(await counts('v1', 'v1-amd64')).toEqual({ v1: 1, 'v1-amd64': 1, repository: 2 })
})

test('a pull by digest counts for the tag that was asked for before, else for all that point there', async () => {
  const digest = await push('v1', 'same')
  await push('latest', 'same')
  await ask('GET', digest)
  expect(await counts('v1', 'latest')).toEqual({ v1: 1, latest: 1, repository: 1 })
  await ask('HEAD', 'latest')
  await ask('GET', digest)
  expect(await counts('v1', 'latest')).toEqual({ v1: 1, latest: 2, repository: 2 })
})

test('a tag that moves keeps its count; a deleted one takes it along', async () => {
  await push('v1', 'first')
  await ask('GET', 'v1')
  expect(await counts('v1')).toEqual({ v1: 1, repository: 1 })
  await push('v1', 'second')
  expect(await counts('v1')).toEqual({ v1: 1, repository: 1 })
  expect((await doors.registry.send('DELETE', '/v2/test/example/manifests/v1')).status).toBe(202)
  await push('v1', 'third')
  expect(await counts('v1')).toEqual({ v1: 0, repository: 1 })
  await ask('GET', 'v1')
  expect(await counts('v1')).toEqual({ v1: 1, repository: 2 })
})

test('a tag that is deleted before its pulls are stored leaves no count', async () => {
  await push('v1')
  await ask('GET', 'v1')
  await doors.registry.send('DELETE', '/v2/test/example/manifests/v1')
  expect(await counts('v1')).toEqual({ v1: 0, repository: 1 })
  expect(await doors.registry.ctx.db.prisma.tagPulls.count()).toBe(0)
})

test('a deleted repository leaves no counts but those of its instance', async () => {
  const { db } = doors.registry.ctx
  await push('v1')
  await ask('GET', 'v1')
  await counts()
  await markDeleted(db, repositoryId)
  await finishDeletions(doors.registry.ctx, {})
  expect(await db.prisma.tagPulls.count()).toBe(0)
  expect(await db.prisma.repositoryPulls.count()).toBe(0)
  expect(await db.prisma.repositoryDay.count()).toBe(0)
  expect(await db.prisma.instanceDay.findMany({ select: { day: true, pulls: true } })).toEqual([
    { day: dayOf(new Date()), pulls: 1 },
  ])
})

test('pulls by accounts that were chosen are not counted, by password and by token', async () => {
  await push('v1')
  const { prisma } = doors.registry.ctx.db
  const robotId = await doors.registry.addRobot('scanner', 'secret-of-scanner')
  const userId = await doors.registry.addUser('reader', 'registry-pw-1')
  const { id: instanceId } = await prisma.instance.findFirstOrThrow()
  const grant = { instanceId, scopeId: repositoryId, repositoryId, permission: 'PULL' as const, createdBy: 'admin' }
  await prisma.grant.createMany({
    data: [
      { ...grant, id: 'grt-1', subjectId: robotId, robotId },
      { ...grant, id: 'grt-2', subjectId: userId, userId },
    ],
  })
  const pull = async (name: string, secret: string) => {
    const authorization = basic(name, secret)
    expect(await ask('GET', 'v1', { authorization })).toBe(200)
    const { json } = await doors.registry.send('GET', '/v2/token?scope=repository:test/example:pull', {
      headers: { authorization },
    })
    expect(await ask('GET', 'v1', { authorization: `Bearer ${String(json['token'])}` })).toBe(200)
  }
  const pullAsBoth = async () => {
    await pull('robot+scanner', 'secret-of-scanner')
    await pull('reader', 'registry-pw-1')
  }
  await pullAsBoth()
  expect(await counts('v1')).toEqual({ v1: 4, repository: 4 })
  await prisma.robot.update({ where: { id: robotId }, data: { arePullsCounted: false } })
  await pullAsBoth()
  expect(await counts('v1')).toEqual({ v1: 6, repository: 6 })
  await prisma.user.update({ where: { id: userId }, data: { arePullsCounted: false } })
  await pullAsBoth()
  expect(await counts('v1')).toEqual({ v1: 6, repository: 6 })
  expect((await doors.api.call('GET', operations.getTag.path, { repositoryId, tag: 'v1' })).json.pullCount).toBe(6)
})
