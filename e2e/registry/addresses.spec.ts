import { Api } from '../api'
import { DockerDaemon } from '../clients/docker'
import { requireCommands, requireRoot } from '../clients/require-commands'
import { expect, test } from '../fixtures'
import { planProxy } from '../proxies'

/** docs/addresses.md: every instance at its own names behind nginx with TLS, as a docker that knows the names sees them. */
test('the configuration of nginx serves every instance, by name and by path', async ({ startPrivateServer }) => {
  requireCommands('docker', 'dockerd', 'unshare')
  requireRoot()
  test.slow()
  const planned = await planProxy('nginx', 'addresses.md', ['registry.example.com', '*.cn-hangzhou.example.com'])
  const { port } = new URL(planned.url)
  const server = await startPrivateServer({
    env: {
      STELE_DOMAIN: 'example.com',
      STELE_PUBLIC_URL: `https://registry.example.com:${port}`,
      STELE_TRUSTED_PROXIES: 'loopback',
    },
  })
  const proxy = await planned.start([server.port])
  const [first, second] = ['example-registry-vpc', 'dev-registry'].map((name) => `${name}.cn-hangzhou.example.com`)
  const daemon = new DockerDaemon({
    hosts: `127.0.0.1 registry.example.com ${first} ${second}`,
    certificateFile: proxy.certificateFile,
  })
  const docker = await daemon.client()
  try {
    const api = new Api(server)
    const { id } = await api.createInstance({ name: 'dev', regionId: 'cn-hangzhou' })
    const { name: admin, password } = server.admin
    expect((await api.request('PUT', `/instances/${id}/credentials/password`, { password })).status).toBe(204)
    const namespace = { name: 'team', autoCreateRepository: true }
    expect((await api.request('POST', `/instances/${id}/namespaces`, namespace)).status).toBe(201)

    const image = await docker.importImage('behind nginx')
    const logOn = (user: string, host: string) =>
      docker.run(['login', `--username=${user}`, '--password-stdin', `${host}:${port}`], password)
    for (const [host, path] of [
      [first, 'test/example'],
      [second, 'team/app'],
    ]) {
      await logOn(admin, host ?? '')
      await docker.run(['tag', image, `${host}:${port}/${path}:v1`])
      await docker.run(['push', `${host}:${port}/${path}:v1`])
    }
    await logOn(`dev.cn-hangzhou/${admin}`, 'registry.example.com')
    await docker.run(['pull', `registry.example.com:${port}/i/dev.cn-hangzhou/team/app:v1`])
    expect((await docker.attempt(['pull', `${second}:${port}/test/example:v1`])).code).not.toBe(0)
  } finally {
    await docker.dispose()
    await daemon.stop()
    await proxy.stop()
  }
})
