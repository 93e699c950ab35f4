import { readFile, readdir, rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Digest } from '@/lib/domain/digest'
import { AppError } from '@/lib/domain/errors'
import { lockBlobs } from '@/lib/metadata/garbage'
import { setCorruptAt } from '@/lib/metadata/scrub'
import { openFilesIn } from '@/lib/testing/open-files'
import { type TestRegistry, startTestRegistry } from '@/lib/testing/test-registry'
import { blobPath } from '@/lib/storage/filesystem/filesystem-layout'
import { digestOf } from '@/lib/storage/hash'
import { paceOf } from './pace'
import { scrubBlobs } from './scrub-blobs'
import { TestRun } from '@/lib/testing/test-run'

const name = 'test/example'

let registry: TestRegistry
let close: () => Promise<void>

beforeEach(async () => ({ registry, close } = await startTestRegistry()))
afterEach(async () => {
  vi.restoreAllMocks()
  await close()
})

async function scrub() {
  const run = new TestRun()
  await scrubBlobs(registry.ctx, { mibPerSecond: null }, run)
  const { corruptBlobs = 0, corruptManifests = 0, ...examined } = run.counts
  return { corruptBlobs, corruptManifests, examined }
}

async function statuses(digest: string) {
  const answers = [
    await registry.send('GET', `/v2/${name}/blobs/${digest}`),
    await registry.send('HEAD', `/v2/${name}/blobs/${digest}`),
  ]
  return answers.map(({ status }) => status)
}

const fileOf = (digest: string) => blobPath(registry.ctx.config.dataDir, digest as Digest)

/** Flips a bit of the blob where it lies. */
async function damage(digest: string): Promise<void> {
  const bytes = await readFile(fileOf(digest))
  bytes[0] = (bytes[0] ?? 0) ^ 1
  await writeFile(fileOf(digest), bytes)
}

async function listCorrupt(): Promise<string[]> {
  return (await registry.ctx.db.prisma.blob.findMany({ where: { corruptAt: { not: null } } })).map(
    ({ digest }) => digest,
  )
}

test('sound blobs and manifests stay as they are', async () => {
  const image = await registry.image('layer')
  await registry.pushManifest('v1', image.bytes)
  expect(await scrub()).toEqual({
    corruptBlobs: 0,
    corruptManifests: 0,
    examined: { examinedBlobs: 2, examinedBytes: expect.any(Number) as number },
  })
  expect(await statuses(image.layer)).toEqual([200, 200])
  expect(await listCorrupt()).toEqual([])
})

describe('a flipped bit', () => {
  test('is found; the blob is unknown from then on, its bytes are kept, and a manifest may not name it', async () => {
    const image = await registry.image('layer')
    await damage(image.layer)
    expect(await statuses(image.layer)).toEqual([200, 200])

    expect(await scrub()).toMatchObject({ corruptBlobs: 1 })
    expect(await statuses(image.layer)).toEqual([404, 404])
    expect(await readdir(path.join(registry.ctx.config.dataDir, 'corrupt'))).toHaveLength(1)
    const refused = await registry.pushManifest('v1', image.bytes)
    expect([refused.status, refused.json.errors?.[0]?.code]).toEqual([404, 'MANIFEST_BLOB_UNKNOWN'])
    expect(await scrub()).toMatchObject({ corruptBlobs: 1 })
  })

  test('is healed by the next push', async () => {
    const image = await registry.image('layer')
    await damage(image.layer)
    await scrub()
    await registry.pushBlob('layer')
    expect((await registry.send('GET', `/v2/${name}/blobs/${image.layer}`)).body.toString()).toBe('layer')
    expect((await registry.pushManifest('v1', image.bytes)).status).toBe(201)
    expect([await listCorrupt(), await scrub()]).toMatchObject([[], { corruptBlobs: 0 }])
  })

  test('is no longer held against a blob whose bytes were put back', async () => {
    const digest = await registry.pushBlob('content')
    await rename(fileOf(digest), `${fileOf(digest)}.away`)
    expect(await scrub()).toMatchObject({ corruptBlobs: 1 })
    await rename(`${fileOf(digest)}.away`, fileOf(digest))
    expect(await scrub()).toMatchObject({ corruptBlobs: 0 })
    expect([await statuses(digest), await listCorrupt()]).toEqual([[200, 200], []])
  })

  test('cannot be mounted', async () => {
    const digest = await registry.pushBlob('content')
    await damage(digest)
    await scrub()
    const mount = await registry.send('POST', `/v2/${name}/blobs/uploads/?mount=${digest}&from=${name}`)
    expect([mount.status, await listCorrupt()]).toEqual([202, [digest]])
  })

  test('makes the blob unknown also where its bytes cannot be put aside', async () => {
    const digest = await registry.pushBlob('content')
    await damage(digest)
    vi.spyOn(registry.ctx.blobs, 'quarantine').mockRejectedValue(new AppError('UNAVAILABLE'))
    await scrub()
    expect(await statuses(digest)).toEqual([404, 404])
  })
})

describe('a corrupt blob that could not be put aside', () => {
  let digest: string

  beforeEach(async () => {
    const repository = await registry.ctx.db.prisma.repository.findFirstOrThrow({ where: { path: name } })
    const other = { ...repository, id: 'crr-other', name: 'other', path: 'test/other' }
    await registry.ctx.db.prisma.repository.create({ data: other })
    digest = await registry.pushBlob('content')
    await damage(digest)
    vi.spyOn(registry.ctx.blobs, 'quarantine').mockRejectedValue(new AppError('UNAVAILABLE'))
    await scrub()
    expect(await listCorrupt()).toEqual([digest])
  })

  const pushes: Record<string, (repository: string) => Promise<number>> = {
    'in one request': async (repository) =>
      (await registry.send('POST', `/v2/${repository}/blobs/uploads/?digest=${digest}`, { body: 'content' })).status,
    'as an upload': async (repository) => {
      const { headers } = await registry.send('POST', `/v2/${repository}/blobs/uploads/`)
      await registry.send('PATCH', headers.location ?? '', { body: 'content' })
      return (await registry.send('PUT', `${headers.location}?digest=${digest}`)).status
    },
  }

  test.each(Object.entries(pushes))('is healed for all repositories by a push to one, %s', async (_name, push) => {
    expect(await push('test/other')).toBe(201)
    expect([await listCorrupt(), await scrub()]).toMatchObject([[], { corruptBlobs: 0 }])
    expect((await registry.send('GET', `/v2/${name}/blobs/${digest}`)).body.toString()).toBe('content')
  })

  test('is not healed by a mount that began before it was marked', async () => {
    const { db } = registry.ctx
    await db.prisma.blob.updateMany({ data: { corruptAt: null } })
    let mount: Promise<{ status: number }> | undefined
    await db.sqlTransaction(async (tx) => {
      await lockBlobs(tx, [digest])
      await setCorruptAt(tx, digest, new Date())
      mount = registry.send('POST', `/v2/test/other/blobs/uploads/?mount=${digest}&from=${name}`)
      // On PostgreSQL it has seen no mark when it waits for the row. SQLite lets it wait before it looks.
      const waiting = () => db.read.$queryRaw`
        SELECT 1 FROM pg_stat_activity WHERE "datname" = current_database() AND "wait_event_type" = 'Lock'`
      if (db.provider === 'postgresql') await expect.poll(waiting).toHaveLength(1)
    })
    expect([(await mount)?.status, await listCorrupt()]).toEqual([202, [digest]])
  })
})

describe('bytes that are missing', () => {
  test('are found where a repository links to them', async () => {
    const digest = await registry.pushBlob('content')
    await registry.ctx.blobs.delete(digest as Digest)
    expect(await scrub()).toMatchObject({ corruptBlobs: 1 })
    expect(await listCorrupt()).toEqual([digest])
  })

  test('are no loss where nobody links to them', async () => {
    await registry.pushBlob('content')
    await registry.ctx.db.prisma.repositoryBlob.deleteMany()
    await registry.ctx.blobs.delete(digestOf(Buffer.from('content')))
    expect(await scrub()).toMatchObject({ corruptBlobs: 0 })
  })

  test('leave no folder open', async ({ skip }) => {
    if (process.platform !== 'linux') return skip('what is open is read from /proc')
    const image = await registry.image('layer')
    await rm(fileOf(image.layer))
    expect(await scrub()).toMatchObject({ corruptBlobs: 1 })
    expect(openFilesIn(path.join(registry.ctx.config.dataDir, 'blobs'))).toEqual([])
  })

  test('mean nothing while the whole store is away', async () => {
    await registry.pushBlob('content')
    const folder = path.join(registry.ctx.config.dataDir, 'blobs')
    await rename(folder, `${folder}.away`)
    await expect(scrub()).rejects.toMatchObject({ code: 'UNAVAILABLE' })
    expect(await listCorrupt()).toEqual([])
    await rename(`${folder}.away`, folder)
  })
})

test('a blob that is pushed while its former bytes are read is judged by the new ones', async () => {
  const digest = await registry.pushBlob('content')
  await writeFile(fileOf(digest), 'cont')
  const { blobs } = registry.ctx
  const read = blobs.read.bind(blobs)
  vi.spyOn(blobs, 'read').mockImplementationOnce(async (asked) => {
    const reader = await read(asked)
    await registry.pushBlob('content')
    return reader
  })
  expect(await scrub()).toMatchObject({ corruptBlobs: 0 })
  expect([await statuses(digest), await listCorrupt()]).toEqual([[200, 200], []])
})

test('a blob that is collected while it is read is no loss', async () => {
  const digest = await registry.pushBlob('content')
  const { blobs, db } = registry.ctx
  const read = blobs.read.bind(blobs)
  vi.spyOn(blobs, 'read').mockImplementationOnce(async (asked) => {
    await db.prisma.repositoryBlob.deleteMany()
    await db.prisma.blob.deleteMany()
    await blobs.delete(digest as Digest)
    return read(asked)
  })
  expect(await scrub()).toMatchObject({ corruptBlobs: 0 })
})

test('a blob that cannot be read is not taken for corrupt; the others are read, and the scrub fails at its end', async () => {
  const unreadable = await registry.pushBlob('unreadable')
  const damaged = await registry.pushBlob('damaged')
  await damage(damaged)
  const { blobs } = registry.ctx
  const read = blobs.read.bind(blobs)
  vi.spyOn(blobs, 'read').mockImplementation((asked) =>
    asked === unreadable ? Promise.reject(new AppError('UNAVAILABLE')) : read(asked),
  )
  await expect(scrub()).rejects.toMatchObject({ message: '1 blobs could not be read: the log names them' })
  expect(await listCorrupt()).toEqual([damaged])
})

test('a manifest whose stored bytes have changed is found', async () => {
  const image = await registry.image('layer')
  await registry.pushManifest('v1', image.bytes)
  await registry.pushManifest('v2', (await registry.image('other')).bytes)
  await registry.ctx.db.prisma.manifest.updateMany({
    where: { digest: image.digest },
    data: { content: Buffer.from(image.bytes.toString().replace('layer', 'lager')) },
  })
  expect(await scrub()).toMatchObject({ corruptManifests: 1 })
})

test('an aborted scrub ends, and takes nothing for corrupt', async () => {
  await registry.pushBlob('content')
  const abort = new AbortController()
  const reason = new Error('stopping')
  abort.abort(reason)
  await expect(scrubBlobs(registry.ctx, { mibPerSecond: null }, new TestRun(abort.signal))).rejects.toBe(reason)
  expect(await listCorrupt()).toEqual([])
})

describe('the pace', () => {
  const mebibyte = 1024 * 1024

  test('is kept over many small reads', async () => {
    const pace = paceOf(10, new AbortController().signal)
    const startedAt = performance.now()
    for (let n = 0; n < 4; n++) await pace(mebibyte / 4)
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(95)
  })

  test('ends a wait when the run is to end', async () => {
    const abort = new AbortController()
    const waiting = paceOf(1, abort.signal)(1000 * mebibyte)
    abort.abort(new Error('stopping'))
    await expect(waiting).rejects.toThrow()
    await expect(paceOf(null, abort.signal)(1)).rejects.toThrow('stopping')
  })
})
