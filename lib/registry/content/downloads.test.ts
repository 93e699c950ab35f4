import { randomBytes } from 'node:crypto'
import { readFile, utimes, writeFile } from 'node:fs/promises'
import { setTimeout } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { orasArtifact } from '@/e2e/content/attached'
import { image } from '@/e2e/content/images'
import { type Pushable, digestOf, emptyConfig, manifestOf, pushAll } from '@/e2e/content/pushable'
import type { Digest } from '@/lib/domain/digest'
import { blobPath } from '@/lib/storage/filesystem/filesystem-layout'
import { type TestDoors, openTestDoors } from '@/lib/testing/test-doors'

/* What a manifest holds is downloaded byte by byte, and never as something that a browser would run. */

let doors: TestDoors

beforeAll(async () => (doors = await openTestDoors()))
afterAll(() => doors.close())

const push = (content: Pushable, path = 'test/example') =>
  pushAll((...request) => doors.registry.send(...request), path, [content])

const contentOf = (digest: string) =>
  doors.api.respond('GET', '/repositories/{repositoryId}/manifests/{digest}/content', { ...doors.params, digest })

const fileOf = ({ digest }: Pick<Pushable, 'digest'>, fileDigest: string) =>
  doors.api.respond('GET', '/repositories/{repositoryId}/manifests/{digest}/files/{fileDigest}', {
    ...{ ...doors.params, digest, fileDigest },
  })

const bytesOf = async (response: Response) => Buffer.from(await response.arrayBuffer())

const headersOf = ({ headers }: Response) => ['content-type', 'content-disposition'].map((name) => headers.get(name))

test('the bytes of a manifest are those that were pushed', async () => {
  const content = image({ tag: 'v1' })
  await push(content)
  const response = await contentOf(content.digest)
  const short = content.digest.slice('sha256:'.length).slice(0, 12)
  expect(headersOf(response)).toEqual(['application/json', `attachment; filename="manifest-${short}.json"`])
  expect((await bytesOf(response)).equals(content.manifest)).toBe(true)
})

test('bytes that no longer match the digest are not downloaded', async () => {
  const content = image({ version: 'damaged' })
  await push(content)
  const { digest } = content
  await doors.api.ctx.db.prisma.manifest.updateMany({ where: { digest }, data: { content: Buffer.from('{}') } })
  expect((await contentOf(digest)).status).toBe(404)
  expect((await contentOf('latest')).status).toBe(404)
})

test.each([
  ['a file has the name that its manifest gives it', 'bom.json', 'attachment; filename="bom.json"'],
  ['a path becomes its last part', '../../etc/cron.d/evil', 'attachment; filename="evil"'],
  ['a header cannot be added', 'a"\r\nX-Evil: 1', 'attachment; filename="a_X-Evil_ 1"'],
  ['other letters are kept', '清单.json', `attachment; filename="__.json"; filename*=UTF-8''%E6%B8%85%E5%8D%95.json`],
])('%s', async (_name, title, disposition) => {
  const content = orasArtifact('files', { [title]: `content of ${title}` })
  await push(content)
  const response = await fileOf(content, digestOf(Buffer.from(`content of ${title}`)))
  expect(headersOf(response)[1]).toBe(disposition)
  expect((await bytesOf(response)).toString()).toBe(`content of ${title}`)
})

test('HTML stays a file to save', async () => {
  const html = Buffer.from('<script>alert(1)</script>')
  const content = manifestOf(emptyConfig, [{ mediaType: 'text/html', bytes: html }], { artifactType: 'text/html' })
  await push(content)
  const response = await fileOf(content, digestOf(html))
  expect(headersOf(response)[0]).toBe('application/octet-stream')
  expect(headersOf(response)[1]).toMatch(/^attachment; /)
})

test('a config is downloaded too', async () => {
  const content = image({ version: 'config' })
  await push(content)
  const [config = Buffer.alloc(0)] = content.blobs
  const response = await fileOf(content, digestOf(config))
  expect(headersOf(response)[1]).toMatch(/^attachment; filename="config-[0-9a-f]{12}\.json"$/)
  expect((await bytesOf(response)).equals(config)).toBe(true)
})

test('only what the manifest names and the repository has', async () => {
  const [one, other] = [image({ version: 'one' }), image({ version: 'other' })]
  await push(one)
  await push(other)
  const layerOfOther = digestOf(other.blobs[3] ?? Buffer.alloc(0))
  expect((await fileOf(other, layerOfOther)).status).toBe(200)
  for (const digest of [layerOfOther, other.digest, one.digest, 'latest', '../x']) {
    expect((await fileOf(one, digest)).status, digest).toBe(404)
  }
  // The bytes are in the store, but no longer the repository's.
  await doors.api.ctx.db.prisma.repositoryBlob.deleteMany({ where: { digest: layerOfOther } })
  const { status, headers } = await fileOf(other, layerOfOther)
  expect([status, headers.get('content-type')]).toEqual([404, 'application/problem+json'])
})

test('a large file is read as it is taken, and closed when nobody takes it', async () => {
  const bytes = randomBytes(20_000_000)
  const content = manifestOf(emptyConfig, [{ mediaType: 'application/x-large', bytes }])
  await push(content)
  const whole = await fileOf(content, digestOf(bytes))
  expect(digestOf(await bytesOf(whole))).toBe(digestOf(bytes))

  const left = ((await fileOf(content, digestOf(bytes))).body as ReadableStream<Uint8Array>).getReader()
  let read = (await left.read()).value?.length ?? 0
  await setTimeout(50)
  await left.cancel()
  read += (await left.read()).value?.length ?? 0
  expect(read).toBeGreaterThan(0)
  expect(read).toBeLessThan(2_000_000)
  // Never read at all: nothing was opened.
  await (await fileOf(content, digestOf(bytes))).body?.cancel()
})

test('a file whose bytes have changed ends early', async () => {
  const bytes = randomBytes(3_000_000)
  const content = manifestOf(emptyConfig, [{ mediaType: 'application/x-changed', bytes }])
  await push(content)
  const file = blobPath(doors.api.ctx.config.dataDir, digestOf(bytes) as Digest)
  const damaged = await readFile(file)
  damaged[0] = (damaged[0] ?? 0) ^ 1
  await writeFile(file, damaged)
  const past = new Date(Date.now() - 48 * 3_600_000)
  await utimes(file, past, past)
  await expect(bytesOf(await fileOf(content, digestOf(bytes)))).rejects.toThrow()
})
