import type { z } from 'zod'
import type { policyChanges } from '@/lib/api/schemas/immutability'
import { repository, type RepositoryView } from '@/lib/api/schemas/repositories'
import { tag } from '@/lib/api/schemas/tags'
import type { Api } from '../api'
import type { CommandResult } from '../clients/command-line'
import { expect, pushImage, test } from '../fixtures'
import type { CountingProxy } from '../counting-proxy'
import {
  buildahPusher,
  cranePusher,
  ctrPusher,
  dockerPusher,
  orasPusher,
  podmanPusher,
  type Pusher,
  regctlPusher,
  skopeoPusher,
} from '../clients/pushers'
import type { ServerInfo } from '../server'
import { send } from './http'

interface Descriptor {
  readonly digest: string
}

interface Index {
  readonly manifests: readonly (Descriptor & { readonly platform: { readonly architecture: string } })[]
}

const refusal = 'The requested tag already exists and cannot be overwritten.'

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

const ctrTest = test.extend<{ pusher: Pusher }>({
  pusher: async ({ ctr }, use) => use(ctrPusher(ctr)),
})
const craneTest = test.extend<{ pusher: Pusher }>({
  pusher: async ({ crane }, use) => use(cranePusher(crane)),
})
const orasTest = test.extend<{ pusher: Pusher }>({
  pusher: async ({ oras }, use) => use(orasPusher(oras)),
})
const regctlTest = test.extend<{ pusher: Pusher }>({
  pusher: async ({ regctl }, use) => use(regctlPusher(regctl)),
})

const clients = [
  ['docker', dockerTest],
  ['podman', podmanTest],
  ['skopeo', skopeoTest],
  ['buildah', buildahTest],
  ['ctr', ctrTest],
  ['crane', craneTest],
  ['oras', orasTest],
  ['regctl', regctlTest],
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
        expectRefused(pusher, await pusher.push(second, v1))

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

    clientTest(
      'sends one manifest PUT in every mode: audit and off overwrite, an exempt tag moves',
      async ({ api, counter, pusher }) => {
        const { id, path } = await createRepository(api, { tagImmutability: true })
        const first = await pusher.makeImage('first')
        const second = await pusher.makeImage('second')
        const v1 = `${counter.address}/${path}:v1`
        expectAccepted(await pusher.push(first, v1))
        expectRefused(pusher, await pusher.push(second, v1))

        await setPolicy(api, id, { mode: 'audit' })
        const audited = await pusher.push(second, v1)
        expectAccepted(audited)
        expect(pusher.showsWarnings === true).toBe((audited.stdout + audited.stderr).includes(refusal))

        await setPolicy(api, id, { mode: 'off' })
        expectAccepted(await pusher.push(first, v1))

        await setPolicy(api, id, { mode: 'enforce', exemptTags: ['v*'] })
        expectAccepted(await pusher.push(second, v1))

        expect(putsOf(counter, path, 'v1')).toEqual([201, 409, 201, 201, 201])
        expect(await pusher.pull(v1)).toBe(await pusher.configOf(second))
      },
    )

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

        expectRefused(pusher, await pusher.push(second, before))
        expectAccepted(await pusher.push(first, after))
        expectRefused(pusher, await pusher.push(second, after))
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

    clientTest('copies to another repository without sending a layer again', async ({ api, counter, pusher }) => {
      const { path: from } = await createRepository(api, {})
      const { path: to } = await createRepository(api, {})
      const image = await pusher.makeImage('copied')
      expectAccepted(await pusher.push(image, `${counter.address}/${from}:v1`))

      await pusher.copy(`${counter.address}/${from}:v1`, `${counter.address}/${to}:v1`)

      const config = await pusher.configOf(image)
      expect(await pusher.pull(`${counter.address}/${to}:v1`)).toBe(config)
      // Some clients send the configuration, and only it, without asking for a mount.
      expect(blobsSentTo(counter, to).filter((digest) => digest !== config)).toEqual([])
    })

    clientTest(
      'pushes an index, and pulls the image of another architecture',
      async ({ api, counter, pusher, server }) => {
        const { path } = await createRepository(api, { tagImmutability: true })
        const target = `${counter.address}/${path}:v1`

        expectAccepted(await pusher.pushIndex({ amd64: 'for amd64', arm64: 'for arm64' }, target))

        for (const architecture of ['arm64', 'amd64']) {
          expect(await pusher.pull(target, architecture)).toBe(await configFor(server, path, 'v1', architecture))
        }
      },
    )
  })
}

async function createRepository(api: Api, settings: Partial<RepositoryView>): Promise<{ id: string; path: string }> {
  const { id, namespace, name } = await api.createRepository(settings)
  return { id, path: `${namespace}/${name}` }
}

async function setPolicy(api: Api, id: string, immutability: z.infer<typeof policyChanges>): Promise<void> {
  await api.send('PATCH', `/repositories/${id}`, repository, { immutability })
}

async function setImmutable(api: Api, id: string, tagImmutability: boolean): Promise<void> {
  await api.send('PATCH', `/repositories/${id}`, repository, { tagImmutability })
}

function expectAccepted({ code, stdout, stderr }: CommandResult): void {
  expect(code, stdout + stderr).toBe(0)
}

function expectRefused(pusher: Pusher, { code, stdout, stderr }: CommandResult): void {
  expect(stdout + stderr).toContain(pusher.refusal ?? refusal)
  expect(code).not.toBe(0)
}

/** The digests of the blobs whose bytes, and no mere mount, a client brought into a repository. */
function blobsSentTo(counter: CountingProxy, path: string): (string | null)[] {
  return counter.seen
    .map((request) => ({ ...request, url: new URL(request.path, 'http://registry') }))
    .filter(({ method, url }) => method === 'PUT' && url.pathname.startsWith(`/v2/${path}/blobs/uploads/`))
    .map(({ url }) => url.searchParams.get('digest'))
}

/** The digest of the configuration that an index gives to an architecture, as the registry has them. */
async function configFor(server: ServerInfo, path: string, tag: string, architecture: string): Promise<string> {
  const index = await getJson<Index>(server, `/v2/${path}/manifests/${tag}`)
  const child = index.manifests.find(({ platform }) => platform.architecture === architecture)
  const { config } = await getJson<{ config: Descriptor }>(server, `/v2/${path}/manifests/${child?.digest}`)
  return config.digest
}

async function getJson<T>(server: ServerInfo, path: string): Promise<T> {
  const { status, body } = await send(server, 'GET', path)
  expect(status, path).toBe(200)
  return JSON.parse(body.toString()) as T
}

/** How each PUT of the tag's manifest was answered so far. */
function putsOf(counter: CountingProxy, path: string, tag: string): number[] {
  return counter.seen
    .filter((request) => request.method === 'PUT' && request.path === `/v2/${path}/manifests/${tag}`)
    .map(({ status }) => status)
}
