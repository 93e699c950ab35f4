import { randomUUID } from 'node:crypto'
import { readFile, utimes, writeFile } from 'node:fs/promises'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Digest } from '@/lib/domain/digest'
import { listBlobs, listLinks, removeBlobs, removeLinks } from '@/lib/metadata/garbage'
import { lockRepositoryExclusively } from '@/lib/metadata/repositories'
import { type TestRegistry, startTestRegistry } from '@/lib/testing/test-registry'
import { blobPath, uploadPath } from '@/lib/storage/filesystem/filesystem-layout'
import { digestOf } from '@/lib/storage/hash'
import { type CollectionOptions, collectGarbage } from './collect-garbage'
import { TestRun, age, ageBytes, longAgo } from '@/lib/testing/test-run'

const name = 'test/example'
const hour = 3600

let registry: TestRegistry
let close: () => Promise<void>

beforeEach(async () => ({ registry, close } = await startTestRegistry()))
afterEach(async () => {
  vi.restoreAllMocks()
  await close()
})

async function collect(options: Partial<CollectionOptions> = {}) {
  const run = new TestRun()
  await collectGarbage(registry.ctx, { graceSeconds: hour, isDryRun: false, ...options }, run)
  const { examinedBlobs: _blobs, examinedBytes: _bytes, ...removed } = run.counts
  return removed
}

async function statusOf(digest: string, repository = name): Promise<number> {
  return (await registry.send('GET', `/v2/${repository}/blobs/${digest}`)).status
}

function hasBytes(digest: string): Promise<boolean> {
  return registry.ctx.blobs.stat(digest as Digest).then((size) => size !== null)
}

async function makeRepository(path: string): Promise<void> {
  const { id: _id, ...template } = await registry.ctx.db.prisma.repository.findFirstOrThrow({ where: { path: name } })
  await registry.ctx.db.prisma.repository.create({
    data: { ...template, id: randomUUID(), path, name: path.slice('test/'.length) },
  })
}

describe('what nobody needs and nobody has seen for long', () => {
  test('goes: the link, the blob and its bytes; what a manifest names stays', async () => {
    const garbage = await registry.pushBlob('garbage')
    const image = await registry.image('image')
    await registry.pushManifest('v1', image.bytes)
    await age(registry.ctx)

    expect(await collect()).toEqual({ removedLinks: 1, removedBlobs: 1, removedBytes: 7 })
    expect([await statusOf(garbage), await hasBytes(garbage)]).toEqual([404, false])
    expect(await statusOf(image.layer)).toBe(200)
    expect(await registry.ctx.db.prisma.blob.count()).toBe(2)
    expect(await collect()).toEqual({})
  })

  test('goes once the last manifest that named it is deleted, and not before', async () => {
    const image = await registry.image('image')
    await registry.pushManifest('v1', image.bytes)
    const other = Buffer.from(image.bytes.toString().replace('"schemaVersion":2', '"schemaVersion":2,"annotations":{}'))
    await registry.pushManifest('v2', other)
    for (const [bytes, removedBlobs] of [
      [image.bytes, undefined],
      [other, 2],
    ] as const) {
      expect((await registry.send('DELETE', `/v2/${name}/manifests/${digestOf(bytes)}`)).status).toBe(202)
      await age(registry.ctx)
      expect((await collect())['removedBlobs']).toBe(removedBlobs)
    }
  })

  test('stays when an index names it: build caches do so', async () => {
    const cached = await registry.pushBlob('cached')
    const index = {
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.index.v1+json',
      manifests: [{ mediaType: 'application/vnd.oci.image.layer.v1.tar', digest: cached, size: 6 }],
    }
    const headers = { 'content-type': index.mediaType }
    expect((await registry.pushManifest('cache', Buffer.from(JSON.stringify(index)), { headers })).status).toBe(201)
    await age(registry.ctx)
    expect(await collect()).toEqual({})
  })

  test('stays when a referrer names it, tagged or not, and a referrer of that', async () => {
    const image = await registry.image('image')
    await registry.pushManifest('v1', image.bytes)
    let subject = { digest: image.digest, size: image.bytes.length }
    for (const seed of ['bill', 'signature of the bill']) {
      const config = { mediaType: 'application/x', digest: await registry.pushBlob(seed), size: seed.length }
      const mediaType = 'application/vnd.oci.image.manifest.v1+json'
      const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType, config, layers: [], subject }))
      subject = { digest: digestOf(bytes), size: bytes.length }
      expect((await registry.pushManifest(subject.digest, bytes)).status).toBe(201)
    }
    await age(registry.ctx)
    expect(await collect()).toEqual({})
    expect((await registry.send('GET', `/v2/${name}/manifests/${subject.digest}`)).status).toBe(200)
  })

  test('goes from one repository and stays in another that needs it', async () => {
    await makeRepository('test/other')
    const image = await registry.image('image')
    await registry.pushManifest('v1', image.bytes)
    await registry.pushBlob('image', 'test/other')
    await age(registry.ctx)
    expect(await collect()).toEqual({ removedLinks: 1 })
    expect([await statusOf(image.layer), await statusOf(image.layer, 'test/other')]).toEqual([200, 404])
  })

  test('goes with its repository', async () => {
    await registry.pushManifest('v1', (await registry.image('image')).bytes)
    await age(registry.ctx)
    await registry.ctx.db.prisma.tag.deleteMany()
    await registry.ctx.db.prisma.repository.deleteMany()
    expect((await collect())['removedBlobs']).toBe(2)
  })

  test('is more than fits one page or one transaction', { timeout: 60_000 }, async () => {
    const { ctx } = registry
    const { id: repositoryId } = await ctx.db.prisma.repository.findFirstOrThrow()
    const digests = Array.from({ length: 1201 }, (_, n) => digestOf(Buffer.from(String(n))))
    await ctx.db.prisma.blob.createMany({ data: digests.map((digest) => ({ digest, sizeBytes: 1 })) })
    await ctx.db.prisma.repositoryBlob.createMany({ data: digests.map((digest) => ({ repositoryId, digest })) })
    await age(ctx)
    expect(await collect()).toEqual({ removedLinks: 1201 })
    expect(await ctx.db.prisma.blob.count()).toBe(0)
  })
})

describe('within the grace period stays', () => {
  test.each([
    ['what was just pushed', () => registry.pushBlob('seen')],
    ['what was just mounted', () => registry.send('POST', `/v2/test/other/blobs/uploads/?mount=${seen}&from=${name}`)],
    ['what a client just asked for', () => registry.send('HEAD', `/v2/${name}/blobs/${seen}`)],
  ])('%s, and a manifest can name it', async (_what, see) => {
    await makeRepository('test/other')
    await registry.pushBlob('seen')
    await age(registry.ctx)
    await see()
    await collect()
    expect(await hasBytes(seen)).toBe(true)
    const links = await registry.ctx.db.prisma.repositoryBlob.findMany({
      select: { repository: { select: { path: true } } },
    })
    expect(links).toHaveLength(1)
    const image = await registry.image('seen', links[0]?.repository.path)
    expect((await registry.pushManifest('v1', image.bytes, {}, links[0]?.repository.path)).status).toBe(201)
  })

  test('a blob whose link was deleted, until it was not seen for long', async () => {
    await registry.pushBlob('seen')
    await registry.send('DELETE', `/v2/${name}/blobs/${seen}`)
    expect(await collect()).toEqual({})
    await age(registry.ctx)
    expect(await collect()).toEqual({ removedBlobs: 1, removedBytes: 4 })
  })

  test('bytes that were published again and are not linked yet', async () => {
    await registry.pushBlob('seen')
    await age(registry.ctx)
    const { blobs } = registry.ctx
    const uploadId = randomUUID()
    await blobs.create(uploadId)
    await blobs.append(uploadId, 0, [[Buffer.from('seen')]] as never)
    await blobs.commit(uploadId, seen)
    await collect()
    expect(await hasBytes(seen)).toBe(true)
  })

  const seen = digestOf(Buffer.from('seen'))
})

describe('what an end half way left behind', () => {
  const orphan = digestOf(Buffer.from('orphan'))

  async function leaveBytes(): Promise<void> {
    await registry.pushBlob('orphan')
    await registry.ctx.db.prisma.repositoryBlob.deleteMany()
    await registry.ctx.db.prisma.blob.deleteMany()
  }

  test('bytes without a row go when they are old', async () => {
    await leaveBytes()
    expect(await collect()).toEqual({})
    await ageBytes(registry.ctx, orphan)
    expect(await collect()).toEqual({ removedBlobs: 1, removedBytes: 6 })
    expect(await hasBytes(orphan)).toBe(false)
    expect(await registry.ctx.db.prisma.blob.count()).toBe(0)
  })

  test('a row without bytes goes, and counts for nothing', async () => {
    await registry.pushBlob('orphan')
    await registry.ctx.db.prisma.repositoryBlob.deleteMany()
    await registry.ctx.blobs.delete(orphan)
    await age(registry.ctx)
    expect(await collect()).toEqual({})
    expect(await registry.ctx.db.prisma.blob.count()).toBe(0)
  })
})

describe('abandoned uploads', () => {
  async function startUpload(): Promise<string> {
    const { headers } = await registry.send('POST', `/v2/${name}/blobs/uploads/`)
    return String(headers['docker-upload-uuid'])
  }
  const fileOf = (id: string) => uploadPath(registry.ctx.config.dataDir, id) ?? ''

  test('go with row and file, or what there is of them; one that is written to stays', async () => {
    const abandoned = await startUpload()
    const running = await startUpload()
    const withoutFile = await startUpload()
    await registry.ctx.blobs.abort(withoutFile)
    const withoutRow = randomUUID()
    await writeFile(fileOf(withoutRow), 'bytes')
    await age(registry.ctx)
    for (const id of [abandoned, withoutRow]) await utimes(fileOf(id), longAgo, longAgo)
    const young = await startUpload()

    expect(await collect({ isDryRun: true })).toEqual({ removedUploads: 3 })
    expect(await collect()).toEqual({ removedUploads: 3 })
    expect(await collect()).toEqual({})
    const rows = await registry.ctx.db.prisma.upload.findMany({ select: { id: true } })
    expect(rows.map(({ id }) => id).sort()).toEqual([running, young].sort())
    for (const id of [running, young]) expect(await registry.ctx.blobs.uploadSize(id)).toBe(0)
    for (const id of [abandoned, withoutRow]) expect(await registry.ctx.blobs.uploadSize(id)).toBeNull()
    expect((await registry.send('GET', `/v2/${name}/blobs/uploads/${abandoned}`)).status).toBe(404)
  })
})

describe('a dry run', () => {
  test('counts exactly what a run removes then, and removes nothing', async () => {
    await makeRepository('test/other')
    const image = await registry.image('image')
    await registry.pushManifest('v1', image.bytes)
    for (const content of ['one', 'two', 'three']) await registry.pushBlob(content)
    await registry.pushBlob('two', 'test/other')
    await registry.pushBlob('image', 'test/other')
    await registry.pushBlob('orphan')
    await age(registry.ctx)
    await registry.ctx.db.prisma.repositoryBlob.deleteMany({ where: { digest: digestOf(Buffer.from('orphan')) } })
    await registry.ctx.db.prisma.blob.deleteMany({ where: { digest: digestOf(Buffer.from('orphan')) } })
    await registry.pushBlob('three', 'test/other')

    const foreseen = await collect({ isDryRun: true })
    expect(foreseen).toEqual({ removedLinks: 5, removedBlobs: 3, removedBytes: 12 })
    expect(await registry.ctx.db.prisma.repositoryBlob.count()).toBe(8)
    expect(await collect({ isDryRun: true })).toEqual(foreseen)
    expect(await collect()).toEqual(foreseen)
    expect(await collect({ isDryRun: true })).toEqual({})
  })
})

describe('between the look and the removal', () => {
  const digest = digestOf(Buffer.from('content'))
  const now = () => new Date(Date.now() + 1000)

  test('a manifest that comes to name a blob keeps the link', async () => {
    const image = await registry.image('content')
    await age(registry.ctx)
    const cutoff = now()
    const links = await listLinks(registry.ctx.db, null, { cutoff, foreseen: false })
    expect(links.every(({ isUnneeded }) => isUnneeded)).toBe(true)
    await registry.pushManifest('v1', image.bytes)
    const removed = await registry.ctx.db.sqlTransaction(async (tx) => {
      const { repositoryId = '' } = links[0] ?? {}
      await lockRepositoryExclusively(tx, repositoryId)
      const digests = links.map((link) => link.digest)
      return removeLinks(tx, repositoryId, digests, cutoff)
    })
    expect(removed).toBe(0)
  })

  test('a link keeps the blob, whatever the clocks say', async () => {
    await registry.pushBlob('content')
    await registry.ctx.db.prisma.repositoryBlob.deleteMany()
    const cutoff = now()
    const [blob] = await listBlobs(registry.ctx.db, null, { cutoff, foreseen: false })
    expect(blob?.isGarbage).toBe(true)
    await registry.pushBlob('content')
    expect(await registry.ctx.db.sqlTransaction((tx) => removeBlobs(tx, [digest], cutoff))).toEqual([])
  })

  /**
   * Ends an upload of the blob at the moment the collection calls `call` of the store: its bytes are committed, its
   * link has to wait. Answers the status it will have.
   */
  async function pushDuring(call: 'publishedAt' | 'delete'): Promise<() => Promise<number>> {
    const opened = await registry.send('POST', `/v2/${name}/blobs/uploads/`)
    const location = String(opened.headers.location)
    await registry.send('PATCH', location, { body: 'content' })

    const { blobs } = registry.ctx
    const commit = blobs.commit.bind(blobs)
    const real = blobs[call].bind(blobs) as (digest: Digest) => Promise<never>
    let pushing: Promise<{ status: number }> | undefined
    vi.spyOn(blobs, call).mockImplementation(async (asked: Digest) => {
      if (pushing === undefined) {
        await new Promise<void>((committed) => {
          vi.spyOn(blobs, 'commit').mockImplementation(async (...parameters) => {
            const size = await commit(...parameters)
            committed()
            return size
          })
          pushing = registry.send('PUT', `${location}?digest=${digest}`)
        })
      }
      return real(asked)
    })
    return async () => (await pushing)?.status ?? 0
  }

  async function makeGarbage(hasRow: boolean): Promise<void> {
    await registry.pushBlob('content')
    await age(registry.ctx)
    await registry.ctx.db.prisma.repositoryBlob.deleteMany()
    if (!hasRow) await registry.ctx.db.prisma.blob.deleteMany()
  }

  test.each([true, false])(
    'a push that has published keeps its bytes and is acknowledged (row: %s)',
    async (hasRow) => {
      await makeGarbage(hasRow)
      const status = await pushDuring('publishedAt')
      expect(await collect()).toEqual({})
      expect(await status()).toBe(201)
      expect(await statusOf(digest)).toBe(200)
    },
  )

  test.each([true, false])(
    'a push that comes too late is not acknowledged; the next one is (row: %s)',
    async (hasRow) => {
      await makeGarbage(hasRow)
      const status = await pushDuring('delete')
      expect(await collect()).toEqual({ removedBlobs: 1, removedBytes: 7 })
      expect(await status()).toBe(503)
      expect(await statusOf(digest)).toBe(404)
      expect(await registry.ctx.db.prisma.repositoryBlob.count()).toBe(0)
      vi.restoreAllMocks()
      await registry.pushBlob('content')
      expect(await statusOf(digest)).toBe(200)
    },
  )

  test('a mount of bytes that go meanwhile becomes an upload', async () => {
    await makeRepository('test/other')
    await registry.pushBlob('content')
    const { blobs } = registry.ctx
    vi.spyOn(blobs, 'stat').mockImplementationOnce(async () => {
      await blobs.delete(digest)
      return 7
    })
    const mount = await registry.send('POST', `/v2/test/other/blobs/uploads/?mount=${digest}&from=${name}`)
    expect(mount.status).toBe(202)
    expect(await registry.ctx.db.prisma.repositoryBlob.count()).toBe(1)
  })

  test('an ask for a blob whose link has gone is answered as unknown', async () => {
    await registry.pushBlob('content')
    await age(registry.ctx)
    const { blobs } = registry.ctx
    vi.spyOn(blobs, 'stat').mockImplementationOnce(async () => {
      await registry.ctx.db.prisma.repositoryBlob.deleteMany()
      return 7
    })
    expect((await registry.send('HEAD', `/v2/${name}/blobs/${digest}`)).status).toBe(404)
  })
})

describe('a collection that cannot delete', () => {
  test('fails, and leaves nothing that a pull could miss', async () => {
    const garbage = await registry.pushBlob('garbage')
    const image = await registry.image('image')
    await registry.pushManifest('v1', image.bytes)
    await age(registry.ctx)
    vi.spyOn(registry.ctx.blobs, 'delete').mockRejectedValue(new Error('read-only'))
    await expect(collect()).rejects.toThrow('read-only')
    expect(await registry.ctx.db.prisma.blob.count()).toBe(3)
    vi.restoreAllMocks()
    expect(await collect()).toEqual({ removedBlobs: 1, removedBytes: 7 })
    expect(await hasBytes(garbage)).toBe(false)
    expect(await readFile(blobPath(registry.ctx.config.dataDir, image.layer as Digest), 'utf8')).toBe('image')
  })
})
