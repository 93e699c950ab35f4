import type { RepositoryView } from '@/lib/api/schemas/repositories'
import type { Api } from '../api'
import type { CommandLine, CommandResult } from '../clients/command-line'
import { cranePusher, orasPusher, podmanPusher, regctlPusher, skopeoPusher, type Pusher } from '../clients/pushers'
import { test as base, expect, pushImage } from '../fixtures'
import type { ServerInfo } from '../server'
import { send } from './http'

/** What clients.spec.ts, where every client that pushes images is, does not ask of each: lists and deletion. */

const deletionRefused = 'The requested tag is immutable and cannot be deleted.'
const insecure = '--tls-verify=false'

const test = base.extend<{
  /** Logs a client on, in its own way. */
  logOn: (pusher: Pusher) => Promise<void>
}>({
  logOn: async ({ server }, use) => use((pusher) => pusher.logIn(server.registry, server.admin)),
})

test.describe('podman', () => {
  test.beforeEach(({ logOn, podman }) => logOn(podmanPusher(podman)))

  test('lists tags and finds repositories', async ({ api, podman, server }) => {
    const path = await createRepository(api)
    await pushTags(server, path, ['v1', 'v2'])
    const image = `${server.registry}/${path}`

    const tags = await podman.run(['search', insecure, '--list-tags', '--format', 'json', image])
    const found = await podman.run(['search', insecure, '--limit', '1000', '--format', '{{.Name}}', image])

    expect(JSON.parse(tags)).toEqual([{ Name: image, Tags: ['v1', 'v2'] }])
    expect(found.split('\n')).toEqual([image])
  })
})

test.describe('skopeo', () => {
  test.beforeEach(({ logOn, skopeo }) => logOn(skopeoPusher(skopeo)))

  test('lists tags', async ({ api, server, skopeo }) => {
    const path = await createRepository(api)
    await pushTags(server, path, ['v1', 'v2'])

    const listed = await skopeo.run(['list-tags', insecure, `docker://${server.registry}/${path}`])

    expect(JSON.parse(listed)).toEqual({ Repository: `${server.registry}/${path}`, Tags: ['v1', 'v2'] })
  })

  test('deletes an image, unless a protected tag names it', async ({ api, server, skopeo }) => {
    await expectDeletion(api, server, skopeo, (image) => ['delete', insecure, `docker://${image}`])
  })
})

test.describe('crane', () => {
  test.beforeEach(({ crane, logOn }) => logOn(cranePusher(crane)))

  test('lists tags and repositories', async ({ api, crane, server }) => {
    const path = await createRepository(api)
    await pushTags(server, path, ['v1', 'v2'])

    expect(await crane.run(['ls', `${server.registry}/${path}`])).toBe('v1\nv2')
    expect((await crane.run(['catalog', server.registry])).split('\n')).toContain(path)
  })

  test('deletes a tag, unless it is protected', async ({ api, crane, server }) => {
    await expectDeletion(api, server, crane, (image) => ['delete', image])
  })

  test('appends to an index of images that are there', async ({ api, crane, server }) => {
    const path = await createRepository(api)
    const [first, second] = await pushTags(server, path, ['v1', 'v2'])
    const image = `${server.registry}/${path}`

    await crane.run([
      'index',
      'append',
      '--manifest',
      `${image}:v1`,
      '--manifest',
      `${image}:v2`,
      '--tag',
      `${image}:all`,
    ])

    const { body } = await send(server, 'GET', `/v2/${path}/manifests/all`)
    expect(JSON.parse(body.toString())).toMatchObject({ manifests: [{ digest: first }, { digest: second }] })
  })
})

test.describe('oras', () => {
  test.beforeEach(({ logOn, oras }) => logOn(orasPusher(oras)))

  test('lists tags and repositories', async ({ api, oras, server }) => {
    const path = await createRepository(api)
    await pushTags(server, path, ['v1', 'v2'])

    expect(await oras.run(['repo', 'tags', '--plain-http', `${server.registry}/${path}`])).toBe('v1\nv2')
    expect((await oras.run(['repo', 'ls', '--plain-http', server.registry])).split('\n')).toContain(path)
  })

  test('deletes an image, unless a protected tag names it', async ({ api, oras, server }) => {
    await expectDeletion(api, server, oras, (image) => ['manifest', 'delete', '--force', '--plain-http', image])
  })
})

test.describe('regctl', () => {
  test.beforeEach(({ logOn, regctl }) => logOn(regctlPusher(regctl)))

  test('lists tags and repositories', async ({ api, regctl, server }) => {
    const path = await createRepository(api)
    await pushTags(server, path, ['v1', 'v2'])

    expect(await regctl.run(['tag', 'ls', `${server.registry}/${path}`])).toBe('v1\nv2')
    expect((await regctl.run(['repo', 'ls', server.registry])).split('\n')).toContain(path)
  })

  test('deletes a tag, unless it is protected', async ({ api, regctl, server }) => {
    // Refused, it tries to put something else under the tag, to delete that: it tells of the second refusal.
    const refusal = 'The requested tag already exists and cannot be overwritten.'
    await expectDeletion(api, server, regctl, (image) => ['tag', 'delete', image], refusal)
  })
})

/** Has `client` delete the image of a tag where it may, and where it may not. */
async function expectDeletion(
  api: Api,
  server: ServerInfo,
  client: CommandLine,
  deletionOf: (image: string) => string[],
  refusal = deletionRefused,
): Promise<void> {
  const open = await createRepository(api)
  const immutable = await createRepository(api, { tagImmutability: true })
  for (const path of [open, immutable]) await pushTags(server, path, ['v1', 'v2'])

  await client.run(deletionOf(`${server.registry}/${open}:v1`))
  const refused: CommandResult = await client.attempt(deletionOf(`${server.registry}/${immutable}:v1`))

  expect(refused.stdout + refused.stderr).toContain(refusal)
  expect(refused.code).not.toBe(0)
  expect(await statusesOf(server, open)).toEqual({ v1: 404, v2: 200 })
  expect(await statusesOf(server, immutable)).toEqual({ v1: 200, v2: 200 })
}

async function statusesOf(server: ServerInfo, path: string): Promise<Record<string, number>> {
  const statuses: Record<string, number> = {}
  for (const tag of ['v1', 'v2']) {
    statuses[tag] = (await send(server, 'HEAD', `/v2/${path}/manifests/${tag}`)).status
  }
  return statuses
}

/** Pushes an image of its own for each tag; resolves with the images' digests. */
function pushTags(server: ServerInfo, path: string, tags: readonly string[]): Promise<string[]> {
  return Promise.all(tags.map((tag) => pushImage(server, path, tag)))
}

async function createRepository(api: Api, settings: Partial<RepositoryView> = {}): Promise<string> {
  const { namespace, name } = await api.createRepository(settings)
  return `${namespace}/${name}`
}
