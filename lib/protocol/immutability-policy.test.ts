import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type TestRegistry, imageManifestType, startTestRegistry } from '@/lib/testing/test-registry'

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

describe('audit mode', () => {
  /** What the ledger has of a tag, oldest first. */
  async function ledger(tag: string) {
    const events = await registry.ctx.db.prisma.tagEvent.findMany({ where: { tag }, orderBy: { id: 'asc' } })
    return events.map(({ kind, currentDigest, pushedDigest, reason, actor }) => [
      ...[kind, currentDigest, pushedDigest, reason],
      actor,
    ])
  }

  test('a push that would be refused lands, warns, and is in the ledger and the outbox', async () => {
    await registry.setPolicy('audit', ['latest'])
    const [first, second] = [await anyImage(), await anyImage()]
    expect((await registry.pushManifest('audited', first.bytes)).headers['warning']).toBeUndefined()
    const { status, headers } = await registry.pushManifest('audited', second.bytes)
    expect(status).toBe(201)
    expect(headers['warning']).toBe(
      '299 - "tag audited: accepted, because this repository only audits immutability. In mode enforce it would be refused: The requested tag already exists and cannot be overwritten."',
    )
    expect(await registry.digestOfTag('audited')).toBe(second.digest)
    expect(await ledger('audited')).toEqual([
      ['CREATED', null, first.digest, null, 'admin'],
      ['MOVED', first.digest, second.digest, null, 'admin'],
      ['WOULD_BE_REFUSED', first.digest, second.digest, 'TAG_IMMUTABLE', 'admin'],
    ])
    const { prisma } = registry.ctx.db
    const ids = (await prisma.tagEvent.findMany({ where: { tag: 'audited' } })).map(({ id }) => id)
    expect(await prisma.outboxEvent.count({ where: { tagEventId: { in: ids } } })).toBe(3)
  })

  test('exempt tags, and the same digest again, do not warn', async () => {
    await registry.setPolicy('audit', ['free-*'])
    const { bytes } = await anyImage()
    const answers = [
      await registry.pushManifest('free-1', bytes),
      await registry.pushManifest('free-1', (await anyImage()).bytes),
      await registry.pushManifest('same', bytes),
      await registry.pushManifest('same', bytes),
    ]
    expect(answers.map(({ status, headers }) => [status, headers['warning']])).toEqual(
      answers.map(() => [201, undefined]),
    )
    expect((await ledger('free-1')).map(([kind]) => kind)).toEqual(['CREATED', 'MOVED'])
    expect((await ledger('same')).map(([kind]) => kind)).toEqual(['CREATED'])
  })

  test('each tag of one push has its warning, and a false condition is still 412 and warns of nothing', async () => {
    await registry.setPolicy('audit', [])
    const [one, two] = [await anyImage(), await anyImage()]
    for (const tag of ['many-1', 'many-2']) await registry.pushManifest(tag, one.bytes)
    const url = `${path}/manifests/${two.digest}?tag=many-1&tag=many-2&tag=many-3`
    const { headers } = await registry.send('PUT', url, {
      body: two.bytes,
      headers: { 'content-type': imageManifestType },
    })
    expect(String(headers['warning']).match(/many-\d/g)).toEqual(['many-1', 'many-2'])
    const stale = await registry.pushManifest('many-1', one.bytes, {
      headers: { 'content-type': imageManifestType, 'if-match': `"${one.digest}"` },
    })
    expect([stale.status, stale.headers['warning']]).toEqual([412, undefined])
  })

  test('refused and audited moves are counted by their reason, each tag of a push for itself', async () => {
    const counts = () =>
      Object.fromEntries(registry.ctx.tagRefusals.read().map((one) => [`${one.reason} ${one.effect}`, one.count]))
    await registry.setPolicy('audit', [])
    const [one, two] = [await anyImage(), await anyImage()]
    for (const tag of ['counted-1', 'counted-2']) await registry.pushManifest(tag, one.bytes)
    const before = counts()
    const push = () =>
      registry.send('PUT', `${path}/manifests/${two.digest}?tag=counted-1&tag=counted-2`, {
        body: two.bytes,
        headers: { 'content-type': imageManifestType },
      })
    await registry.setPolicy('enforce', [])
    expect((await push()).status).toBe(409)
    await registry.setPolicy('audit', [])
    expect((await push()).status).toBe(201)
    expect(counts()).toMatchObject({
      'TAG_IMMUTABLE refused': (before['TAG_IMMUTABLE refused'] ?? 0) + 2,
      'TAG_IMMUTABLE audited': (before['TAG_IMMUTABLE audited'] ?? 0) + 2,
    })
  })

  test('deletions go on and are recorded as deletions; they reserve no name', async () => {
    await registry.setPolicy('audit', [])
    const { bytes, digest } = await anyImage()
    await registry.pushManifest('removed', bytes)
    expect((await registry.send('DELETE', `${path}/manifests/removed`)).status).toBe(202)
    expect((await registry.send('DELETE', `${path}/manifests/${digest}`)).status).toBe(202)
    expect((await ledger('removed')).map(([kind]) => kind)).toEqual(['CREATED', 'DELETED'])
    expect(await registry.ctx.db.prisma.tombstone.count({ where: { tag: 'removed' } })).toBe(0)
  })
})

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
