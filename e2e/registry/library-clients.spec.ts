import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { repository } from '@/lib/api/schemas/repositories'
import { Api } from '../api'
import { makeCertificate } from '../certificate'
import type { CommandResult } from '../clients/command-line'
import { createDxf, createJib, createOrasPy, type LibraryClient } from '../clients/library-clients'
import { requireCommands } from '../clients/require-commands'
import { type CountingProxy, startCountingProxy } from '../counting-proxy'
import { expect, test as base, uniqueName } from '../fixtures'

const refusal = 'The requested tag already exists and cannot be overwritten.'

interface LibraryTest {
  readonly client: LibraryClient
  /** What the client talks to. */
  readonly registry: CountingProxy
  /** Of the server behind it. */
  readonly apiBehind: Api
}

interface Folder {
  /** A folder of this test's own. */
  folder: string
}

const test = base.extend<Folder>({
  folder: async ({}, use, testInfo) => {
    const folder = testInfo.outputPath('home')
    await mkdir(folder, { recursive: true })
    await use(folder)
  },
})

/** A client that reads what `docker login` wrote. */
function withDockerConfig(command: string, create: (home: string, config: string) => Promise<LibraryClient>) {
  return test.extend<LibraryTest>({
    registry: async ({ counter }, use) => use(counter),
    apiBehind: async ({ api }, use) => use(api),
    client: async ({ counter, docker, folder, server }, use) => {
      requireCommands(command)
      const { name, password } = server.admin
      await docker.run(['login', '--username', name, '--password-stdin', counter.address], password)
      await use(await create(folder, await docker.readConfig()))
    },
  })
}

const dxf = test.extend<LibraryTest & { behindTls: { registry: CountingProxy; api: Api; client: LibraryClient } }>({
  behindTls: async ({ folder, startPrivateServer }, use) => {
    requireCommands('stele-python', 'openssl')
    const server = await startPrivateServer({ env: { STELE_TRUSTED_PROXIES: 'loopback' } })
    const registry = await startCountingProxy(server, await makeCertificate(folder))
    const client = createDxf(folder, server.admin, join(folder, 'cert.pem'))
    await use({ registry, api: new Api(server), client })
    await registry.close()
  },
  registry: async ({ behindTls }, use) => use(behindTls.registry),
  apiBehind: async ({ behindTls }, use) => use(behindTls.api),
  client: async ({ behindTls }, use) => use(behindTls.client),
})

for (const [name, clientTest, refused] of [
  ['Jib', withDockerConfig('mvn', createJib), refusal],
  ['oras-py', withDockerConfig('stele-python', createOrasPy), refusal],
  ['python-dxf', dxf, '409 Client Error'],
] as const) {
  clientTest(
    `${name} pushes, pulls, is refused once where a tag is immutable, and pushes once where that is only recorded`,
    async ({ apiBehind, client, registry }) => {
      // Jib starts Maven for each of its commands: on a slow machine, a minute is not enough.
      clientTest.slow()
      const { id, namespace, name } = await apiBehind.createRepository({ tagImmutability: true })
      const path = `${namespace}/${name}`
      const target = `${registry.address}/${path}:v1`
      const [first, second] = [uniqueName('first'), uniqueName('second')]

      expectDone(await client.push(target, first))
      if (client.pull !== undefined) {
        const pulled = await client.pull(target)
        expectDone(pulled)
        expect(pulled.stdout).toContain(first)
      }
      expect(putsOf(registry, path)).toEqual([201])

      const { code, stdout, stderr } = await client.push(target, second)
      expect(code).not.toBe(0)
      expect(stdout + stderr).toContain(refused)
      expect(putsOf(registry, path)).toEqual([201, 409])

      await apiBehind.send('PATCH', `/repositories/${id}`, repository, { immutability: { mode: 'audit' } })
      expectDone(await client.push(target, second))
      expect(putsOf(registry, path)).toEqual([201, 409, 201])
    },
  )
}

/** How each PUT of the tag's manifest was answered, without those that only led to a token. */
function putsOf(registry: CountingProxy, path: string): number[] {
  return registry.seen
    .filter((request) => request.method === 'PUT' && request.path === `/v2/${path}/manifests/v1`)
    .filter(({ status }) => status !== 401)
    .map(({ status }) => status)
}

function expectDone({ code, stdout, stderr }: CommandResult): void {
  expect(code, stdout + stderr).toBe(0)
}
