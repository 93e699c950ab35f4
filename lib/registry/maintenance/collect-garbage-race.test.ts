import { createHash, randomUUID } from 'node:crypto'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type TestRegistry, imageManifestType, startTestRegistry } from '@/lib/testing/test-registry'
import { openFilesystemBlobStore } from '@/lib/storage/filesystem/filesystem'
import { digestOf } from '@/lib/storage/hash'
import { collectGarbage } from './collect-garbage'
import { TestRun } from '@/lib/testing/test-run'

/** How long the race lasts. `RACE_SECONDS=600 npx vitest run collect-garbage-race` is the long one. */
// eslint-disable-next-line no-restricted-properties -- a switch of this test, no setting of the product
const seconds = Number(process.env['RACE_SECONDS'] ?? 12)

const pushers = 4
const heldMax = 1
const repositories = ['test/a', 'test/b'] as const
/** Has blobs and no manifests: others mount from it. */
const store = 'test/store'

/** The few blobs that everybody pushes, mounts and takes away. */
const contents = Array.from({ length: 8 }, (_, n) =>
  Buffer.alloc(1 + n * 5_000, createHash('sha256').update(`${n}`).digest()),
)

interface Blob {
  readonly digest: string
  readonly bytes: Buffer
}
const blobs: readonly Blob[] = contents.map((bytes) => ({ digest: digestOf(bytes), bytes }))

/** A manifest whose push was acknowledged, and that nobody has begun to delete. */
interface Held {
  readonly repository: string
  readonly digest: string
  readonly bytes: Buffer
  readonly layers: readonly Blob[]
}

let registry: TestRegistry
let close: () => Promise<void>

beforeEach(async () => {
  ;({ registry, close } = await startTestRegistry())
  const { id: _id, ...template } = await registry.ctx.db.prisma.repository.findFirstOrThrow()
  for (const path of [...repositories, store]) {
    const name = path.slice('test/'.length)
    await registry.ctx.db.prisma.repository.create({ data: { ...template, id: randomUUID(), path, name } })
  }
})
afterEach(() => close())

test(
  'whatever collection races with, an acknowledged manifest has all its bytes, and what is left is garbage',
  { timeout: (seconds + 120) * 1000 },
  async () => {
    const tally: Record<string, number> = {}
    const count = (what: string, by = 1) => (tally[what] = (tally[what] ?? 0) + by)
    const endsAt = performance.now() + seconds * 1000
    const raced = ['acknowledged', 'collections', 'removedLinks', 'removedBlobs', 'mounted']
    const isRaced = () => raced.every((what) => (tally[what] ?? 0) > 3)
    // On a busy machine it takes longer until everything was raced.
    const isOver = () => performance.now() >= endsAt && (isRaced() || performance.now() >= endsAt + 60_000)
    const held = new Set<Held>()
    // Of its own, as another process has it: nothing in the memory of this store may be needed for safety.
    const collector = { ...registry.ctx, blobs: await openFilesystemBlobStore(registry.ctx.config.dataDir) }

    async function collect(graceSeconds: number): Promise<void> {
      const run = new TestRun()
      await collectGarbage(collector, { graceSeconds, isDryRun: false }, run)
      for (const [name, number] of Object.entries(run.counts)) count(name, number)
    }

    /** Sends, and takes only what may come: of failures the one that asks for another try. */
    async function send(method: string, path: string, body?: Uint8Array, headers: Record<string, string> = {}) {
      const answer = await registry.send(method, path, { headers, ...(body === undefined ? {} : { body }) })
      const isRetryable = answer.status === 503 && path.includes('/blobs/uploads/')
      if (answer.status >= 500 && !isRetryable)
        throw new Error(`${method} ${path}: ${answer.status} ${answer.body.toString()}`)
      if (isRetryable) count('asked to retry')
      return answer
    }

    async function pushWhole(repository: string, { digest, bytes }: Blob): Promise<boolean> {
      return (await send('POST', `/v2/${repository}/blobs/uploads/?digest=${digest}`, bytes)).status === 201
    }

    async function pushInSteps(repository: string, { digest, bytes }: Blob): Promise<boolean> {
      const { headers } = await send('POST', `/v2/${repository}/blobs/uploads/`)
      const location = String(headers.location)
      await send('PATCH', location, bytes)
      return (await send('PUT', `${location}?digest=${digest}`)).status === 201
    }

    async function mount(repository: string, blob: Blob): Promise<boolean> {
      const from = pick([...repositories, store].filter((path) => path !== repository))
      const { status, headers } = await send(
        'POST',
        `/v2/${repository}/blobs/uploads/?mount=${blob.digest}&from=${from}`,
      )
      if (status === 201) count('mounted')
      if (status !== 202) return status === 201
      await send('PATCH', String(headers.location), blob.bytes)
      return (await send('PUT', `${String(headers.location)}?digest=${blob.digest}`)).status === 201
    }

    async function pushBlob(repository: string, blob: Blob): Promise<void> {
      const way = pick([pushWhole, pushInSteps, mount])
      if (!(await way(repository, blob))) await pushBlob(repository, blob)
    }

    /** As clients do: ask for each blob, push what is not there, then the manifest; again when it is refused. */
    async function pushImage(repository: string): Promise<Held> {
      const layers = blobs.filter(() => Math.random() < 0.2)
      const config = pick(blobs)
      const manifest = {
        schemaVersion: 2,
        mediaType: imageManifestType,
        config: { mediaType: 'application/vnd.example.config', digest: config.digest, size: config.bytes.length },
        layers: layers.map(({ digest, bytes }) => ({
          mediaType: 'application/vnd.oci.image.layer.v1.tar',
          digest,
          size: bytes.length,
        })),
        annotations: { id: randomUUID() },
      }
      const bytes = Buffer.from(JSON.stringify(manifest))
      const digest = digestOf(bytes)
      for (;;) {
        for (const blob of [config, ...layers]) {
          const head = await send('HEAD', `/v2/${repository}/blobs/${blob.digest}`)
          if (head.status !== 200) await pushBlob(repository, blob)
        }
        const reference = pick([digest, 'latest', 'v1'])
        const type = { 'content-type': imageManifestType }
        const { status } = await send('PUT', `/v2/${repository}/manifests/${reference}`, bytes, type)
        if (status === 201) return { repository, digest, bytes, layers: [config, ...layers] }
        expect(status).toBe(404)
        count('manifests refused')
      }
    }

    async function expectWhole({ repository, digest, bytes, layers }: Held): Promise<void> {
      const manifest = await send('GET', `/v2/${repository}/manifests/${digest}`)
      expect([manifest.status, manifest.body.equals(bytes)]).toEqual([200, true])
      for (const layer of layers) {
        const blob = await send('GET', `/v2/${repository}/blobs/${layer.digest}`)
        expect([layer.digest, blob.status, blob.body.equals(layer.bytes)]).toEqual([layer.digest, 200, true])
      }
      count('pulled')
    }

    async function remove({ repository, digest }: Held): Promise<void> {
      expect((await send('DELETE', `/v2/${repository}/manifests/${digest}`)).status).toBe(202)
    }

    async function pusher(): Promise<void> {
      const mine: Held[] = []
      while (!isOver()) {
        const image = await pushImage(pick(repositories))
        count('acknowledged')
        held.add(image)
        mine.push(image)
        await expectWhole(pick(mine))
        const oldest = mine.length > heldMax ? mine.shift() : undefined
        if (oldest === undefined) continue
        held.delete(oldest)
        await remove(oldest)
      }
    }

    async function puller(): Promise<void> {
      while (!isOver()) {
        const image = [...held][Math.floor(Math.random() * held.size)]
        if (image === undefined) {
          await send('GET', '/v2/')
          continue
        }
        try {
          await expectWhole(image)
        } catch (error) {
          // Its owner may have begun to delete it meanwhile.
          if (held.has(image)) throw error
        }
      }
    }

    /** Gives blobs to mount, and takes them away again. */
    async function storekeeper(): Promise<void> {
      const kept: Blob[] = []
      while (!isOver()) {
        const blob = pick(blobs)
        await pushBlob(store, blob)
        kept.push(blob)
        const oldest = kept.length > 3 ? kept.shift() : undefined
        if (oldest === undefined) continue
        const { status } = await send('DELETE', `/v2/${store}/blobs/${oldest.digest}`)
        expect([202, 404]).toContain(status)
      }
    }

    async function collecting(): Promise<void> {
      while (!isOver()) {
        await collect(pick([0, 0, 0.02, 0.2]))
        count('collections')
      }
    }

    await Promise.all([...Array.from({ length: pushers }, pusher), puller(), storekeeper(), collecting(), collecting()])

    for (const image of held) await expectWhole(image)
    process.stdout.write(`${JSON.stringify(tally)}\n`)
    expect(isRaced(), JSON.stringify(tally)).toBe(true)

    for (const image of held) await remove(image)
    await collect(-1)
    expect(await registry.ctx.db.prisma.blob.count()).toBe(0)
    for await (const blob of registry.ctx.blobs.listBlobs()) throw new Error(`${blob.digest} is left`)
  },
)

function pick<T>(items: readonly [T, ...T[]] | readonly T[]): T {
  return items[Math.floor(Math.random() * items.length)] as T
}
