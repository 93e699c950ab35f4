import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  cosignAttestation,
  cosignBundle,
  cosignSbom,
  cosignSignature,
  notationSignature,
  sbomReferrer,
  slsaProvenance,
} from '@/e2e/content/attached'
import { image, multiPlatformImage } from '@/e2e/content/images'
import {
  type Pushable,
  descriptorOfManifest,
  digestOf,
  emptyConfig,
  indexOf,
  manifestOf,
  pushAll,
} from '@/e2e/content/pushable'
import { attachmentPage } from '@/lib/api/schemas/manifests'
import { holdMaxMs, leastHold } from '@/lib/testing/event-loop'
import { type TestDoors, openTestDoors } from '@/lib/testing/test-doors'

let doors: TestDoors

beforeAll(async () => {
  doors = await openTestDoors()
  await doors.api.ctx.db.prisma.namespace.updateMany({ data: { acceptSparseManifests: true } })
})
afterAll(() => doors.close())

const push = (content: readonly Pushable[], leaveOut?: readonly string[]) =>
  pushAll((...request) => doors.registry.send(...request), 'test/example', content, leaveOut)

const path = '/repositories/{repositoryId}/manifests/{digest}/attachments'

async function page({ digest }: Pick<Pushable, 'digest'>, query = '?pageSize=100') {
  const { status, json } = await doors.api.call('GET', path, { ...doors.params, digest }, { query })
  expect(status).toBe(200)
  return attachmentPage.parse(json)
}

async function countOf({ digest }: Pick<Pushable, 'digest'>): Promise<unknown> {
  const template = '/repositories/{repositoryId}/manifests/{digest}'
  return (await doors.api.call('GET', template, { ...doors.params, digest })).json['referrerCount']
}

test('an image shows what names it as subject, then what technical tags attach', async () => {
  const subject = image({ tag: 'signed' })
  const content = [
    ...[cosignSignature, cosignAttestation, cosignSbom, cosignBundle, notationSignature, slsaProvenance].map((make) =>
      make(subject),
    ),
    ...(['SPDX', 'CycloneDX'] as const).map((format) => sbomReferrer(subject, format)),
  ]
  await push([subject, image({ tag: `${subject.digest.replace(':', '-')}-not-technical`, version: '2' }), ...content])
  const { items, totalCount } = await page(subject)
  const shown = items.map(({ kind, format, origin, tag }) => [kind, format, origin, tag?.slice(-5) ?? null])
  expect(shown.slice(0, 5)).toEqual(
    expect.arrayContaining([
      ['signature', 'cosign', 'subject', null],
      ['signature', 'Notary Project', 'subject', null],
      ['provenance', 'SLSA', 'subject', null],
      ['sbom', 'SPDX', 'subject', null],
      ['sbom', 'CycloneDX', 'subject', null],
    ]),
  )
  const hex = subject.digest.slice(-1)
  expect(shown.slice(5)).toEqual([
    ['provenance', 'SLSA', 'tag', `${hex}.att`],
    ['sbom', 'SPDX', 'tag', '.sbom'],
    ['signature', 'cosign', 'tag', `${hex}.sig`],
  ])
  expect([totalCount, await countOf(subject)]).toEqual([8, 8])
  expect(items.find(({ format }) => format === 'CycloneDX')).toMatchObject({
    pushedBy: 'admin',
    annotations: { totalCount: 1 },
    files: {
      totalCount: 1,
      items: [{ title: 'bom.cdx.json', mediaType: 'application/vnd.cyclonedx+json', isPresent: true }],
    },
  })
})

test('attestations of BuildKit belong to the index, and each to its image', async () => {
  const { all, index, images, attestations } = multiPlatformImage('multi', { version: 'multi' })
  await push(all)
  expect((await page(index)).items.map(({ digest }) => digest)).toEqual(attestations.map(({ digest }) => digest).sort())
  for (const [at, child] of images.entries()) {
    const { items, totalCount } = await page(child)
    expect(items).toMatchObject([
      { digest: attestations[at]?.digest, kind: 'attestation', format: 'in-toto', origin: 'index', tag: null },
    ])
    expect(items[0]?.files.totalCount).toBe(2)
    expect([totalCount, await countOf(child)]).toEqual([1, 1])
  }
})

test('the index of the referrers tag schema attaches what names no subject', async () => {
  const subject = image({ version: 'fallback' })
  const attached = manifestOf(emptyConfig, [], { artifactType: 'application/spdx+json' })
  const tag = subject.digest.replace(':', '-')
  await push([subject, attached, indexOf([descriptorOfManifest(attached)], tag)])
  expect((await page(subject)).items).toMatchObject([{ digest: attached.digest, kind: 'sbom', origin: 'tag', tag }])
})

test('what is attached in several ways is listed once', async () => {
  const { images, index, attestations } = multiPlatformImage('several', { version: 'several' })
  const [subject, attestation] = [images[0], attestations[0]]
  if (subject === undefined || attestation === undefined) throw new Error('no image')
  const referrer = { ...sbomReferrer(subject, 'SPDX'), tag: `${subject.digest.replace(':', '-')}.sbom` }
  const tagged = { ...attestation, tag: `${subject.digest.replace(':', '-')}.att` }
  await push([...images, ...attestations, tagged, index, referrer])
  expect((await page(subject)).items.map(({ digest, origin }) => [digest, origin])).toEqual([
    [referrer.digest, 'subject'],
    [attestation.digest, 'tag'],
  ])
})

test('leads there and back in pages', async () => {
  const { images, index, attestations } = multiPlatformImage('paged', { version: 'paged' })
  const [subject] = images
  if (subject === undefined) throw new Error('no image')
  await push([
    ...[...images, ...attestations, index, cosignSignature(subject), cosignAttestation(subject)],
    ...[notationSignature(subject), sbomReferrer(subject, 'SPDX'), sbomReferrer(subject, 'CycloneDX')],
  ])
  const all = (await page(subject)).items.map(({ digest }) => digest)
  expect(all).toHaveLength(6)
  for (const pageSize of [1, 2, 4, 5]) {
    const pages = [await page(subject, `?pageSize=${pageSize}`)]
    for (let last = pages[0]; last?.nextCursor; last = pages.at(-1)) {
      pages.push(await page(subject, `?pageSize=${pageSize}&cursor=${last.nextCursor}`))
    }
    const digests = pages.map(({ items }) => items.map(({ digest }) => digest))
    expect(digests.flat()).toEqual(all)
    for (let at = pages.length - 1; at > 0; at--) {
      const before = await page(subject, `?pageSize=${pageSize}&cursor=${pages[at]?.previousCursor}`)
      expect(before.items.map(({ digest }) => digest)).toEqual(digests[at - 1])
    }
  }
  for (const cursor of ['x', Buffer.from('["attachment","x","y"]').toString('base64url')]) {
    const query = `?cursor=${cursor}`
    const { status, json } = await doors.api.call('GET', path, { ...doors.params, digest: subject.digest }, { query })
    expect([status, json.code]).toEqual([400, 'PAGE_INVALID'])
  }
})

describe('whatever a pusher wrote', () => {
  test('an attachment is cut, with the number of its files', async () => {
    const subject = image({ version: 'hostile' })
    const layers = Array.from({ length: 500 }, (_, at) => ({
      ...{ mediaType: 'application/x', bytes: Buffer.from(String(at)) },
      annotations: { 'org.opencontainers.image.title': `../../${'x'.repeat(400)}` },
    }))
    const leaveOut = layers.map(({ bytes }) => digestOf(bytes))
    const fields = { subject: descriptorOfManifest(subject) }
    const long = manifestOf(emptyConfig, layers, { ...fields, annotations: { long: 'x'.repeat(100_000) } })
    const larger = manifestOf(emptyConfig, layers, { ...fields, annotations: { long: 'x'.repeat(600_000) } })
    const damaged = manifestOf(emptyConfig, layers, { ...fields, artifactType: 'application/spdx+json' })
    await push([subject, long, larger, damaged], leaveOut)
    const { digest } = damaged
    await doors.api.ctx.db.prisma.manifest.updateMany({ where: { digest }, data: { content: Buffer.from('{') } })
    const { items } = await page(subject)
    const found = (of: Pushable) => items.find((item) => item.digest === of.digest)
    expect(found(long)?.files).toMatchObject({ totalCount: 500 })
    expect(found(long)?.files.items[0]).toMatchObject({ isPresent: false })
    expect(JSON.stringify(found(long)).length).toBeLessThan(20_000)
    for (const of of [larger, damaged]) expect(found(of)?.files).toEqual({ items: [], totalCount: 500 })
    expect(found(damaged)?.kind).toBe('sbom')
  })

  test('a page of large attachments does not hold up other requests', { timeout: 120_000 }, async () => {
    const subject = image({ version: 'many' })
    const large = Array.from({ length: 50 }, (_, at) =>
      manifestOf(emptyConfig, [], {
        subject: descriptorOfManifest(subject),
        annotations: Object.fromEntries(Array.from({ length: 900 }, (_, name) => [`${at} ${name}`, 'x'.repeat(500)])),
      }),
    )
    await push([subject, ...large])
    const hold = await leastHold(() => Promise.resolve(() => page(subject)))
    expect(hold).toBeLessThan(holdMaxMs)
  })
})
