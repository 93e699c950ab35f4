import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Answer, type TestRegistry, imageManifestType, startTestRegistry } from '@/lib/testing/test-registry'
import { systemPrincipal } from '@/lib/domain/principal'
import { deleteTag } from '@/lib/registry/tags/delete-tag'
import { digestOf } from '@/lib/storage/hash'

const indexType = 'application/vnd.oci.image.index.v1+json'
const refusal = 'The requested tag already exists and cannot be overwritten.'

let registry: TestRegistry
let close: () => Promise<void>
let counter = 0

beforeAll(async () => ({ registry, close } = await startTestRegistry()))
afterAll(() => close())
beforeEach(() => registry.setImmutable(true))

/** A tag no other test uses. */
function freshTag(prefix = 'v') {
  return `${prefix}${++counter}`
}

function events(tag: string) {
  return registry.ctx.db.prisma.tagEvent.findMany({ where: { tag }, orderBy: { id: 'asc' } })
}

describe('in an immutable repository', () => {
  test('a new tag is taken, another digest for it is refused word for word, and nothing changes', async () => {
    const tag = freshTag()
    const [first, second] = [await registry.image(`${tag} one`), await registry.image(`${tag} two`)]
    expect((await registry.pushManifest(tag, first.bytes)).status).toBe(201)

    const refused = await registry.pushManifest(tag, second.bytes)
    expect(refused.status).toBe(409)
    expect(refused.headers['content-type']).toBe('application/json')
    expect(refused.json).toEqual({
      errors: [
        {
          code: 'DENIED',
          message: refusal,
          detail: {
            reason: 'TAG_IMMUTABLE',
            repository: 'test/example',
            tag,
            currentDigest: first.digest,
            pushedDigest: second.digest,
          },
        },
      ],
    })
    expect(await registry.digestOfTag(tag)).toBe(first.digest)
    expect((await registry.send('HEAD', `/v2/test/example/manifests/${second.digest}`)).status).toBe(404)
    expect((await events(tag)).map((event) => event.kind)).toEqual(['CREATED', 'REFUSED'])
  })

  test('a tag pushed before it became immutable is covered', async () => {
    const tag = freshTag()
    await registry.setImmutable(false)
    await registry.pushManifest(tag, (await registry.image(`${tag} one`)).bytes)
    await registry.setImmutable(true)
    expect((await registry.pushManifest(tag, (await registry.image(`${tag} two`)).bytes)).status).toBe(409)
  })

  test.each([true, false])(
    'the same digest again is accepted and changes nothing, not the time either, and is no event: Immutable %s',
    async (immutable) => {
      await registry.setImmutable(immutable)
      const tag = freshTag()
      const image = await registry.image(tag)
      await registry.pushManifest(tag, image.bytes)
      const before = await registry.ctx.db.prisma.tag.findFirstOrThrow({ where: { name: tag } })
      expect((await registry.pushManifest(tag, image.bytes)).status).toBe(201)
      expect(await registry.ctx.db.prisma.tag.findFirstOrThrow({ where: { name: tag } })).toEqual(before)
      expect(await events(tag)).toHaveLength(1)
    },
  )

  test.each([
    ['latest', 201],
    ['Latest', 409],
    ['LATEST', 409],
    ['latest-1', 409],
    ['latest.', 409],
  ])('a second image as %s answers %i: only these bytes are exempt', async (tag, status) => {
    await registry.pushManifest(tag, (await registry.image(`${tag} ${++counter}`)).bytes)
    const second = await registry.image(`${tag} ${++counter}`)
    expect((await registry.pushManifest(tag, second.bytes)).status).toBe(status)
    expect((await registry.digestOfTag(tag)) === second.digest).toBe(status === 201)
  })

  test('clearing Immutable restores pushes at once', async () => {
    const tag = freshTag()
    await registry.pushManifest(tag, (await registry.image(`${tag} one`)).bytes)
    await registry.setImmutable(false)
    const second = await registry.image(`${tag} two`)
    expect((await registry.pushManifest(tag, second.bytes)).status).toBe(201)
    expect(await registry.digestOfTag(tag)).toBe(second.digest)
    expect((await events(tag)).map((event) => event.kind)).toEqual(['CREATED', 'MOVED'])
  })

  test('a manifest pushed by digest moves no tag', async () => {
    const image = await registry.image(freshTag())
    expect((await registry.pushManifest(image.digest, image.bytes)).status).toBe(201)
  })

  test('one refused tag parameter refuses them all, and none moves', async () => {
    const [taken, free] = [freshTag(), freshTag()]
    await registry.pushManifest(taken, (await registry.image(`${taken} one`)).bytes)
    const image = await registry.image(`${taken} two`)
    const refused = await registry.pushManifest(`${image.digest}?tag=${free}&tag=${taken}`, image.bytes)
    expect(refused.status).toBe(409)
    expect(await registry.digestOfTag(free)).toBeNull()
    expect((await events(free)).length).toBe(0)

    const accepted = await registry.pushManifest(`${image.digest}?tag=${free}&tag=latest`, image.bytes)
    expect(accepted.status).toBe(201)
    expect(accepted.headers['oci-tag']).toBe(`${free}, latest`)
    expect(await registry.digestOfTag(free)).toBe(image.digest)
  })

  test('every refused tag of a push is recorded, not only the first', async () => {
    const [first, second, free] = [freshTag(), freshTag(), freshTag()]
    const taken = await registry.image(`${first} one`)
    await registry.pushManifest(`${taken.digest}?tag=${first}&tag=${second}`, taken.bytes)
    const image = await registry.image(`${first} two`)
    const refused = await registry.pushManifest(`${image.digest}?tag=${second}&tag=${free}&tag=${first}`, image.bytes)
    expect(refused.status).toBe(409)
    for (const tag of [first, second]) {
      expect((await events(tag)).at(-1)).toMatchObject({
        kind: 'REFUSED',
        currentDigest: taken.digest,
        pushedDigest: image.digest,
        reason: 'TAG_IMMUTABLE',
        actor: 'admin',
      })
    }
    expect(await events(free)).toEqual([])
  })

  test('repeated refusals are one entry with a count', async () => {
    const tag = freshTag()
    await registry.pushManifest(tag, (await registry.image(`${tag} one`)).bytes)
    const [second, third] = [await registry.image(`${tag} two`), await registry.image(`${tag} three`)]
    for (const image of [second, second, second, third]) await registry.pushManifest(tag, image.bytes)
    const refused = (await events(tag)).filter((event) => event.kind === 'REFUSED')
    expect(refused.map((event) => [event.pushedDigest, event.count, event.actor])).toEqual([
      [second.digest, 3, 'admin'],
      [third.digest, 1, 'admin'],
    ])
  })
})

describe('deletion in an immutable repository', () => {
  test('a protected tag, and a digest or blob that it reaches, cannot be deleted', async () => {
    const tag = freshTag()
    const image = await registry.image(tag)
    await registry.pushManifest(tag, image.bytes)
    const byTag = await registry.send('DELETE', `/v2/test/example/manifests/${tag}`)
    expect(byTag.status).toBe(409)
    expect(byTag.json.errors?.[0]).toMatchObject({
      code: 'DENIED',
      message: 'The requested tag is immutable and cannot be deleted.',
    })
    const byDigest = await registry.send('DELETE', `/v2/test/example/manifests/${image.digest}`)
    expect(byDigest.status).toBe(409)
    expect(byDigest.json.errors?.[0]).toMatchObject({ code: 'DENIED', detail: { tags: [tag] } })
    const blob = await registry.send('DELETE', `/v2/test/example/blobs/${image.layer}`)
    expect([blob.status, blob.json.errors?.[0]?.code]).toEqual([409, 'DENIED'])
    expect(await registry.digestOfTag(tag)).toBe(image.digest)
  })

  test('a child of a protected index cannot be deleted', async () => {
    const tag = freshTag('index')
    const child = await registry.image(`${tag} child`)
    await registry.pushManifest(child.digest, child.bytes)
    const type = 'application/vnd.oci.image.index.v1+json'
    const index = Buffer.from(
      JSON.stringify({
        schemaVersion: 2,
        mediaType: type,
        manifests: [{ mediaType: imageManifestType, digest: child.digest, size: child.bytes.length }],
      }),
    )
    await registry.pushManifest(tag, index, { headers: { 'content-type': type } })
    const refused = await registry.send('DELETE', `/v2/test/example/manifests/${child.digest}`)
    expect(refused.json.errors?.[0]).toMatchObject({ code: 'DENIED', detail: { tags: [tag] } })
    const blob = await registry.send('DELETE', `/v2/test/example/blobs/${child.layer}`)
    expect(blob.status).toBe(409)
  })

  describe('of referrers', () => {
    const configOf = async (seed: string) => {
      const content = JSON.stringify({ seed })
      const digest = await registry.pushBlob(content)
      return { mediaType: 'application/vnd.oci.empty.v1+json', digest, size: content.length }
    }

    /** Pushes, by digest, an artifact with a subject. */
    async function attach(subject: { digest: string; bytes: Buffer }, seed: string) {
      const blob = await registry.pushBlob(`blob of ${seed}`)
      const manifest = {
        schemaVersion: 2,
        mediaType: imageManifestType,
        config: await configOf(seed),
        layers: [{ mediaType: 'application/x', digest: blob, size: `blob of ${seed}`.length }],
        subject: { mediaType: imageManifestType, digest: subject.digest, size: subject.bytes.length },
      }
      const bytes = Buffer.from(JSON.stringify(manifest))
      const digest = digestOf(bytes)
      expect((await registry.pushManifest(digest, bytes)).status).toBe(201)
      return { bytes, digest, blob }
    }

    const deletes = async (target: string) => {
      const { status, json } = await registry.send('DELETE', `/v2/test/example/${target}`)
      return [status, json.errors?.[0]?.detail?.['tags']]
    }

    test('those of a protected image, at any depth, and their blobs cannot be deleted', async () => {
      const tag = freshTag('signed')
      const image = await registry.image(tag)
      await registry.pushManifest(tag, image.bytes)
      const bill = await attach(image, `${tag} bill`)
      const signature = await attach(bill, `${tag} signature of the bill`)
      for (const { digest, blob } of [bill, signature]) {
        expect(await deletes(`manifests/${digest}`)).toEqual([409, [tag]])
        expect(await deletes(`blobs/${blob}`)).toEqual([409, [tag]])
      }
      await registry.setImmutable(false)
      expect(await deletes(`manifests/${signature.digest}`)).toEqual([202, undefined])
      await registry.setImmutable(true)
      expect(await deletes(`manifests/${bill.digest}`)).toEqual([409, [tag]])
    })

    test('those of a child of a protected index cannot be deleted', async () => {
      const tag = freshTag('index')
      const child = await registry.image(`${tag} child`)
      await registry.pushManifest(child.digest, child.bytes)
      const signature = await attach(child, `${tag} signature`)
      const manifests = [{ mediaType: imageManifestType, digest: child.digest, size: child.bytes.length }]
      const index = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: indexType, manifests }))
      expect(await deletes(`blobs/${signature.blob}`)).toEqual([202, undefined])
      await registry.pushManifest(tag, index, { headers: { 'content-type': indexType } })
      expect(await deletes(`manifests/${signature.digest}`)).toEqual([409, [tag]])
    })

    test('those of an image that no protected tag reaches may go, and those whose tag an administrator deleted', async () => {
      const loose = await registry.image(freshTag('loose'))
      await registry.pushManifest('latest', loose.bytes)
      const signature = await attach(loose, 'signature of latest')
      expect(await deletes(`manifests/${signature.digest}`)).toEqual([202, undefined])
      expect(await deletes(`blobs/${signature.blob}`)).toEqual([202, undefined])
      const absent = await attach({ digest: `sha256:${'7'.repeat(64)}`, bytes: Buffer.alloc(2) }, 'of nothing')
      expect(await deletes(`manifests/${absent.digest}`)).toEqual([202, undefined])

      const tag = freshTag('leaked')
      const image = await registry.image(tag)
      await registry.pushManifest(tag, image.bytes)
      const bill = await attach(image, `${tag} bill`)
      expect(await deletes(`manifests/${bill.digest}`)).toEqual([409, [tag]])
      const { id } = await registry.ctx.db.prisma.repository.findFirstOrThrow({ where: { path: 'test/example' } })
      const reason = { reason: 'leaked key' }
      expect(await deleteTag(registry.ctx, systemPrincipal, id, tag, reason)).not.toBeNull()
      expect(await deletes(`manifests/${bill.digest}`)).toEqual([202, undefined])
    })
  })

  test('what no protected tag reaches may go: a digest, its blobs, latest', async () => {
    const image = await registry.image(freshTag('loose'))
    await registry.pushManifest(image.digest, image.bytes)
    expect((await registry.send('DELETE', `/v2/test/example/manifests/${image.digest}`)).status).toBe(202)
    expect((await registry.send('DELETE', `/v2/test/example/blobs/${image.layer}`)).status).toBe(202)
    await registry.pushManifest('latest', (await registry.image(freshTag('loose'))).bytes)
    expect((await registry.send('DELETE', '/v2/test/example/manifests/latest')).status).toBe(202)
    expect(await registry.digestOfTag('latest')).toBeNull()
  })

  test('in a mutable repository a digest goes with its tags', async () => {
    await registry.setImmutable(false)
    const [one, two] = [freshTag(), freshTag()]
    const image = await registry.image(one)
    await registry.pushManifest(one, image.bytes)
    await registry.pushManifest(two, image.bytes)
    expect((await registry.send('DELETE', `/v2/test/example/manifests/${image.digest}`)).status).toBe(202)
    expect([await registry.digestOfTag(one), await registry.digestOfTag(two)]).toEqual([null, null])
    expect((await events(two)).map((event) => event.kind)).toEqual(['CREATED', 'DELETED'])
  })
})

describe.each([true, false])('preconditions of a push, Immutable %s', (immutable) => {
  beforeEach(() => registry.setImmutable(immutable))

  test('If-None-Match: * takes a new tag and answers 412 for one that is there, even with the same digest', async () => {
    const tag = freshTag()
    const image = await registry.image(tag)
    const headers = { 'if-none-match': '*' }
    expect((await registry.pushManifest(tag, image.bytes, { headers })).status).toBe(201)
    expect((await registry.pushManifest(tag, image.bytes, { headers })).status).toBe(412)
    const other = await registry.image(`${tag} other`)
    expect((await registry.pushManifest(tag, other.bytes, { headers })).status).toBe(412)
    expect(await registry.digestOfTag(tag)).toBe(image.digest)
  })

  test('If-Match moves the tag only from that digest, and makes none', async () => {
    const tag = immutable ? 'latest' : freshTag()
    const [one, two] = [await registry.image(freshTag('one')), await registry.image(freshTag('two'))]
    const absent = { headers: { 'if-match': `"${one.digest}"` } }
    await registry.send('DELETE', `/v2/test/example/manifests/${tag}`)
    expect((await registry.pushManifest(tag, two.bytes, absent)).status).toBe(412)
    expect(await registry.digestOfTag(tag)).toBeNull()
    await registry.pushManifest(tag, one.bytes)
    const wrong = { headers: { 'if-match': `"${two.digest}"` } }
    expect((await registry.pushManifest(tag, two.bytes, wrong)).status).toBe(412)
    const right = { headers: { 'if-match': `"sha256:${'0'.repeat(64)}", "${one.digest}"` } }
    expect((await registry.pushManifest(tag, two.bytes, right)).status).toBe(201)
    expect(await registry.digestOfTag(tag)).toBe(two.digest)
  })

  test('a manifest by digest meets them too', async () => {
    const image = await registry.image(freshTag())
    const headers = { 'if-none-match': '*' }
    expect((await registry.pushManifest(image.digest, image.bytes, { headers })).status).toBe(201)
    expect((await registry.pushManifest(image.digest, image.bytes, { headers })).status).toBe(412)
  })

  test('If-Match is compared with whole digests, by case', async () => {
    const tag = immutable ? 'latest' : freshTag()
    const [one, two] = [await registry.image(freshTag('one')), await registry.image(freshTag('two'))]
    await registry.send('DELETE', `/v2/test/example/manifests/${tag}`)
    await registry.pushManifest(tag, one.bytes)
    const hex = one.digest.slice('sha256:'.length)
    for (const [ifMatch, status] of [
      [`"x${one.digest}x"`, 400],
      [`"${one.digest} ${two.digest}"`, 400],
      [`"${one.digest.toUpperCase()}"`, 400],
      [`"sha256:${hex.toUpperCase()}"`, 400],
      [`"sha512:${hex}${hex}"`, 412],
      [`"%"`, 400],
      [`"${'_'.repeat(71)}"`, 400],
      [`W/"${one.digest}"`, 400],
    ] as const) {
      const answer = await registry.pushManifest(tag, two.bytes, { headers: { 'if-match': ifMatch } })
      expect([ifMatch, answer.status]).toEqual([ifMatch, status])
      expect(await registry.digestOfTag(tag)).toBe(one.digest)
    }
    const several = `, "sha256:${'0'.repeat(64)}",,"${one.digest}" ,"${one.digest}"`
    expect((await registry.pushManifest(tag, two.bytes, { headers: { 'if-match': several } })).status).toBe(201)
  })

  test.each([
    { 'if-match': 'sha256:abc' },
    { 'if-match': '' },
    { 'if-match': ' , ' },
    { 'if-match': '""' },
    { 'if-match': `*, "sha256:${'0'.repeat(64)}"` },
    { 'if-none-match': '"x"' },
    { 'if-none-match': '' },
    { 'if-none-match': '*, *' },
    { 'if-none-match': `"sha256:${'0'.repeat(64)}"` },
    { 'if-match': '*', 'if-none-match': '*' },
  ])('%o is not understood, so nothing is written', async (headers) => {
    const tag = freshTag()
    expect((await registry.pushManifest(tag, (await registry.image(tag)).bytes, { headers })).status).toBe(400)
    expect(await registry.digestOfTag(tag)).toBeNull()
  })
})

test.each([{ 'if-match': 'v1' }, { 'if-none-match': '*' }, { 'if-none-match': `"sha256:${'0'.repeat(64)}"` }])(
  'a deletion takes no other precondition than If-Match with digests: with %o nothing is deleted',
  async (headers) => {
    await registry.setImmutable(false)
    const tag = freshTag()
    const image = await registry.image(tag)
    await registry.pushManifest(tag, image.bytes)
    for (const path of [`manifests/${tag}`, `manifests/${image.digest}`, `blobs/${image.layer}`]) {
      expect((await registry.send('DELETE', `/v2/test/example/${path}`, { headers })).status).toBe(400)
      expect((await registry.send('HEAD', `/v2/test/example/${path}`)).status).toBe(200)
    }
  },
)

test('a true If-Match does not open an immutable tag', async () => {
  const tag = freshTag()
  const [one, two] = [await registry.image(`${tag} one`), await registry.image(`${tag} two`)]
  await registry.pushManifest(tag, one.bytes)
  const refused = await registry.pushManifest(tag, two.bytes, { headers: { 'if-match': `"${one.digest}"` } })
  expect(refused.status).toBe(409)
})

describe('signature tags of cosign and the referrers fallback are append-only', () => {
  async function signatures(tag: string, layers: string[]) {
    // A config of its own each time, as cosign makes it: only layers must stay.
    const config = Buffer.from(JSON.stringify({ layers }))
    const manifest = {
      schemaVersion: 2,
      mediaType: imageManifestType,
      config: {
        mediaType: 'application/vnd.oci.image.config.v1+json',
        digest: await registry.pushBlob(config),
        size: config.length,
      },
      layers: await Promise.all(
        layers.map(async (layer) => ({
          mediaType: 'application/vnd.dev.cosign.simplesigning.v1+json',
          digest: await registry.pushBlob(layer),
          size: layer.length,
        })),
      ),
    }
    return registry.pushManifest(tag, Buffer.from(JSON.stringify(manifest)))
  }

  test.each(['', '.sig', '.att', '.sbom'])('sha256-<hex>%s may gain layers and lose none', async (suffix) => {
    const tag = `sha256-${digestOf(Buffer.from(suffix)).slice(7)}${suffix}`
    expect((await signatures(tag, ['one'])).status).toBe(201)
    expect((await signatures(tag, ['one', 'two'])).status).toBe(201)
    const refused = await signatures(tag, ['two'])
    expect([refused.status, refused.json.errors?.[0]]).toMatchObject([
      409,
      {
        code: 'DENIED',
        message:
          'The requested tag changed meanwhile, and this push would remove entries from it. Nothing was overwritten: sign again.',
        detail: { reason: 'TAG_APPEND_ONLY', tag },
      },
    ])
    expect((await signatures(tag, ['three'])).status).toBe(409)
    const event = await registry.ctx.db.prisma.tagEvent.findFirst({ where: { tag, kind: 'REFUSED' } })
    expect(event?.reason).toBe('TAG_APPEND_ONLY')
    expect((await signatures(tag, ['two', 'three', 'one'])).status).toBe(201)
    expect((await registry.send('DELETE', `/v2/test/example/manifests/${tag}`)).status).toBe(409)
  })

  const hex = (seed: string) => digestOf(Buffer.from(seed)).slice(7)
  const configType = 'application/vnd.oci.image.config.v1+json'

  /** An image of signatures; each layer is a payload, with the annotations of its signature. */
  async function signed(layers: readonly (readonly [payload: string, signature?: string])[], fields: object = {}) {
    const config = JSON.stringify({ layers })
    return {
      schemaVersion: 2,
      mediaType: imageManifestType,
      config: { mediaType: configType, digest: await registry.pushBlob(config), size: config.length },
      layers: await Promise.all(
        layers.map(async ([payload, signature]) => ({
          mediaType: 'application/vnd.dev.cosign.simplesigning.v1+json',
          digest: await registry.pushBlob(payload),
          size: payload.length,
          ...(signature !== undefined && { annotations: { 'dev.cosignproject.cosign/signature': signature } }),
        })),
      ),
      ...fields,
    }
  }

  function push(tag: string, manifest: { readonly mediaType: string }) {
    const headers = { 'content-type': manifest.mediaType }
    return registry.pushManifest(tag, Buffer.from(JSON.stringify(manifest)), { headers })
  }

  const other = { mediaType: 'application/x', digest: digestOf(Buffer.from('{}')), size: 2 }
  const two = [
    ['payload', 'one'],
    ['payload', 'two'],
  ] as const

  test.each<[what: string, kept: boolean, layers: Parameters<typeof signed>[0], fields?: object]>([
    ['a third signature over the same payload', true, [...two, ['payload', 'three']]],
    [
      'the signatures in another order, with one more',
      true,
      [
        ['payload', 'two'],
        ['more', 'x'],
        ['payload', 'one'],
      ],
    ],
    ['only one of two signatures over one payload', false, [['payload', 'one']]],
    [
      'one of the two, twice',
      false,
      [
        ['payload', 'one'],
        ['payload', 'one'],
      ],
    ],
    [
      'other signatures',
      false,
      [
        ['payload', 'evil'],
        ['payload', 'two'],
      ],
    ],
    ['no signatures', false, [['payload'], ['payload'], ['payload']]],
    ['another type of config', false, two, { config: other }],
    ['an artifact type', false, two, { artifactType: 'application/x' }],
    ['a subject', false, two, { subject: other }],
    ['a Docker manifest', false, two, { mediaType: 'application/vnd.docker.distribution.manifest.v2+json' }],
  ])('a tag with two signatures, pushed with %s: moved %s', async (what, kept, layers, fields) => {
    await registry.pushBlob('{}')
    const tag = `sha256-${hex(what)}.sig`
    expect((await push(tag, await signed(two))).status).toBe(201)
    expect((await push(tag, await signed(layers, fields))).status).toBe(kept ? 201 : 409)
  })

  test('a tag without layers gains some, and is replaced by nothing else', async () => {
    await registry.pushBlob('{}')
    const tag = `sha256-${hex('empty')}.att`
    expect((await push(tag, await signed([]))).status).toBe(201)
    expect((await push(tag, await signed([['payload', 'one']], { config: other }))).status).toBe(409)
    expect((await push(tag, { mediaType: indexType, schemaVersion: 2, manifests: [] } as never)).status).toBe(409)
    expect((await push(tag, await signed([['payload', 'one']]))).status).toBe(201)
  })

  test('the index of the referrers fallback gains children and changes none', async () => {
    const tag = `sha256-${hex('fallback')}`
    const child = (letter: string, fields: object = {}) => ({
      ...{ mediaType: imageManifestType, digest: `sha256:${letter.repeat(64)}`, size: 2 },
      ...{ artifactType: 'application/x', annotations: { created: 'today' }, ...fields },
    })
    const index = (manifests: object[]) => ({ schemaVersion: 2, mediaType: indexType, manifests })
    expect((await push(tag, index([]))).status).toBe(201)
    expect((await push(tag, index([child('a')]))).status).toBe(201)
    expect((await push(tag, index([child('a'), child('b')]))).status).toBe(201)
    expect((await push(tag, index([child('a', { artifactType: 'application/y' }), child('b')]))).status).toBe(409)
    expect((await push(tag, index([child('a', { annotations: {} }), child('b')]))).status).toBe(409)
    expect((await push(tag, index([child('b')]))).status).toBe(409)
  })

  test('a tag that only looks like one is frozen', async () => {
    const tag = `sha256-${'a'.repeat(63)}.sig`
    expect((await signatures(tag, ['one'])).status).toBe(201)
    expect((await signatures(tag, ['one', 'two'])).status).toBe(409)
  })
})

describe('the name of a deleted immutable tag', () => {
  /** As an administrator's deletion of the tag leaves it, in this repository or in a former one of its path. */
  async function reserve(tag: string, digest: string, repositoryId?: string) {
    const { id, instanceId } = await registry.ctx.db.prisma.repository.findFirstOrThrow({
      where: { path: 'test/example' },
    })
    const reserved = { instanceId, repositoryPath: 'test/example', repositoryId: repositoryId ?? id, tag, digest }
    await registry.ctx.db.prisma.tombstone.create({ data: { ...reserved, reason: 'leak', createdBy: 'admin' } })
  }

  test('another digest that was pushed while Immutable was cleared ends the reservation, and the ledger has it', async () => {
    const tag = freshTag()
    const [one, two, three] = [
      ...[await registry.image(`${tag} one`), await registry.image(`${tag} two`), await registry.image(`${tag} three`)],
    ] as const
    await reserve(tag, one.digest)
    await registry.setImmutable(false)
    expect((await registry.pushManifest(tag, two.bytes)).status).toBe(201)
    await registry.setImmutable(true)
    expect((await registry.pushManifest(tag, two.bytes)).status).toBe(201)
    expect((await registry.pushManifest(tag, one.bytes)).status).toBe(409)
    const reason = `the name was reserved for ${one.digest} before`
    expect(await events(tag)).toMatchObject([
      { kind: 'CREATED', pushedDigest: two.digest, reason },
      { kind: 'REFUSED', pushedDigest: one.digest, reason: 'TAG_IMMUTABLE' },
    ])

    await registry.setImmutable(false)
    await registry.send('DELETE', `/v2/test/example/manifests/${tag}`)
    await registry.setImmutable(true)
    expect((await registry.pushManifest(tag, three.bytes)).status).toBe(201)
  })

  test.each([true, false])(
    'is reserved in a repository of the same path that was made later, even over a push of its former digest: Immutable %s',
    async (immutable) => {
      const tag = freshTag()
      const [one, two] = [await registry.image(`${tag} one`), await registry.image(`${tag} two`)]
      await reserve(tag, one.digest, 'crr-former')
      await registry.setImmutable(immutable)
      const reasonOf = ({ json }: { json: Answer['json'] }) => json.errors?.[0]?.detail?.['reason']
      expect(reasonOf(await registry.pushManifest(tag, two.bytes))).toBe('TAG_RESERVED')
      expect((await registry.pushManifest(tag, one.bytes)).status).toBe(201)
      expect(reasonOf(await registry.pushManifest(tag, two.bytes))).toBe(immutable ? 'TAG_IMMUTABLE' : 'TAG_RESERVED')
      expect((await registry.pushManifest(tag, one.bytes)).status).toBe(201)

      await registry.setImmutable(false)
      expect((await registry.send('DELETE', `/v2/test/example/manifests/${tag}`)).status).toBe(202)
      expect(reasonOf(await registry.pushManifest(tag, two.bytes))).toBe('TAG_RESERVED')
      expect((await registry.pushManifest(tag, one.bytes)).status).toBe(201)
    },
  )

  test('returns with its former digest only, and with any once Immutable is cleared', async () => {
    const tag = freshTag()
    const [one, two] = [await registry.image(`${tag} one`), await registry.image(`${tag} two`)]
    await reserve(tag, one.digest)
    const refused = await registry.pushManifest(tag, two.bytes)
    expect([refused.status, refused.json.errors?.[0]?.code]).toEqual([409, 'DENIED'])
    expect((await registry.pushManifest(tag, one.bytes)).status).toBe(201)
    await registry.setImmutable(false)
    expect((await registry.pushManifest(tag, two.bytes)).status).toBe(201)
    // The tag is there again: the same digest changes nothing, whatever its name was reserved for.
    await registry.setImmutable(true)
    expect((await registry.pushManifest(tag, two.bytes)).status).toBe(201)
    expect((await registry.pushManifest(tag, one.bytes)).status).toBe(409)
  })
})
