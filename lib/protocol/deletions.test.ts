import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { systemPrincipal } from '@/lib/domain/principal'
import { verifyAudit } from '@/lib/registry/audit/verify-audit'
import { type TestRegistry, startTestRegistry } from '@/lib/testing/test-registry'

/* What a container client deletes is on record as what the console deletes is: ledger, audit trail and outbox. */

const path = '/v2/test/example'

let registry: TestRegistry
let close: () => Promise<void>
let repositoryId: string
let counter = 0

beforeAll(async () => {
  ;({ registry, close } = await startTestRegistry())
  repositoryId = (await registry.ctx.db.prisma.repository.findFirstOrThrow({ where: { path: 'test/example' } })).id
})
afterAll(() => close())
beforeEach(async () => {
  await registry.setImmutable(false)
  await registry.ctx.db.prisma.outboxEvent.deleteMany()
})

/** An image that no other test uses, with a tag of its own unless it is pushed by digest. */
async function push({ tagged }: { tagged: boolean }) {
  const tag = `t${++counter}`
  const image = await registry.image(tag)
  await registry.pushManifest(tagged ? tag : image.digest, image.bytes)
  return { tag, ...image }
}

async function deletes(target: string): Promise<number> {
  return (await registry.send('DELETE', `${path}/${target}`, { headers: { 'user-agent': 'a-client/1' } })).status
}

/** The newest audit event, without what every event has. */
async function lastAuditEvent() {
  const event = await registry.ctx.db.prisma.auditEvent.findFirstOrThrow({ orderBy: { id: 'desc' } })
  const { action, targetType, targetId, targetName, instanceId, before, after, actor, userAgent } = event
  expect({ action, after, actor, userAgent }).toEqual({
    action: 'DELETE',
    after: null,
    actor: 'admin',
    userAgent: 'a-client/1',
  })
  expect(instanceId).toMatch(/^cri-/)
  return { targetType, targetId, targetName, before: JSON.parse(before ?? 'null') as unknown }
}

function auditCount() {
  return registry.ctx.db.prisma.auditEvent.count()
}

describe('a DELETE through /v2 writes an audit event', () => {
  test('for a tag', async () => {
    const { tag, digest } = await push({ tagged: true })
    expect(await deletes(`manifests/${tag}`)).toBe(202)
    expect(await lastAuditEvent()).toEqual({
      targetType: 'TAG',
      targetId: `${repositoryId}:${tag}`,
      targetName: `test/example:${tag}`,
      before: { digest },
    })
    const events = await registry.ctx.db.prisma.tagEvent.findMany({ where: { tag }, orderBy: { id: 'asc' } })
    expect(events.map(({ kind, currentDigest }) => [kind, currentDigest])).toEqual([
      ['CREATED', null],
      ['DELETED', digest],
    ])
  })

  test('for an untagged manifest', async () => {
    const { digest } = await push({ tagged: false })
    expect(await deletes(`manifests/${digest}`)).toBe(202)
    expect(await lastAuditEvent()).toEqual({
      targetType: 'MANIFEST',
      targetId: `${repositoryId}@${digest}`,
      targetName: `test/example@${digest}`,
      before: { digest, tags: [], tagCount: 0 },
    })
  })

  test('for a manifest with its tags, of which it names the first ten; the ledger has them all', async () => {
    const { digest, bytes } = await push({ tagged: false })
    const tags = Array.from({ length: 12 }, (_, n) => `many-${String.fromCharCode(97 + n)}`)
    for (const tag of tags) await registry.pushManifest(tag, bytes)
    expect(await deletes(`manifests/${digest}`)).toBe(202)
    expect(await lastAuditEvent()).toMatchObject({ before: { digest, tags: tags.slice(0, 10), tagCount: 12 } })
    const where = { kind: 'DELETED', currentDigest: digest } as const
    const deleted = await registry.ctx.db.prisma.tagEvent.findMany({ where, orderBy: { id: 'asc' } })
    expect(deleted.map((event) => event.tag)).toEqual(tags)
  })

  test('for a manifest with more tags than one statement deletes', async () => {
    const { digest } = await push({ tagged: false })
    const now = new Date()
    const tags = Array.from({ length: 1200 }, (_, n) => `page-${String(n).padStart(4, '0')}`)
    await registry.ctx.db.prisma.tag.createMany({
      data: tags.map((name) => ({ repositoryId, name, digest, createdAt: now, updatedAt: now, updatedBy: 'admin' })),
    })
    expect(await deletes(`manifests/${digest}`)).toBe(202)
    expect(await lastAuditEvent()).toMatchObject({ before: { digest, tags: tags.slice(0, 10), tagCount: 1200 } })
    const where = { kind: 'DELETED', currentDigest: digest } as const
    const deleted = await registry.ctx.db.prisma.tagEvent.findMany({ where, orderBy: { id: 'asc' } })
    expect(deleted.map((event) => event.tag)).toEqual(tags)
  })

  test('for a blob', async () => {
    const digest = await registry.pushBlob('a blob that no manifest names')
    expect(await deletes(`blobs/${digest}`)).toBe(202)
    expect(await lastAuditEvent()).toEqual({
      targetType: 'BLOB',
      targetId: `${repositoryId}@${digest}`,
      targetName: `test/example@${digest}`,
      before: { digest },
    })
  })

  test('and one that is refused or finds nothing writes none', async () => {
    const { tag, digest, layer } = await push({ tagged: true })
    await registry.setImmutable(true)
    const before = await auditCount()
    for (const target of [`manifests/${tag}`, `manifests/${digest}`, `blobs/${layer}`]) {
      expect(await deletes(target)).toBe(409)
    }
    const absent = `sha256:${'0'.repeat(64)}`
    for (const target of ['manifests/absent', `manifests/${absent}`, `blobs/${absent}`]) {
      expect(await deletes(target)).toBe(404)
    }
    expect(await auditCount()).toBe(before)
  })

  test('and one whose If-Match names other content answers 412 and writes none', async () => {
    const { tag, digest, layer } = await push({ tagged: true })
    const before = await auditCount()
    const targets = [`manifests/${tag}`, `manifests/${digest}`, `blobs/${layer}`]
    const send = async (target: string, ifMatch: string) =>
      (await registry.send('DELETE', `${path}/${target}`, { headers: { 'if-match': ifMatch } })).status
    for (const target of targets) {
      expect(await send(target, `"sha256:${'0'.repeat(64)}"`), target).toBe(412)
      expect(await send(target, '"v1"'), target).toBe(400)
    }
    expect(await send('manifests/absent', `"${digest}"`)).toBe(404)
    expect(await registry.digestOfTag(tag)).toBe(digest)
    expect(await auditCount()).toBe(before)
    for (const [target, of] of [
      [`blobs/${layer}`, layer],
      [`manifests/${tag}`, digest],
      [`manifests/${digest}`, digest],
    ]) {
      expect(await send(String(target), `"sha256:${'0'.repeat(64)}", "${of}"`), target).toBe(202)
    }
  })

  test('and the trail stays whole', async () => {
    expect(await verifyAudit(registry.ctx, systemPrincipal, null)).toMatchObject({ problem: null })
  })
})

describe('the outbox', () => {
  async function outbox() {
    const events = await registry.ctx.db.prisma.outboxEvent.findMany({ orderBy: { id: 'asc' } })
    return Promise.all(
      events.map(async ({ kind, tagEventId, detail, repositoryPath }) => {
        expect(repositoryPath).toBe('test/example')
        if (tagEventId === null) return [kind, detail === null ? null : (JSON.parse(detail) as unknown)]
        const entry = await registry.ctx.db.prisma.tagEvent.findUniqueOrThrow({ where: { id: tagEventId } })
        return [kind, `${entry.kind} ${entry.tag}`]
      }),
    )
  }

  test('has every move, refusal and deletion, in their order', async () => {
    const { tag, digest } = await push({ tagged: true })
    await registry.pushManifest(tag, (await registry.image(`${tag} other`)).bytes)
    await registry.setImmutable(true)
    const third = await registry.image(`${tag} third`)
    for (let times = 0; times < 3; times += 1) await registry.pushManifest(tag, third.bytes)
    await registry.setImmutable(false)
    await deletes(`manifests/${tag}`)
    await deletes(`manifests/${digest}`)
    await deletes(`blobs/${third.layer}`)
    expect(await outbox()).toEqual([
      ['TAG', `CREATED ${tag}`],
      ['TAG', `MOVED ${tag}`],
      ['TAG', `REFUSED ${tag}`],
      ['TAG', `DELETED ${tag}`],
      ['MANIFEST_DELETED', { digest }],
      ['BLOB_DELETED', { digest: third.layer }],
    ])
  })

  test('has nothing of a push that changes nothing', async () => {
    const { tag, bytes } = await push({ tagged: true })
    await registry.ctx.db.prisma.outboxEvent.deleteMany()
    await registry.pushManifest(tag, bytes)
    expect(await outbox()).toEqual([])
  })
})
