import { test as base } from '@playwright/test'
import { Api } from './api'
import { Buildah } from './clients/buildah'
import { DockerDaemon, type Docker } from './clients/docker'
import { Podman } from './clients/podman'
import { requireCommands, requireRoot } from './clients/require-commands'
import { Skopeo } from './clients/skopeo'
import { serverVariable } from './global-setup'
import { startServer, type ServerInfo, type StartedServer, type StartOptions } from './server'

export { expect } from '@playwright/test'
export { pushImage } from './push'
export { uniqueName } from './unique-name'

interface TestFixtures {
  /** Starts a server of this test's own, ended with it: for tests that kill it or set it up otherwise. */
  startPrivateServer: (options?: StartOptions) => Promise<StartedServer>
  /** Logs the page's browser context on as the administrator, without the log-on page. */
  signIn: () => Promise<void>
  docker: Docker
  podman: Podman
  skopeo: Skopeo
  buildah: Buildah
}

interface WorkerFixtures {
  /** The server that all tests share. */
  server: ServerInfo
  api: Api
  dockerDaemon: DockerDaemon
}

export const test = base.extend<TestFixtures, WorkerFixtures>({
  server: [
    async ({}, use) => {
      await use(JSON.parse(process.env[serverVariable] ?? '') as ServerInfo)
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

  signIn: async ({ context, server }, use) => {
    await use(async () => {
      const response = await context.request.post('/api/v1/session', {
        headers: { origin: server.url },
        data: { userName: server.admin.name, password: server.admin.password },
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
    for (const server of started) await server.stop()
  },

  dockerDaemon: [
    async ({}, use) => {
      const daemon = new DockerDaemon()
      await use(daemon)
      await daemon.stop()
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
})
