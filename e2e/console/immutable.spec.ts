import { podmanPusher, dockerPusher, skopeoPusher, type Pusher } from '../clients/pushers'
import type { CommandResult } from '../clients/command-line'
import { expect, pushImage, test as base, uniqueName } from '../fixtures'
import { AcrProcedure } from '../pages/acr-procedure'
import { startCountingProxy, type CountingProxy } from '../counting-proxy'

/*
 * The main job: an administrator follows ACR's procedure in the browser, then verifies as ACR's page does, by pushing.
 * What a client sends is seen by a proxy between it and the server.
 */

const sentence = 'The requested tag already exists and cannot be overwritten.'

const test = base.extend<{ registry: CountingProxy; procedure: AcrProcedure }>({
  registry: async ({ server }, use) => {
    const registry = await startCountingProxy(server)
    await use(registry)
    await registry.close()
  },
  procedure: async ({ page }, use) => use(new AcrProcedure(page)),
})

const clients = [
  ['docker', test.extend<{ pusher: Pusher }>({ pusher: async ({ docker }, use) => use(dockerPusher(docker)) })],
  ['podman', test.extend<{ pusher: Pusher }>({ pusher: async ({ podman }, use) => use(podmanPusher(podman)) })],
  ['skopeo', test.extend<{ pusher: Pusher }>({ pusher: async ({ skopeo }, use) => use(skopeoPusher(skopeo)) })],
] as const

for (const [client, clientTest] of clients) {
  clientTest(
    `ACR’s eight steps make a repository immutable, as ${client} push finds, and clearing the box undoes it`,
    async ({ api, procedure, pusher, registry, server }) => {
      test.setTimeout(180_000)
      const { namespace, name } = await api.createRepository({ name: uniqueName(client) })
      const address = `${registry.address}/${namespace}/${name}`
      await pusher.logIn(registry.address, server.admin)
      const [one, two] = [await pusher.makeImage(`${name} one`), await pusher.makeImage(`${name} two`)]
      accepted(await pusher.push(one, `${address}:before`))

      await test.step('the eight steps', async () => {
        await procedure.logOn(server)
        await procedure.selectRegion('China (Hangzhou)')
        await procedure.openInstances()
        await procedure.openInstance('example')
        await procedure.chooseRepositories()
        await procedure.manage(namespace, name)
        await procedure.edit()
        await procedure.setImmutable(true)
        await expect(procedure.details()).toContainText('Immutable')
      })

      await test.step('an existing tag and a new one are both protected', async () => {
        accepted(await pusher.push(one, `${address}:v1`))
        for (const tag of ['before', 'v1']) {
          const before = registry.seen.length
          const { code, stdout, stderr } = await pusher.push(two, `${address}:${tag}`)
          expect(code).not.toBe(0)
          expect(stdout + stderr).toContain(sentence)
          expect(manifestPuts(registry, before)).toEqual([409])
          expect(await pusher.pull(`${address}:${tag}`)).toBe(await pusher.configOf(one))
        }
      })

      await test.step('latest moves', async () => {
        accepted(await pusher.push(one, `${address}:latest`))
        accepted(await pusher.push(two, `${address}:latest`))
        expect(await pusher.pull(`${address}:latest`)).toBe(await pusher.configOf(two))
      })

      await test.step('clearing Immutable restores pushes', async () => {
        await procedure.edit()
        await procedure.setImmutable(false)
        await expect(procedure.details()).toContainText('Mutable')
        accepted(await pusher.push(two, `${address}:v1`))
        expect(await pusher.pull(`${address}:v1`)).toBe(await pusher.configOf(two))
      })
    },
  )
}

test('the example of ACR’s documentation is there from the first start, and the eight steps work on it', async ({
  page,
  procedure,
  startPrivateServer,
}) => {
  const server = await startPrivateServer()
  await pushImage(server, 'test/example', 'v1', 'one')
  await procedure.logOn(server)
  await procedure.selectRegion('China (Hangzhou)')
  await procedure.openInstances()
  await procedure.openInstance('example')
  await procedure.chooseRepositories()
  await procedure.manage('test', 'example')
  await procedure.edit()
  await procedure.setImmutable(true)
  await expect(pushImage(server, 'test/example', 'v1', 'two')).rejects.toThrow(sentence)
  await page.reload()
  await expect(procedure.details()).toContainText('Immutable')
})

function accepted({ code, stdout, stderr }: CommandResult): void {
  expect(code, stdout + stderr).toBe(0)
}

/** How the manifest PUTs since `from` were answered. */
function manifestPuts(registry: CountingProxy, from: number): number[] {
  return registry.seen
    .slice(from)
    .filter(({ method, path }) => method === 'PUT' && path.includes('/manifests/'))
    .map(({ status }) => status)
}
