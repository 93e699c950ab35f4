import { repository, type RepositoryView } from '@/lib/api/schemas/repositories'
import { tag } from '@/lib/api/schemas/tags'
import type { Api } from '../api'
import type { CommandResult } from '../clients/command-line'
import { test as base, expect, pushImage } from '../fixtures'
import { type CountingProxy, startCountingProxy } from '../counting-proxy'
import { buildahPusher, dockerPusher, podmanPusher, skopeoPusher, type Pusher } from '../clients/pushers'

const refusal = 'The requested tag already exists and cannot be overwritten.'

const test = base.extend<{
  /** What the clients talk to instead of the server, to count their requests. */
  counter: CountingProxy
}>({
  counter: async ({ server }, use) => {
    const counter = await startCountingProxy(server)
    await use(counter)
    await counter.close()
  },
})

const dockerTest = test.extend<{ pusher: Pusher }>({
  pusher: async ({ docker }, use) => use(dockerPusher(docker)),
})
const podmanTest = test.extend<{ pusher: Pusher }>({
  pusher: async ({ podman }, use) => use(podmanPusher(podman)),
})
const skopeoTest = test.extend<{ pusher: Pusher }>({
  pusher: async ({ skopeo }, use) => use(skopeoPusher(skopeo)),
})
const buildahTest = test.extend<{ pusher: Pusher }>({
  pusher: async ({ buildah }, use) => use(buildahPusher(buildah)),
})

const clients = [
  ['docker', dockerTest],
  ['podman', podmanTest],
  ['skopeo', skopeoTest],
  ['buildah', buildahTest],
] as const

for (const [name, clientTest] of clients) {
  clientTest.describe(name, () => {
    clientTest.beforeEach(async ({ pusher, counter, server }) => {
      await pusher.logIn(counter.address, server.admin)
    })

    clientTest(
      'cannot overwrite a tag of an immutable repository, and is told so at once',
      async ({ api, counter, pusher }) => {
        const { path } = await createRepository(api, { tagImmutability: true })
        const first = await pusher.makeImage('first')
        const second = await pusher.makeImage('second')
        const v1 = `${counter.address}/${path}:v1`

        expectAccepted(await pusher.push(first, v1))
        const before = putsOf(counter, path, 'v1').length
        expectRefused(await pusher.push(second, v1))

        expect(putsOf(counter, path, 'v1').slice(before)).toEqual([409])
        expect(await pusher.pull(v1)).toBe(await pusher.configOf(first))
      },
    )

    clientTest('pushes the same image to an immutable tag again', async ({ api, counter, pusher }) => {
      const { path } = await createRepository(api, { tagImmutability: true })
      const image = await pusher.makeImage('same')

      expectAccepted(await pusher.push(image, `${counter.address}/${path}:v1`))
      expectAccepted(await pusher.push(image, `${counter.address}/${path}:v1`))
    })

    clientTest(
      'moves latest of an immutable repository, and a pull gets the second image',
      async ({ api, counter, pusher }) => {
        const { path } = await createRepository(api, { tagImmutability: true })
        const first = await pusher.makeImage('first')
        const second = await pusher.makeImage('second')
        const latest = `${counter.address}/${path}:latest`

        expectAccepted(await pusher.push(first, latest))
        expectAccepted(await pusher.push(second, latest))

        expect(await pusher.pull(latest)).toBe(await pusher.configOf(second))
      },
    )

    clientTest('overwrites a tag again once Immutable is cleared', async ({ api, counter, pusher }) => {
      const { id, path } = await createRepository(api, { tagImmutability: true })
      const first = await pusher.makeImage('first')
      const second = await pusher.makeImage('second')
      const v1 = `${counter.address}/${path}:v1`
      expectAccepted(await pusher.push(first, v1))
      expectRefused(await pusher.push(second, v1))

      await setImmutable(api, id, false)

      expectAccepted(await pusher.push(second, v1))
      expect(await pusher.pull(v1)).toBe(await pusher.configOf(second))
    })

    clientTest(
      'finds tags from before Immutable was ticked protected, and those from after',
      async ({ api, counter, pusher }) => {
        const { id, path } = await createRepository(api, { tagImmutability: false })
        const first = await pusher.makeImage('first')
        const second = await pusher.makeImage('second')
        const before = `${counter.address}/${path}:before`
        const after = `${counter.address}/${path}:after`
        expectAccepted(await pusher.push(first, before))

        await setImmutable(api, id, true)

        expectRefused(await pusher.push(second, before))
        expectAccepted(await pusher.push(first, after))
        expectRefused(await pusher.push(second, after))
      },
    )

    clientTest('pulls by digest what a tag no longer names', async ({ api, counter, pusher, server }) => {
      const { id, path } = await createRepository(api, { tagImmutability: false })
      const image = await pusher.makeImage('by digest')
      expectAccepted(await pusher.push(image, `${counter.address}/${path}:latest`))
      const { digest } = await api.send('GET', `/repositories/${id}/tags/latest`, tag)

      await pushImage(server, path, 'latest', 'another image')

      expect(await pusher.pull(`${counter.address}/${path}@${digest}`)).toBe(await pusher.configOf(image))
    })
  })
}

async function createRepository(api: Api, settings: Partial<RepositoryView>): Promise<{ id: string; path: string }> {
  const { id, namespace, name } = await api.createRepository(settings)
  return { id, path: `${namespace}/${name}` }
}

async function setImmutable(api: Api, id: string, tagImmutability: boolean): Promise<void> {
  await api.send('PATCH', `/repositories/${id}`, repository, { tagImmutability })
}

function expectAccepted({ code, stdout, stderr }: CommandResult): void {
  expect(code, stdout + stderr).toBe(0)
}

function expectRefused({ code, stdout, stderr }: CommandResult): void {
  expect(stdout + stderr).toContain(refusal)
  expect(code).not.toBe(0)
}

/** How each PUT of the tag's manifest was answered so far. */
function putsOf(counter: CountingProxy, path: string, tag: string): number[] {
  return counter.seen
    .filter((request) => request.method === 'PUT' && request.path === `/v2/${path}/manifests/${tag}`)
    .map(({ status }) => status)
}
