import { afterEach, beforeEach, expect, test } from 'vitest'
import { operations } from '@/lib/api/operations/operations'
import { systemPrincipal } from '@/lib/domain/principal'
import { collectGarbage } from '@/lib/registry/maintenance/collect-garbage'
import { deleteTag } from '@/lib/registry/tags/delete-tag'
import { digestOf } from '@/lib/storage/hash'
import { type TestCall, digestOfLetter } from '@/lib/testing/test-api'
import { type TestDoors, openTestDoors } from '@/lib/testing/test-doors'
import { TestRun, age, ageManifests } from '@/lib/testing/test-run'

let doors: TestDoors

beforeEach(async () => {
  doors = await openTestDoors()
})
afterEach(() => doors.close())

const restore = (tag: string, digest: string, { body, ...call }: TestCall & { body?: object } = {}) =>
  doors.api.call('POST', operations.restoreTag.path, { ...doors.params, tag }, { body: { digest, ...body }, ...call })

async function push(tag: string, content: string): Promise<string> {
  const { bytes, digest } = await doors.registry.image(content)
  expect((await doors.registry.pushManifest(tag, bytes)).status).toBe(201)
  return digest
}

const ledgerOf = (tag: string) =>
  doors.registry.ctx.db.prisma.tagEvent.findMany({ where: { tag }, orderBy: { id: 'asc' } })
const auditOf = () => doors.registry.ctx.db.prisma.auditEvent.findMany({ where: { targetType: 'TAG' } })

async function collect(): Promise<void> {
  await collectGarbage(doors.registry.ctx, { graceSeconds: 0, isDryRun: false }, new TestRun())
}

test('a restored tag points at the earlier digest; ledger and audit trail have one entry each', async () => {
  const [one, two] = [await push('v1', 'one'), await push('v1', 'two')]
  const { status, json, headers } = await restore('v1', one, { body: { reason: 'built from the wrong branch' } })
  expect({ status, json }).toEqual({
    status: 200,
    json: { name: 'v1', digest: one, outcome: 'moved', previousDigest: two, warnings: [] },
  })
  expect(headers.get('etag')).toBe(`"${one}"`)
  expect(await doors.registry.digestOfTag('v1')).toBe(one)
  const restored = {
    ...{
      kind: 'RESTORED',
      currentDigest: two,
      pushedDigest: one,
      actor: 'admin',
      reason: 'built from the wrong branch',
    },
    ...{ credential: 'TESTKEY000000001', address: '192.0.2.7', userAgent: 'test' },
  }
  expect(await ledgerOf('v1')).toMatchObject([{ kind: 'CREATED' }, { kind: 'MOVED' }, restored])
  expect(await auditOf()).toMatchObject([
    {
      ...{ action: 'UPDATE', targetName: 'test/example:v1', reason: 'built from the wrong branch' },
      ...{ before: JSON.stringify({ digest: two }), after: JSON.stringify({ digest: one }) },
    },
  ])

  // Once more changes nothing; and back again is a restoration too.
  expect((await restore('v1', one)).json).toMatchObject({ outcome: 'unchanged', digest: one })
  expect(await ledgerOf('v1')).toHaveLength(3)
  expect(await auditOf()).toHaveLength(1)
  expect((await restore('v1', two)).json).toMatchObject({ outcome: 'moved', previousDigest: one })
})

test('only a digest of this tag’s own history is restored, and only while its manifest is there', async () => {
  const [one, two] = [await push('v1', 'one'), await push('v1', 'two')]
  const ofOther = await push('v2', 'other')
  for (const [tag, digest] of [
    ['v1', ofOther],
    ['v1', digestOfLetter('e')],
    ['nothing', one],
  ] as const) {
    expect((await restore(tag, digest)).json).toMatchObject({ status: 409, code: 'DIGEST_NOT_IN_HISTORY' })
  }
  // What was pushed and refused is not of the history.
  await doors.registry.setImmutable(true)
  const refused = await doors.registry.image('refused')
  await doors.registry.pushManifest('v1', refused.bytes)
  await doors.registry.pushManifest(refused.digest, refused.bytes)
  await doors.registry.setImmutable(false)
  expect((await restore('v1', refused.digest)).json.code).toBe('DIGEST_NOT_IN_HISTORY')

  await doors.registry.send('DELETE', `/v2/test/example/manifests/${one}`)
  expect((await restore('v1', one)).json).toMatchObject({ status: 409, code: 'MANIFEST_GONE' })
  expect(await doors.registry.digestOfTag('v1')).toBe(two)
  expect((await restore('v1', 'sha256:short')).json).toMatchObject({ status: 400, errors: [{ path: 'digest' }] })
  expect(await auditOf()).toHaveLength(0)
})

test('a protected tag is not restored, with an Idempotency-Key too, and the ledger has the attempts', async () => {
  const [one, two] = [await push('v1', 'one'), await push('v1', 'two')]
  await push('latest', 'one')
  await push('latest', 'two')
  await doors.registry.setImmutable(true)
  const refused = await restore('v1', one)
  expect(refused.json).toMatchObject({
    ...{ status: 409, code: 'TAG_IMMUTABLE' },
    context: { reason: 'TAG_IMMUTABLE', tag: 'v1', currentDigest: two, pushedDigest: one },
  })
  expect((await restore('v1', one, { headers: { 'idempotency-key': 'once' } })).json.code).toBe('TAG_IMMUTABLE')
  expect(await doors.registry.digestOfTag('v1')).toBe(two)
  expect((await ledgerOf('v1')).at(-1)).toMatchObject({
    ...{ kind: 'REFUSED', reason: 'TAG_IMMUTABLE', currentDigest: two, pushedDigest: one, count: 2 },
  })
  expect((await restore('v1', two)).json).toMatchObject({ outcome: 'unchanged' })
  // An exempt tag moves.
  expect((await restore('latest', one)).json).toMatchObject({ outcome: 'moved' })
  expect(await auditOf()).toHaveLength(1)
})

test('mode audit restores a protected tag with a warning, and records that enforce would not', async () => {
  const [one, two] = [await push('v1', 'one'), await push('v1', 'two')]
  await doors.registry.setPolicy('audit', ['latest'])
  const { json } = await restore('v1', one)
  expect(json).toMatchObject({ outcome: 'moved', previousDigest: two })
  expect(json['warnings']).toEqual([
    'tag v1: accepted, because this repository only audits immutability. In mode enforce it would be refused: The requested tag already exists and cannot be overwritten.',
  ])
  expect((await ledgerOf('v1')).slice(-2)).toMatchObject([
    { kind: 'RESTORED', currentDigest: two, pushedDigest: one },
    { kind: 'WOULD_BE_REFUSED', reason: 'TAG_IMMUTABLE', currentDigest: two, pushedDigest: one },
  ])
})

test('a deleted tag comes back; a reserved name comes back with its own digest only', async () => {
  const [one, two] = [await push('v1', 'one'), await push('v1', 'two')]
  await doors.registry.send('DELETE', '/v2/test/example/manifests/v1')
  expect((await restore('v1', one)).json).toMatchObject({ outcome: 'created', previousDigest: null })
  await doors.registry.setImmutable(true)
  await deleteTag(doors.registry.ctx, systemPrincipal, doors.params.repositoryId, 'v1', { reason: 'withdrawn' })
  expect((await restore('v1', two)).json).toMatchObject({ status: 409, code: 'TAG_RESERVED' })
  expect((await restore('v1', one)).json).toMatchObject({ outcome: 'created' })
  expect((await ledgerOf('v1')).map(({ kind }) => kind)).toEqual([
    ...['CREATED', 'MOVED', 'DELETED', 'RESTORED', 'DELETED', 'REFUSED', 'RESTORED'],
  ])
})

test('If-Match of another digest than the tag has: 412, and nothing changes', async () => {
  const [one, two] = [await push('v1', 'one'), await push('v1', 'two')]
  const given = (digest: string) => ({ headers: { 'if-match': `"${digest}"` } })
  expect((await restore('v1', one, given(one))).json).toMatchObject({ status: 412, code: 'PRECONDITION_FAILED' })
  expect(await doors.registry.digestOfTag('v1')).toBe(two)
  expect((await restore('v1', one, given(two))).status).toBe(200)
})

test('what a tag left by a restoration is kept as long as what a push left, and with all that it reaches', async () => {
  const { registry } = doors
  const child = await registry.image('child')
  await registry.pushManifest(child.digest, child.bytes)
  const index = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.index.v1+json',
      manifests: [
        { mediaType: 'application/vnd.oci.image.manifest.v1+json', digest: child.digest, size: child.bytes.length },
      ],
    }),
  )
  const headers = { 'content-type': 'application/vnd.oci.image.index.v1+json' }
  expect((await registry.pushManifest('v1', index, { headers })).status).toBe(201)
  const two = await push('v1', 'two')
  await ageManifests(registry.ctx)
  // The tag left the index long ago, and the restoration leaves `two` now.
  expect((await restore('v1', digestOf(index))).status).toBe(200)
  await age(registry.ctx)
  await registry.ctx.db.prisma.manifest.updateMany({ data: { seenAt: new Date('2020-01-01') } })
  await collect()
  for (const digest of [digestOf(index), child.digest, two]) {
    expect([digest, (await registry.send('HEAD', `/v2/test/example/manifests/${digest}`)).status]).toEqual([
      digest,
      200,
    ])
  }
  expect((await registry.send('HEAD', `/v2/test/example/blobs/${child.layer}`)).status).toBe(200)
  await ageManifests(registry.ctx)
  await collect()
  expect((await registry.send('HEAD', `/v2/test/example/manifests/${two}`)).status).toBe(404)
  expect((await registry.send('HEAD', `/v2/test/example/manifests/${child.digest}`)).status).toBe(200)
})
