import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { operations } from '@/lib/api/operations/operations'
import { fillRepository } from '@/lib/testing/fill-repository'
import { type TestDoors, openTestDoors } from '@/lib/testing/test-doors'
import { imageManifestType } from '@/lib/testing/test-registry'

let doors: TestDoors

beforeEach(async () => {
  doors = await openTestDoors()
})
afterEach(() => doors.close())

interface Item {
  name: string
  kind: string
  openUntil: string | null
  attachments: Record<string, number>
}

async function list(query: Record<string, string>) {
  const { status, json } = await doors.api.call('GET', operations.listTags.path, doors.params, {
    query: `?${new URLSearchParams(query)}`,
  })
  expect(status).toBe(200)
  return {
    names: json.items.map(({ name }) => name).join(' '),
    items: json.items as unknown as Item[],
    total: json.totalCount,
    next: json.nextCursor,
    previous: json.previousCursor as string | null,
  }
}

async function push(tag: string, manifest: Record<string, unknown>, mediaType = imageManifestType) {
  const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType, ...manifest }))
  const answer = await doors.registry.pushManifest(tag, bytes, { headers: { 'content-type': mediaType } })
  expect(answer.status).toBe(201)
  return { digest: String(answer.headers['docker-content-digest']), size: bytes.length }
}

/** Pushes an image of about this many bytes. */
async function image(tag: string, size = 10) {
  const { bytes, digest } = await doors.registry.image(tag.padEnd(size, '.'))
  expect((await doors.registry.pushManifest(tag, bytes)).status).toBe(201)
  return { digest, size: bytes.length }
}

const emptyConfig = async (mediaType: string, text = '{}') => ({
  mediaType,
  digest: await doors.registry.pushBlob(text),
  size: text.length,
})

describe('the list of tags', () => {
  test('in the order of versions and of sizes, there and back', async () => {
    const sizes = { 'v1.9': 400, 'v2.0.0': 100, 'v1.10': 300, latest: 200, 'v2.0.0-rc.1': 500 }
    for (const [tag, size] of Object.entries(sizes)) await image(tag, size)
    const byVersion = ['latest', 'v1.9', 'v1.10', 'v2.0.0-rc.1', 'v2.0.0']
    const bySize = ['v2.0.0', 'latest', 'v1.10', 'v1.9', 'v2.0.0-rc.1']
    for (const [sort, names] of [
      ['version', byVersion],
      ['-version', byVersion.toReversed()],
      ['size', bySize],
      ['-size', bySize.toReversed()],
    ] as const) {
      expect((await list({ sort })).names).toBe(names.join(' '))
      const first = await list({ sort, pageSize: '2' })
      const second = await list({ sort, pageSize: '2', cursor: first.next ?? '' })
      expect([first.names, second.names]).toEqual([names.slice(0, 2).join(' '), names.slice(2, 4).join(' ')])
      expect((await list({ sort, pageSize: '2', cursor: second.previous ?? '' })).names).toBe(first.names)
      const pages = await Promise.all(['1', '2', '3', '9'].map((page) => list({ sort, pageSize: '2', page })))
      expect(pages.map((page) => page.names)).toEqual([first.names, second.names, names[4], names[4]])
      expect(pages[1]?.next).toBe(second.next)
      expect((await list({ sort, pageSize: '2', cursor: pages[2]?.previous ?? '' })).names).toBe(second.names)
    }
  })

  test('a tag that moves has the size of what it points at', async () => {
    await image('small', 10)
    await image('large', 1000)
    const { bytes } = await doors.registry.image('x'.repeat(2000))
    await doors.registry.pushManifest('small', bytes)
    expect((await list({ sort: '-size' })).names).toBe('small large')
  })

  test('by protection, also where patterns and openings decide', async () => {
    for (const tag of ['v1', 'v2', 'latest', 'dev-1', 'dev-2']) await image(tag)
    expect((await list({ protection: 'protected' })).total).toBe(0)
    expect((await list({ protection: 'free' })).total).toBe(5)
    await doors.api.call('PATCH', operations.updateRepository.path, doors.params, {
      body: { immutability: { mode: 'enforce', exemptTags: ['latest', 'd?v-*'] } },
      headers: { 'if-match': '*' },
    })
    const { status } = await doors.api.call('POST', operations.openTag.path, doors.params, {
      body: { tag: 'v2', minutes: 30, reason: 'a test' },
    })
    expect(status).toBe(201)
    const sort = 'name'
    expect((await list({ protection: 'protected', sort })).names).toBe('v1')
    expect((await list({ protection: 'free', sort })).names).toBe('dev-1 dev-2 latest')
    const open = await list({ protection: 'open', sort })
    expect(open.names).toBe('v2')
    expect(Date.parse(open.items[0]?.openUntil ?? '')).toBeGreaterThan(Date.now() + 29 * 60_000)
    expect((await list({ protection: 'free', search: 'dev', pageSize: '1', page: '2', sort })).names).toBe('dev-2')
  })

  test('by protection only where its names fit into a statement', async () => {
    await fillRepository(doors.api.ctx.db, doors.params.repositoryId, 20_001)
    await doors.api.call('PATCH', operations.updateRepository.path, doors.params, {
      body: { immutability: { mode: 'enforce', exemptTags: ['*'] } },
      headers: { 'if-match': '*' },
    })
    const query = '?protection=protected'
    const { status, json } = await doors.api.call('GET', operations.listTags.path, doors.params, { query })
    expect([status, json.code]).toEqual([400, 'BAD_REQUEST'])
    expect((await list({})).total).toBe(20_001)
  })

  test('by kind, without technical tags, and by the beginning of a digest', async () => {
    const { digest } = await image('v1')
    await push('chart-1', { config: await emptyConfig('application/vnd.cncf.helm.config.v1+json'), layers: [] })
    await push('policy', {
      artifactType: 'application/x-policy',
      config: await emptyConfig('application/vnd.oci.empty.v1+json'),
      layers: [],
    })
    await image(`${digest.replace(':', '-')}.sig`)
    const sort = 'version'
    const all = await list({ withTechnical: 'false', sort })
    expect(all.items.map(({ name, kind }) => [name, kind])).toEqual([
      ['chart-1', 'helmChart'],
      ['policy', 'artifact'],
      ['v1', 'image'],
    ])
    expect(all.total).toBe(3)
    expect((await list({})).total).toBe(4)
    expect((await list({ kind: 'image', withTechnical: 'false' })).names).toBe('v1')
    expect((await list({ kind: 'helmChart' })).names).toBe('chart-1')
    expect((await list({ kind: 'artifact' })).names).toBe('policy')
    for (const search of [digest, digest.slice(0, 14), digest.slice(7, 15), digest.slice(7, 15).toUpperCase()]) {
      expect((await list({ search, withTechnical: 'false' })).names).toBe('v1')
    }
  })

  test('with what is attached to each', async () => {
    const { digest, size } = await image('v1')
    await image('v2')
    const subject = { mediaType: imageManifestType, digest, size }
    const layers = [await emptyConfig('application/octet-stream')]
    const attach = async (artifactType: string, annotations?: Record<string, string>) =>
      push('attached', {
        artifactType,
        config: await emptyConfig('application/vnd.oci.empty.v1+json'),
        layers,
        subject,
        ...(annotations && { annotations }),
      })
    await attach('application/vnd.cncf.notary.signature')
    await attach('application/spdx+json')
    await attach('application/vnd.cyclonedx+json')
    await attach('application/x-other')
    await attach('application/vnd.in-toto+json', { 'in-toto.io/predicate-type': 'https://slsa.dev/provenance/v1' })
    await image(`${digest.replace(':', '-')}.sig`)
    const attestation = await push('built', {
      config: await emptyConfig(
        'application/vnd.oci.image.config.v1+json',
        '{"architecture":"unknown","os":"unknown","rootfs":{"type":"layers","diff_ids":[]}}',
      ),
      layers: [await emptyConfig('application/vnd.in-toto+json')],
    })
    const indexType = 'application/vnd.oci.image.index.v1+json'
    await push(
      'multi',
      {
        manifests: [
          { ...subject, platform: { os: 'linux', architecture: 'amd64' } },
          {
            mediaType: imageManifestType,
            ...attestation,
            platform: { os: 'unknown', architecture: 'unknown' },
            annotations: { 'vnd.docker.reference.type': 'attestation-manifest', 'vnd.docker.reference.digest': digest },
          },
        ],
      },
      indexType,
    )
    const { items } = await list({ search: '', withTechnical: 'false' })
    const of = (name: string) => items.find((item) => item.name === name)?.attachments
    expect(of('v1')).toEqual({ signature: 2, sbom: 2, provenance: 1, attestation: 0, other: 1 })
    expect(of('v2')).toEqual({ signature: 0, sbom: 0, provenance: 0, attestation: 0, other: 0 })
    expect(of('multi')).toEqual({ signature: 0, sbom: 0, provenance: 0, attestation: 1, other: 0 })
  })
})

describe('the deletion of several tags', () => {
  const remove = (names: string[], reason?: string) =>
    doors.api.call('POST', operations.deleteTags.path, doors.params, { body: { names, ...(reason && { reason }) } })

  test('leaves out protected ones unless there is a reason, and records each', async () => {
    for (const tag of ['v1', 'v2', 'latest', 'dev']) await image(tag)
    await doors.api.call('PATCH', operations.updateRepository.path, doors.params, {
      body: { immutability: { mode: 'enforce', exemptTags: ['latest', 'dev'] } },
      headers: { 'if-match': '*' },
    })
    const first = await remove(['v1', 'latest', 'gone', 'latest', 'v2'])
    expect(first.json).toEqual({ deletedCount: 1, protectedTags: ['v1', 'v2'], absentTags: ['gone'] })
    expect((await list({ sort: 'name' })).names).toBe('dev v1 v2')
    expect((await remove(['v1'], 'a court order')).json).toMatchObject({ deletedCount: 1, protectedTags: [] })
    const events = await doors.api.call('GET', operations.listRepositoryEvents.path, doors.params, {
      query: '?kind=DELETED',
    })
    expect(events.json.items.map((event) => [event['tag'], event['reason']])).toEqual([
      ['v1', 'a court order'],
      ['latest', null],
    ])
  })

  test('takes at most 500', async () => {
    expect((await remove(Array.from({ length: 501 }, (_, index) => `t${index}`))).status).toBe(400)
  })
})
