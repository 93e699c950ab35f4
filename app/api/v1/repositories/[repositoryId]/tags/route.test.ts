import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { operations } from '@/lib/api/operations/operations'
import { collectGarbage } from '@/lib/registry/maintenance/collect-garbage'
import { digestOf } from '@/lib/storage/hash'
import { type TestCall, digestOfLetter } from '@/lib/testing/test-api'
import { type TestDoors, openTestDoors } from '@/lib/testing/test-doors'
import { imageManifestType } from '@/lib/testing/test-registry'
import { TestRun, age, ageManifests } from '@/lib/testing/test-run'

const indexType = 'application/vnd.oci.image.index.v1+json'

let doors: TestDoors
/** The repository `test/prod`, to which tags of `test/example` are promoted. */
let prodId: string

beforeEach(async () => {
  doors = await openTestDoors()
  const { json } = await doors.api.call('POST', operations.createRepository.path, doors.params, {
    body: { namespace: 'test', name: 'prod' },
  })
  prodId = json.id
})
afterEach(() => doors.close())

interface Source {
  repositoryId?: string
  tag?: string
  digest?: string
}

const copy = (repositoryId: string, name: string, source: Source, call: TestCall = {}) =>
  doors.api.call('POST', operations.copyTag.path, { repositoryId }, { body: { name, source }, ...call })

const promote = (name: string, source: Omit<Source, 'repositoryId'>, call: TestCall = {}) =>
  copy(prodId, name, { repositoryId: doors.params.repositoryId, ...source }, call)

async function push(tag: string, content: string, name = 'test/example') {
  const image = await doors.registry.image(content, name)
  expect((await doors.registry.pushManifest(tag, image.bytes, {}, name)).status).toBe(201)
  return image
}

async function pushIndex(reference: string, children: readonly { bytes: Buffer; digest: string; type?: string }[]) {
  const manifests = children.map(({ bytes, digest, type = imageManifestType }) => ({
    mediaType: type,
    digest,
    size: bytes.length,
  }))
  const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: indexType, manifests }))
  const digest = digestOf(bytes)
  const at = reference === '' ? digest : reference
  expect((await doors.registry.pushManifest(at, bytes, { headers: { 'content-type': indexType } })).status).toBe(201)
  return { bytes, digest, type: indexType }
}

const headOf = async (path: string) => (await doors.registry.send('HEAD', path)).status
const manifestAt = (name: string, reference: string) => headOf(`/v2/${name}/manifests/${reference}`)
const blobAt = (name: string, digest: string) => headOf(`/v2/${name}/blobs/${digest}`)

const ledgerOf = (repositoryId: string, tag: string) =>
  doors.registry.ctx.db.prisma.tagEvent.findMany({ where: { repositoryId, tag }, orderBy: { id: 'asc' } })

async function storedBlobs(): Promise<string[]> {
  const digests: string[] = []
  for await (const { digest } of doors.registry.ctx.blobs.listBlobs()) digests.push(digest)
  return digests
}

/** Everything that the repository `test/prod` has. */
async function contentOfProd() {
  const { prisma } = doors.registry.ctx.db
  const where = { repositoryId: prodId }
  const counts = [prisma.tag, prisma.manifest, prisma.repositoryBlob, prisma.manifestReference] as const
  return Promise.all(counts.map((model) => (model.count as (args: object) => Promise<number>)({ where })))
}

describe('a copy within a repository', () => {
  test('points a tag at the manifest of another one; ledger and audit trail say where it comes from', async () => {
    const one = await push('v1', 'one')
    const { status, json, headers } = await copy(doors.params.repositoryId, 'stable', { tag: 'v1' })
    expect({ status, json }).toEqual({
      status: 201,
      json: { name: 'stable', digest: one.digest, outcome: 'created', previousDigest: null, warnings: [] },
    })
    expect(headers.get('location')).toBe(`/api/v1/repositories/${doors.params.repositoryId}/tags/stable`)
    expect(headers.get('etag')).toBe(`"${one.digest}"`)
    const two = await push('v2', 'two')
    const moved = await copy(doors.params.repositoryId, 'stable', { digest: two.digest })
    expect(moved.json).toMatchObject({ outcome: 'moved', previousDigest: one.digest })
    expect(await ledgerOf(doors.params.repositoryId, 'stable')).toMatchObject([
      { kind: 'CREATED', currentDigest: null, pushedDigest: one.digest, reason: 'copied from test/example:v1' },
      { kind: 'MOVED', currentDigest: one.digest, reason: `copied from test/example@${two.digest}` },
    ])
    const audit = await doors.registry.ctx.db.prisma.auditEvent.findMany({ where: { targetType: 'TAG' } })
    expect(audit).toMatchObject([
      { action: 'CREATE', targetName: 'test/example:stable', reason: 'copied from test/example:v1' },
      { action: 'UPDATE', before: JSON.stringify({ digest: one.digest }) },
    ])
  })

  test('the same digest changes nothing; an Idempotency-Key brings the first answer again', async () => {
    const once = { headers: { 'idempotency-key': 'once' } }
    await push('v1', 'one')
    const first = await copy(doors.params.repositoryId, 'stable', { tag: 'v1' }, once)
    expect((await copy(doors.params.repositoryId, 'stable', { tag: 'v1' }, once)).json).toEqual(first.json)
    expect(await copy(doors.params.repositoryId, 'stable', { tag: 'v1' })).toMatchObject({
      status: 201,
      json: { outcome: 'unchanged' },
    })
    expect(await ledgerOf(doors.params.repositoryId, 'stable')).toHaveLength(1)
  })

  test('a source that is not there, and a body that does not say one source', async () => {
    await push('v1', 'one')
    const { repositoryId } = doors.params
    expect((await copy(repositoryId, 'x', { tag: 'none' })).json).toMatchObject({
      status: 404,
      code: 'MANIFEST_UNKNOWN',
    })
    expect((await copy(repositoryId, 'x', { digest: digestOfLetter('e') })).json.code).toBe('MANIFEST_UNKNOWN')
    expect((await copy(repositoryId, 'x', { repositoryId: 'crr-none', tag: 'v1' })).json.code).toBe('NOT_FOUND')
    for (const source of [{}, { tag: 'v1', digest: digestOfLetter('e') }]) {
      expect((await copy(repositoryId, 'x', source)).json).toMatchObject({ status: 400, errors: [{ path: 'source' }] })
    }
    expect((await copy(repositoryId, '.x', { tag: 'v1' })).json).toMatchObject({ errors: [{ path: 'name' }] })
    const elsewhere = await doors.api.makeRepository('elsewhere')
    expect((await promote('x', { tag: 'v1' })).status).toBe(201)
    expect((await copy(elsewhere.repositoryId, 'x', { repositoryId, tag: 'v1' })).json).toMatchObject({
      status: 400,
      errors: [{ path: 'source.repositoryId' }],
    })
  })
})

describe('a copy to another repository', () => {
  test('has the manifest and all of its blobs, and moves no bytes', async () => {
    const one = await push('v1', 'one')
    const stored = await storedBlobs()
    expect(await blobAt('test/prod', one.layer)).toBe(404)
    expect((await promote('v1', { tag: 'v1' })).json).toMatchObject({ outcome: 'created', warnings: [] })
    const pulled = await doors.registry.send('GET', '/v2/test/prod/manifests/v1')
    expect([pulled.body.equals(one.bytes), pulled.headers['content-type']]).toEqual([true, imageManifestType])
    expect(await blobAt('test/prod', one.layer)).toBe(200)
    expect(await storedBlobs()).toEqual(stored)
    expect(await ledgerOf(prodId, 'v1')).toMatchObject([{ kind: 'CREATED', reason: 'copied from test/example:v1' }])
    const row = { sizeBytes: one.bytes.length, platforms: 'linux/amd64', pushedBy: 'admin' }
    expect(await doors.registry.ctx.db.prisma.manifest.findFirst({ where: { repositoryId: prodId } })).toMatchObject(
      row,
    )
  })

  test('of an index has the manifests at any depth; garbage collection of both repositories leaves it whole', async () => {
    const images = await Promise.all(['a', 'b', 'c'].map((content) => push(`t-${content}`, content)))
    const [a, b, c] = images as [(typeof images)[0], (typeof images)[0], (typeof images)[0]]
    const inner = await pushIndex('', [a, b])
    const middle = await pushIndex('', [inner, c])
    const cache = Buffer.from('a layer of a build cache')
    const layer = { bytes: cache, digest: await doors.registry.pushBlob(cache), type: 'application/octet-stream' }
    const top = await pushIndex('v1', [middle, inner, layer])
    expect((await promote('v1', { tag: 'v1' })).json).toMatchObject({ digest: top.digest, warnings: [] })
    for (const { name } of await doors.registry.ctx.db.prisma.tag.findMany({
      where: { repositoryId: doors.params.repositoryId },
    })) {
      await doors.registry.send('DELETE', `/v2/test/example/manifests/${name}`)
    }
    await age(doors.registry.ctx)
    await ageManifests(doors.registry.ctx)
    await collectGarbage(doors.registry.ctx, { graceSeconds: 0, isDryRun: false }, new TestRun())
    for (const { digest } of [...images, inner, middle, top]) {
      expect([await manifestAt('test/prod', digest), await manifestAt('test/example', digest)]).toEqual([200, 404])
    }
    for (const { layer: digest } of images) expect(await blobAt('test/prod', digest)).toBe(200)
    expect(await blobAt('test/prod', layer.digest)).toBe(200)
    const references = await doors.registry.ctx.db.prisma.manifestReference.count({ where: { repositoryId: prodId } })
    expect(references).toBe(3 + 2 + 2 + 3 * 2)
  })

  test('has no signatures: referrers are not copied', async () => {
    const one = await push('v1', 'one')
    const signature = Buffer.from(
      JSON.stringify({
        ...(JSON.parse(one.bytes.toString()) as object),
        subject: { mediaType: imageManifestType, digest: one.digest, size: one.bytes.length },
      }),
    )
    await doors.registry.pushManifest(digestOf(signature), signature)
    await promote('v1', { tag: 'v1' })
    expect(await contentOfProd()).toEqual([1, 1, 2, 2])
  })

  test('is refused by the policy of the target, which changes nothing there but the ledger', async () => {
    const [one, two] = [await push('v1', 'one'), await push('v2', 'two')]
    const multi = await pushIndex('multi', [one, two])
    await promote('v1', { tag: 'v1' })
    await doors.registry.setPolicy('enforce', ['latest'], 'test/prod')
    const before = await contentOfProd()
    const refused = await promote('v1', { tag: 'v2' })
    expect(refused.json).toMatchObject({
      ...{ status: 409, code: 'TAG_IMMUTABLE' },
      context: { repository: 'test/prod', tag: 'v1', currentDigest: one.digest, pushedDigest: two.digest },
    })
    expect((await promote('v1', { tag: 'multi' })).status).toBe(409)
    expect(await contentOfProd()).toEqual(before)
    expect((await promote('v1', { tag: 'multi' }, { headers: { 'idempotency-key': 'once' } })).status).toBe(409)
    expect(await contentOfProd()).toEqual(before)
    expect((await ledgerOf(prodId, 'v1')).map(({ kind, pushedDigest }) => [kind, pushedDigest])).toEqual([
      ['CREATED', one.digest],
      ['REFUSED', two.digest],
      ['REFUSED', multi.digest],
    ])
    // A new tag, the same digest and an exempt tag are taken.
    expect((await promote('v3', { tag: 'multi' })).json).toMatchObject({ outcome: 'created' })
    expect((await promote('v1', { tag: 'v1' })).json).toMatchObject({ outcome: 'unchanged' })
    for (const tag of ['v1', 'v2']) expect((await promote('latest', { tag })).status).toBe(201)
    await doors.registry.setPolicy('audit', ['latest'], 'test/prod')
    const audited = await promote('v1', { tag: 'v2' })
    expect(audited.json['warnings']).toEqual([expect.stringContaining('only audits immutability')])
    expect((await ledgerOf(prodId, 'v1')).slice(-2).map(({ kind }) => kind)).toEqual(['MOVED', 'WOULD_BE_REFUSED'])
  })

  test('of a tag of signatures appends to it, and takes nothing away', async () => {
    const tag = `sha256-${'a'.repeat(64)}`
    const [one, two] = [await doors.registry.image('one'), await doors.registry.image('two')]
    const both = JSON.parse(one.bytes.toString()) as { layers: object[] }
    const second = JSON.parse(two.bytes.toString()) as { layers: object[] }
    const appended = Buffer.from(JSON.stringify({ ...both, layers: [...both.layers, ...second.layers] }))
    await doors.registry.pushManifest('one', one.bytes)
    await doors.registry.pushManifest('both', appended)
    await doors.registry.setPolicy('enforce', [], 'test/prod')
    expect((await promote(tag, { tag: 'one' })).json).toMatchObject({ outcome: 'created' })
    expect((await promote(tag, { tag: 'both' })).json).toMatchObject({ outcome: 'moved' })
    expect((await promote(tag, { tag: 'one' })).json).toMatchObject({ status: 409, code: 'TAG_APPEND_ONLY' })
  })

  test('of damaged content is refused, and nothing is linked, unless the target accepts sparse manifests', async () => {
    const { db } = doors.registry.ctx
    const one = await push('v1', 'one')
    await pushIndex('multi', [one])
    await db.prisma.blob.updateMany({ where: { digest: one.layer }, data: { corruptAt: new Date() } })
    for (const tag of ['v1', 'multi']) {
      expect((await promote('v1', { tag })).json).toMatchObject({
        ...{ status: 404, code: 'MANIFEST_BLOB_UNKNOWN' },
        context: { manifest: one.digest, digests: [one.layer] },
      })
    }
    const [tags, manifests] = await contentOfProd()
    // The index was tried before its children were copied.
    expect([tags, manifests]).toEqual([0, 0])
    await db.prisma.namespace.updateMany({ data: { acceptSparseManifests: true } })
    const { json } = await promote('v1', { tag: 'multi' })
    expect(json['warnings']).toEqual([`blobs not in the repository, pulling them from here fails: ${one.layer}`])
    expect(await db.prisma.repositoryBlob.count({ where: { repositoryId: prodId, digest: one.layer } })).toBe(0)
  })

  test('of an image with layers that are fetched from elsewhere has a warning, as its push had', async () => {
    const one = await doors.registry.image('one')
    const manifest = JSON.parse(one.bytes.toString()) as { layers: object[] }
    const mediaType = 'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip'
    const foreign = { mediaType, digest: digestOfLetter('f'), size: 5, urls: ['https://example.com/base'] }
    const bytes = Buffer.from(JSON.stringify({ ...manifest, layers: [...manifest.layers, foreign] }))
    expect((await doors.registry.pushManifest('v1', bytes)).status).toBe(201)
    expect((await promote('v1', { tag: 'v1' })).json).toMatchObject({
      outcome: 'created',
      warnings: [`layers not in the repository, clients fetch them from elsewhere: ${digestOfLetter('f')}`],
    })
  })
})
