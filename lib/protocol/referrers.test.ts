import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { digestOf } from '@/lib/storage/hash'
import { type TestRegistry, imageManifestType, startTestRegistry, codeOf } from '@/lib/testing/test-registry'

let registry: TestRegistry
let close: () => Promise<void>

beforeAll(async () => ({ registry, close } = await startTestRegistry()))
afterAll(() => close())

describe('referrers', () => {
  const subject = `sha256:${'5'.repeat(64)}`
  const url = `/v2/test/example/referrers/${subject}`

  /** Pushes an artifact about `subject`, which need not exist. */
  async function attach(artifactType: string, annotations: Record<string, unknown>, digestOfSubject = subject) {
    const image = JSON.parse((await registry.image(artifactType)).bytes.toString()) as Record<string, unknown>
    const bytes = Buffer.from(
      JSON.stringify({
        ...image,
        artifactType,
        annotations,
        subject: { mediaType: imageManifestType, digest: digestOfSubject, size: 9 },
      }),
    )
    const digest = digestOf(bytes)
    const answer = await registry.pushManifest(digest, bytes)
    expect([answer.status, answer.headers['oci-subject']]).toEqual([201, digestOfSubject])
    return { mediaType: imageManifestType, digest, size: bytes.length, artifactType }
  }

  /** Pushes an image that names no subject, as tools did before there were subjects. */
  async function plain(content: string) {
    const { bytes, digest } = await registry.image(content)
    await registry.pushManifest(digest, bytes)
    const artifactType = 'application/vnd.oci.image.config.v1+json'
    return { mediaType: imageManifestType, digest, size: bytes.length, artifactType }
  }

  async function pushIndex(tag: string, manifests: object[]) {
    const type = 'application/vnd.oci.image.index.v1+json'
    const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: type, manifests }))
    expect((await registry.pushManifest(tag, bytes, { headers: { 'content-type': type } })).status).toBe(201)
  }

  test('are none for what nobody refers to, also in a repository that does not exist', async () => {
    for (const path of [`/v2/test/example/referrers/sha256:${'6'.repeat(64)}`, `/v2/test/none/referrers/${subject}`]) {
      const answer = await registry.send('GET', path)
      expect([answer.status, answer.headers['content-type'], answer.json['manifests']]).toEqual([
        200,
        'application/vnd.oci.image.index.v1+json',
        [],
      ])
    }
    expect(codeOf(await registry.send('GET', '/v2/test/example/referrers/latest'))).toEqual([400, 'DIGEST_INVALID'])
  })

  test('are listed with type and annotations, filtered, and gone once deleted', async () => {
    const signature = await attach('application/signature', { by: 'li.na' })
    const bill = await attach('application/bill', {})
    const odd = await attach('application/odd', { nested: {} })
    const all = await registry.send('GET', url)
    expect(all.json['manifests']).toEqual(
      [{ ...signature, annotations: { by: 'li.na' } }, bill, odd].sort((a, b) => (a.digest < b.digest ? -1 : 1)),
    )
    const filtered = await registry.send('GET', `${url}?artifactType=application/bill`)
    expect(filtered.headers['oci-filters-applied']).toBe('artifactType')
    expect(filtered.json['manifests']).toEqual([bill])
    await registry.send('DELETE', `/v2/test/example/manifests/${bill.digest}`)
    expect((await registry.send('GET', `${url}?artifactType=application/bill`)).json['manifests']).toEqual([])
  })

  test('that name no subject come from the index under the referrers tag, once each and while they exist', async () => {
    const about = `sha512:${'8'.repeat(128)}`
    const tag = `sha512-${'8'.repeat(64)}`
    const list = `/v2/test/example/referrers/${about}`
    const named = await attach('application/named', { from: 'manifest' }, about)
    const [old, older, stranger] = [await plain('old'), await plain('older'), await attach('application/other', {})]
    const missing = { mediaType: imageManifestType, digest: `sha256:${'9'.repeat(64)}`, size: 9 }
    const annotations = { from: 'index' }
    await pushIndex(tag, [{ ...named, annotations }, old, { ...older, annotations }, missing, stranger])

    const sorted = <T extends { digest: string }>(entries: T[]) =>
      entries.sort((a, b) => (a.digest < b.digest ? -1 : 1))
    const all = [{ ...named, annotations: { from: 'manifest' } }, old, { ...older, annotations }]
    expect((await registry.send('GET', list)).json['manifests']).toEqual(sorted(all))
    const ofType = async (type: string) => {
      const answer = await registry.send('GET', `${list}?artifactType=${encodeURIComponent(type)}`)
      return answer.json['manifests']
    }
    expect(await ofType(old.artifactType)).toEqual(sorted([old, { ...older, annotations }]))
    expect(await ofType('application/named')).toEqual([{ ...named, annotations: { from: 'manifest' } }])
    const after = all[1]?.digest ?? ''
    expect((await registry.send('GET', `${list}?last=${after}`)).json['manifests']).toEqual(all.slice(2))

    await registry.send('DELETE', `/v2/test/example/manifests/${old.digest}`)
    await pushIndex(tag, [old])
    expect((await registry.send('GET', list)).json['manifests']).toEqual([
      all.find((entry) => entry.digest === named.digest),
    ])
    const image = await registry.image('no index')
    await registry.pushManifest(tag, image.bytes)
    expect((await registry.send('GET', list)).json['manifests']).toHaveLength(1)
  })

  test('that an index lists with several descriptors come once', async () => {
    const about = `sha256:${'4'.repeat(64)}`
    const child = await plain('listed twice')
    await pushIndex(about.replace(':', '-'), [child, { ...child, annotations: { from: 'index' } }, child])
    const { json } = await registry.send('GET', `/v2/test/example/referrers/${about}`)
    expect(json['manifests']).toMatchObject([{ digest: child.digest }])
  })

  test('of both kinds come in one order through all pages', async () => {
    const { id: repositoryId } = await registry.ctx.db.prisma.repository.findFirstOrThrow({
      where: { path: 'test/example' },
    })
    const about = `sha256:${'d'.repeat(64)}`
    const digests = Array.from({ length: 2100 }, (_, index) => `sha256:${String(index).padStart(60, '0')}dddd`)
    await registry.ctx.db.prisma.manifest.createMany({
      data: digests.map((digest, index) => ({
        repositoryId,
        digest,
        mediaType: imageManifestType,
        subjectDigest: index % 2 === 0 ? about : null,
        content: new Uint8Array(),
        sizeBytes: 0,
        totalSizeBytes: 0,
        platforms: '',
        pushedBy: 'admin',
      })),
    })
    await pushIndex(
      about.replace(':', '-'),
      digests.map((digest) => ({ mediaType: imageManifestType, digest, size: 0 })),
    )
    const listed: string[] = []
    let next = `/v2/test/example/referrers/${about}`
    while (next !== '') {
      const { json, headers } = await registry.send('GET', next)
      listed.push(...(json['manifests'] as { digest: string }[]).map(({ digest }) => digest))
      next = /^<([^>]+)>; rel="next"$/.exec(String(headers.link))?.[1] ?? ''
    }
    expect(listed).toEqual(digests)
  })

  test('with large texts come a few in a page, of both kinds in one order', async () => {
    const { id: repositoryId } = await registry.ctx.db.prisma.repository.findFirstOrThrow({
      where: { path: 'test/example' },
    })
    const about = `sha256:${'e'.repeat(64)}`
    const digests = Array.from({ length: 12 }, (_, index) => `sha256:${String(index).padStart(60, '0')}eeee`)
    const mebibyte = 1024 * 1024
    await registry.ctx.db.prisma.manifest.createMany({
      data: digests.map((digest, index) => ({
        repositoryId,
        digest,
        mediaType: imageManifestType,
        subjectDigest: index % 2 === 0 ? about : null,
        annotations:
          index % 2 === 0 ? JSON.stringify({ note: 'x'.repeat(index === 0 ? 4 * mebibyte : mebibyte) }) : null,
        artifactType: index % 2 === 0 ? null : `application/${'y'.repeat(mebibyte / 2)}`,
        content: new Uint8Array(),
        sizeBytes: 0,
        totalSizeBytes: 0,
        platforms: '',
        pushedBy: 'admin',
      })),
    })
    const children = digests.map((digest) => ({ mediaType: imageManifestType, digest, size: 0 }))
    await pushIndex(about.replace(':', '-'), children)
    const pages: string[][] = []
    for (let next = `/v2/test/example/referrers/${about}`; next !== '';) {
      const { json, headers, body } = await registry.send('GET', next)
      const manifests = json['manifests'] as { digest: string; annotations?: { note: string } }[]
      expect(manifests.length).toBeGreaterThan(0)
      if (manifests.length > 1) expect(body.length).toBeLessThan(4 * mebibyte)
      pages.push(manifests.map(({ digest }) => digest))
      next = /^<([^>]+)>; rel="next"$/.exec(String(headers.link))?.[1] ?? ''
    }
    expect(pages.flat()).toEqual(digests)
    expect(pages.length).toBeGreaterThan(4)

    // A large index would be read with each page: its annotations are left out.
    const annotated = (note: string) => pushIndex(about.replace(':', '-'), [{ ...children[1], annotations: { note } }])
    const shown = async () => {
      const { json } = await registry.send('GET', `/v2/test/example/referrers/${about}?last=${digests[0] ?? ''}`)
      return (json['manifests'] as { annotations?: { note: string } }[])[0]?.annotations?.note.length
    }
    await annotated('short')
    expect(await shown()).toBe(5)
    await annotated('z'.repeat(600 * 1024))
    expect(await shown()).toBeUndefined()
  })

  test('of a type with control characters are not asked for', async () => {
    expect((await registry.send('GET', `${url}?artifactType=a%00b`)).status).toBe(400)
    expect((await registry.send('GET', `/v2/test/none/referrers/${subject}?artifactType=%0A`)).status).toBe(400)
    expect((await registry.send('GET', `${url}?last=%00`)).status).toBe(200)
  })

  test('come in pages that lead to each other', async () => {
    const { id: repositoryId } = await registry.ctx.db.prisma.repository.findFirstOrThrow({
      where: { path: 'test/example' },
    })
    const many = `sha256:${'7'.repeat(64)}`
    await registry.ctx.db.prisma.manifest.createMany({
      data: Array.from({ length: 1001 }, (_, index) => ({
        repositoryId,
        digest: `sha256:${String(index).padStart(64, '0')}`,
        mediaType: imageManifestType,
        subjectDigest: many,
        content: new Uint8Array(),
        sizeBytes: 0,
        totalSizeBytes: 0,
        platforms: '',
        pushedBy: 'admin',
      })),
    })
    const first = await registry.send('GET', `/v2/test/example/referrers/${many}`)
    const next = /^<([^>]+)>; rel="next"$/.exec(String(first.headers.link))?.[1] ?? ''
    const second = await registry.send('GET', next)
    const digests = [first, second].map(({ json }) => (json['manifests'] as { digest: string }[]).map((m) => m.digest))
    expect(digests.map((page) => page.length)).toEqual([1000, 1])
    expect(new Set(digests.flat()).size).toBe(1001)
    expect(second.headers.link).toBeUndefined()
  })
})

test('a push by digest takes ten tag parameters, and names each that it took', async () => {
  const image = await registry.image('ten tags')
  const tags = Array.from({ length: 11 }, (_, index) => `ten-${index}`)
  const push = (count: number) => {
    const query = tags.slice(0, count).map((tag) => `tag=${tag}`)
    return registry.pushManifest(`${image.digest}?${query.join('&')}`, image.bytes)
  }
  expect(codeOf(await push(11))).toEqual([414, 'UNSUPPORTED'])
  expect(await registry.digestOfTag('ten-0')).toBeNull()
  const taken = await push(10)
  expect([taken.status, String(taken.headers['oci-tag']).split(/, */)]).toEqual([201, tags.slice(0, 10)])
  for (const tag of tags.slice(0, 10)) expect(await registry.digestOfTag(tag)).toBe(image.digest)
})
