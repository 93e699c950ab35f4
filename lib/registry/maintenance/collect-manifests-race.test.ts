import { randomUUID } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { digestOf } from '@/lib/storage/hash'
import { type TestRegistry, imageManifestType, startTestRegistry } from '@/lib/testing/test-registry'
import { TestRun, ageManifests } from '@/lib/testing/test-run'
import { collectGarbage } from './collect-garbage'

/** How long the race lasts. `RACE_SECONDS=600 npx vitest run collect-manifests-race` is the long one. */
// eslint-disable-next-line no-restricted-properties -- a switch of this test, no setting of the product
const seconds = Number(process.env['RACE_SECONDS'] ?? 8)

const pushers = 4
const name = 'test/example'
const indexType = 'application/vnd.oci.image.index.v1+json'

interface Pushed {
  readonly digest: string
  readonly bytes: Buffer
  readonly type: string
}

let registry: TestRegistry
let close: () => Promise<void>

beforeEach(async () => ({ registry, close } = await startTestRegistry()))
afterEach(() => close())

test(
  'whatever collection races with, what an acknowledged tag reaches is there, and what is left is garbage',
  { timeout: (seconds + 120) * 1000 },
  async () => {
    const tally: Record<string, number> = {}
    const count = (what: string, by = 1) => (tally[what] = (tally[what] ?? 0) + by)
    const endsAt = performance.now() + seconds * 1000
    const isRaced = () => [...Object.keys(scenarios), 'removedManifests'].every((what) => (tally[what] ?? 0) > 3)
    // On a busy machine it takes longer until everything was raced.
    const isOver = () => performance.now() >= endsAt && (isRaced() || performance.now() >= endsAt + 60_000)
    const blob = { digest: await registry.pushBlob('{}'), size: 2 }

    /** A few manifests that everybody pushes, so that most pushes find one that waits for its collection. */
    const images = Array.from({ length: 6 }, (_, n) => imageOf({ seed: `${n}` }))

    function imageOf(annotations: Record<string, string>, subject?: Pushed): Pushed {
      const manifest = {
        schemaVersion: 2,
        mediaType: imageManifestType,
        config: { mediaType: 'application/vnd.example.config', ...blob },
        layers: [],
        ...(subject && { subject: { mediaType: subject.type, digest: subject.digest, size: subject.bytes.length } }),
        annotations,
      }
      const bytes = Buffer.from(JSON.stringify(manifest))
      return { digest: digestOf(bytes), bytes, type: imageManifestType }
    }

    function indexOf(children: readonly Pushed[]): Pushed {
      const manifests = children.map(({ digest, bytes, type }) => ({ mediaType: type, digest, size: bytes.length }))
      const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: indexType, manifests }))
      return { digest: digestOf(bytes), bytes, type: indexType }
    }

    /** Returns whether the server warned that content is missing. */
    async function push({ bytes, type }: Pushed, reference: string): Promise<boolean> {
      const sent = { 'content-type': type }
      const { status, body, headers } = await registry.send('PUT', `/v2/${name}/manifests/${reference}`, {
        headers: sent,
        body: bytes,
      })
      expect([status, body.toString()]).toEqual([201, ''])
      return headers['warning'] !== undefined
    }

    async function untag(tag: string): Promise<void> {
      expect((await registry.send('DELETE', `/v2/${name}/manifests/${tag}`)).status).toBe(202)
    }

    async function expectThere(...manifests: readonly Pushed[]): Promise<void> {
      for (const { digest, bytes } of manifests) {
        const { status, body } = await registry.send('GET', `/v2/${name}/manifests/${digest}`)
        expect([digest, status, body.equals(bytes)]).toEqual([digest, 200, true])
        count('read')
      }
    }

    const scenarios = {
      async 'a tag'(tag: string) {
        const image = pick(images)
        await push(image, tag)
        return [image]
      },
      async 'a digest that a client asked for, then a tag'(tag: string) {
        const image = pick(images)
        const { status } = await registry.send('HEAD', `/v2/${name}/manifests/${image.digest}`)
        if (status !== 200) await push(image, image.digest)
        await push(image, tag)
        return [image]
      },
      async 'an index of tagged children'(tag: string) {
        const children = [pick(images), pick(images)]
        for (const [n, child] of children.entries()) await push(child, `${tag}-${n}`)
        const index = indexOf([...new Set(children)])
        await push(index, tag)
        for (const n of children.keys()) await untag(`${tag}-${n}`)
        return [index, ...children]
      },
      async 'an index of children that nothing reached before'(tag: string) {
        const children = [...new Set([pick(images), pick(images)])]
        for (const child of children) await push(child, child.digest)
        const index = indexOf(children)
        const isSparse = await push(index, tag)
        if (isSparse) count('sparse')
        return isSparse ? [index] : [index, ...children]
      },
      async 'a signature of a tagged image, and one of the signature'(tag: string) {
        const image = pick(images)
        await push(image, tag)
        const signature = imageOf({ of: 'image' }, image)
        await push(signature, signature.digest)
        const second = imageOf({ of: 'signature' }, signature)
        await push(second, second.digest)
        return [image, signature, second]
      },
    }

    async function pusher(): Promise<void> {
      const held: { tag: string; manifests: readonly Pushed[] }[] = []
      while (!isOver()) {
        const tag = `t-${randomUUID()}`
        const [kind, run] = pick(Object.entries(scenarios))
        held.push({ tag, manifests: await run(tag) })
        count(kind)
        await expectThere(...pick(held).manifests)
        const oldest = held.length > 2 ? held.shift() : undefined
        if (oldest === undefined) continue
        await expectThere(...oldest.manifests)
        await untag(oldest.tag)
      }
      for (const { tag, manifests } of held) {
        await expectThere(...manifests)
        await untag(tag)
      }
    }

    async function collect(isDryRun: boolean): Promise<void> {
      const run = new TestRun()
      await collectGarbage(registry.ctx, { graceSeconds: 3600, isDryRun }, run)
      if (!isDryRun) for (const [what, number] of Object.entries(run.counts)) count(what, number)
    }

    async function collecting(): Promise<void> {
      while (!isOver()) {
        await collect(Math.random() < 0.1)
        await setTimeout(1)
      }
    }

    /** Weeks go by between any two statements. */
    async function aging(): Promise<void> {
      while (!isOver()) {
        await ageManifests(registry.ctx)
        await setTimeout(2)
      }
    }

    await Promise.all([...Array.from({ length: pushers }, pusher), collecting(), collecting(), aging()])

    process.stdout.write(`${JSON.stringify(tally)}\n`)
    expect(isRaced(), JSON.stringify(tally)).toBe(true)
    await ageManifests(registry.ctx)
    await collect(false)
    expect(await registry.ctx.db.prisma.manifest.count()).toBe(0)
  },
)

function pick<T>(items: readonly T[]): T {
  return items[Math.floor(Math.random() * items.length)] as T
}
