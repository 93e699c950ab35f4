import { test as base, expect } from '@playwright/test'
import { whyNoPostgresql } from '@/scripts/lib/postgresql.mjs'
import { whyNoS3Server } from '@/scripts/lib/s3-server.mjs'
import { Api } from './api'
import { Buildah } from './clients/buildah'
import { ContainerdDaemon, type Ctr } from './clients/containerd'
import { DockerDaemon, type Docker } from './clients/docker'
import { createCosign, createCrane, createHelm, createOras, createRegctl, type HomeClient } from './clients/go-clients'
import { Podman } from './clients/podman'
import { requireCommands, requireRoot } from './clients/require-commands'
import { Skopeo } from './clients/skopeo'
import { type CountingProxy, startCountingProxy } from './counting-proxy'
import { serverVariable } from './global-setup'
import { type Machines, type MachinesOptions, startMachines } from './machines/machines'
import { Postgresql } from './postgresql'
import { S3 } from './s3'
import { startServer, type ServerInfo, type StartedServer, type StartOptions } from './server'
import { storageVariable } from './stored-blobs'

export { expect }
export { pushImage } from './push'
export { uniqueName } from './unique-name'

interface TestFixtures {
  /** Skips the test where the storage is not there. */
  requireStorage: undefined
  /** Starts a server of this test's own, ended with it: for tests that kill it or set it up otherwise. */
  startPrivateServer: (options?: StartOptions) => Promise<StartedServer>
  /** Starts several servers over one PostgreSQL database and one S3 store, ended with the test. */
  startMachines: (options?: MachinesOptions) => Promise<Machines>
  /** Logs the page's browser context on as the administrator of a server, by default the shared one, without the log-on page. */
  signIn: (to?: ServerInfo) => Promise<void>
  /** What clients talk to instead of the server, to count their requests. */
  counter: CountingProxy
  docker: Docker
  podman: Podman
  skopeo: Skopeo
  buildah: Buildah
  ctr: Ctr
  crane: HomeClient
  oras: HomeClient
  regctl: HomeClient
  helm: HomeClient
  cosign: HomeClient
}

export interface WorkerOptions {
  /** Where servers keep their blobs. */
  storage: 'filesystem' | 's3'
}

interface WorkerFixtures extends WorkerOptions {
  /** Lets the worker's servers keep their blobs where `storage` says. */
  storageOfServers: undefined
  /** The server that all tests share: over S3, and PostgreSQL, those of the worker. */
  server: ServerInfo
  api: Api
  dockerDaemon: DockerDaemon
  postgresql: Postgresql
  s3: S3
  containerdDaemon: ContainerdDaemon
}

export const test = base.extend<TestFixtures, WorkerFixtures>({
  storage: ['filesystem', { scope: 'worker', option: true }],

  storageOfServers: [
    async ({ storage, s3 }, use) => {
      if (storage === 's3' && whyNoS3Server() === null) {
        process.env[storageVariable] = JSON.stringify(await s3.asStorage())
      }
      await use(undefined)
    },
    { scope: 'worker', auto: true },
  ],

  requireStorage: [
    async ({ storage }, use) => {
      if (storage === 's3') requireCommands('versitygw')
      await use(undefined)
    },
    { auto: true },
  ],

  server: [
    async ({ storage, postgresql }, use) => {
      if (storage === 'filesystem' || whyNoS3Server() !== null) {
        await use(JSON.parse(process.env[serverVariable] ?? '') as ServerInfo)
        return
      }
      const server = await startServer(whyNoPostgresql() === null ? await postgresql.startOptions('postgresql') : {})
      await use(server)
      await server.stop()
    },
    { scope: 'worker' },
  ],

  api: [
    async ({ server }, use) => {
      await use(new Api(server))
    },
    { scope: 'worker' },
  ],

  baseURL: async ({ server }, use) => {
    await use(server.url)
  },

  // Whatever a test does in a browser, the console keeps to its own content security policy.
  context: async ({ context }, use) => {
    const violations: string[] = []
    // Not every violation is written to the console by the browser: what is tried and caught is not.
    await context.addInitScript(() => {
      document.addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI, sourceFile }) => {
        console.error(`Content Security Policy: ${effectiveDirective} ${blockedURI} ${sourceFile}`)
      })
    })
    context.on('console', (message) => {
      if (message.text().includes('Content Security Policy')) violations.push(message.text())
    })
    await use(context)
    expect(violations).toEqual([])
  },

  signIn: async ({ context, server }, use) => {
    await use(async ({ url, admin } = server) => {
      const response = await context.request.post(`${url}/api/v1/session`, {
        headers: { origin: url },
        data: { userName: admin.name, password: admin.password },
      })
      if (!response.ok()) throw new Error(`Log-on refused: ${response.status()}`)
    })
  },

  startPrivateServer: async ({}, use) => {
    const started: StartedServer[] = []
    await use(async (options) => {
      const server = await startServer(options)
      started.push(server)
      return server
    })
    // The last first: an earlier one, killed, may have left it its folder.
    for (const server of started.reverse()) await server.stop()
  },

  startMachines: async ({}, use) => {
    const started: Machines[] = []
    await use(async (options) => {
      const machines = await startMachines(options)
      started.push(machines)
      return machines
    })
    for (const machines of started) await machines.stop()
  },

  counter: async ({ server }, use) => {
    const counter = await startCountingProxy(server)
    await use(counter)
    await counter.close()
  },

  dockerDaemon: [
    async ({}, use) => {
      const daemon = new DockerDaemon()
      await use(daemon)
      await daemon.stop()
    },
    { scope: 'worker' },
  ],

  postgresql: [
    async ({}, use) => {
      const postgresql = new Postgresql()
      await use(postgresql)
      await postgresql.stop()
    },
    { scope: 'worker' },
  ],

  s3: [
    async ({}, use) => {
      const s3 = new S3()
      await use(s3)
      await s3.stop()
    },
    { scope: 'worker' },
  ],

  docker: async ({ dockerDaemon }, use) => {
    requireCommands('docker', 'dockerd')
    requireRoot()
    const docker = await dockerDaemon.client()
    await use(docker)
    await docker.dispose()
  },

  podman: async ({}, use) => {
    requireCommands('podman')
    requireRoot()
    const podman = await Podman.create()
    await use(podman)
    await podman.dispose()
  },

  skopeo: async ({}, use) => {
    requireCommands('skopeo')
    const skopeo = await Skopeo.create()
    await use(skopeo)
    await skopeo.dispose()
  },

  buildah: async ({}, use) => {
    requireCommands('buildah')
    requireRoot()
    const buildah = await Buildah.create()
    await use(buildah)
    await buildah.dispose()
  },

  containerdDaemon: [
    async ({}, use) => {
      const daemon = new ContainerdDaemon()
      await use(daemon)
      await daemon.stop()
    },
    { scope: 'worker' },
  ],

  ctr: async ({ containerdDaemon }, use) => {
    requireCommands('ctr', 'containerd')
    requireRoot()
    await use(await containerdDaemon.client())
  },

  crane: async ({}, use) => useHomeClient('crane', createCrane, use),
  oras: async ({}, use) => useHomeClient('oras', createOras, use),
  regctl: async ({}, use) => useHomeClient('regctl', createRegctl, use),
  helm: async ({}, use) => useHomeClient('helm', createHelm, use),
  cosign: async ({}, use) => useHomeClient('cosign', createCosign, use),
})

async function useHomeClient(
  command: string,
  create: () => Promise<HomeClient>,
  use: (client: HomeClient) => Promise<void>,
): Promise<void> {
  requireCommands(command)
  const client = await create()
  await use(client)
  await client.dispose()
}
