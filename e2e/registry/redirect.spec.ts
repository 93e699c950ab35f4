import { randomBytes } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Api } from '../api'
import { makeCertificate } from '../certificate'
import { CommandLine, type CommandResult } from '../clients/command-line'
import { createDxf, createJib, createOrasPy } from '../clients/library-clients'
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
import { requireCommands } from '../clients/require-commands'
import { type CountingProxy, startCountingProxy } from '../counting-proxy'
import { expect, pushImage, test as base } from '../fixtures'
import type { ServerInfo } from '../server'
import { send } from './http'

/*
 * A server that sends clients to the S3 store for blobs (docs/operations.md): real clients follow, get the right bytes, and
 * show the store no credentials. The store has another host name than the registry, `localhost`.
 */

interface Redirecting {
  readonly server: ServerInfo
  /** What clients take for the registry. */
  readonly registry: CountingProxy
  /** What clients take for the store. */
  readonly store: CountingProxy
  readonly api: Api
}

const test = base.extend<{ redirecting: Redirecting }>({
  redirecting: async ({ startPrivateServer, s3 }, use) => {
    const bucket = await s3.createBucket()
    const store = await startCountingProxy({ port: Number(new URL(bucket.env['STELE_S3_ENDPOINT'] ?? '').port) })
    const [, port = ''] = store.address.split(':')
    const env = {
      ...bucket.env,
      STELE_S3_REDIRECT: 'true',
      STELE_S3_PUBLIC_ENDPOINT: `http://localhost:${port}`,
      // So that a proxy in front may speak TLS.
      STELE_TRUSTED_PROXIES: 'loopback',
    }
    const server = await startPrivateServer({ env })
    const registry = await startCountingProxy(server)
    await use({ server, registry, store, api: new Api(server) })
    await registry.close()
    await store.close()
  },
})

// Each test starts several clients, a daemon among them.
test.describe.configure({ timeout: 180_000 })

/** Random, so that no compression makes it too small for a redirect. */
const newContent = () => randomBytes(200_000).toString('base64')

/** The requests that clients sent to the store since the last call: at least one, all answered, none with credentials. */
function expectFollowed({ registry, store }: Redirecting, before: { registry: number; store: number }): void {
  const [answers, reads] = [registry.seen.slice(before.registry), store.seen.slice(before.store)]
  expect(answers.filter(({ status }) => status === 307).length).toBeGreaterThan(0)
  expect(reads.length).toBeGreaterThan(0)
  for (const { method, status, hasCredentials } of reads) {
    expect([method, status, hasCredentials]).toEqual(['GET', status === 206 ? 206 : 200, false])
  }
}

const seenSoFar = ({ registry, store }: Redirecting) => ({ registry: registry.seen.length, store: store.seen.length })

/** `forget` removes an image from where the client would find its layers. */
async function pushAndPull(
  redirecting: Redirecting,
  name: string,
  pusher: Pusher,
  forget: (image: string) => Promise<unknown> = () => Promise.resolve(),
): Promise<void> {
  const { registry, server, api } = redirecting
  await test.step(name, async () => {
    const repository = await api.createRepository()
    const target = `${registry.address}/${repository.namespace}/${repository.name}:v1`
    await pusher.logIn(registry.address, server.admin)
    const image = await pusher.makeImage(newContent())
    expectDone(await pusher.push(image, target))
    const config = await pusher.configOf(image)
    await forget(image)
    const before = seenSoFar(redirecting)
    expect(await pusher.pull(target)).toBe(config)
    expectFollowed(redirecting, before)
  })
}

test('docker, podman and buildah pull from the store that they are sent to', async ({
  redirecting,
  docker,
  podman,
  buildah,
}) => {
  await pushAndPull(redirecting, 'docker', dockerPusher(docker), (image) => docker.run(['rmi', '--force', image]))
  await pushAndPull(redirecting, 'podman', podmanPusher(podman), (image) => podman.run(['rmi', '--force', image]))
  await pushAndPull(redirecting, 'buildah', buildahPusher(buildah), (image) => buildah.run(['rmi', '--force', image]))
})

test('skopeo, containerd, crane, oras and regctl pull from the store that they are sent to', async ({
  redirecting,
  skopeo,
  ctr,
  crane,
  oras,
  regctl,
}) => {
  await pushAndPull(redirecting, 'skopeo', skopeoPusher(skopeo))
  await pushAndPull(redirecting, 'containerd', ctrPusher(ctr))
  await pushAndPull(redirecting, 'crane', cranePusher(crane))
  await pushAndPull(redirecting, 'oras', orasPusher(oras))
  await pushAndPull(redirecting, 'regctl', regctlPusher(regctl))
})

test('helm and oras-py pull from the store that they are sent to', async ({ redirecting, helm, docker }, testInfo) => {
  requireCommands('stele-python')
  const { registry, server, api } = redirecting
  const { name: user, password } = server.admin
  const { namespace, name } = await api.createRepository()
  const logOn = ['--username', user, '--password-stdin', registry.address]

  await test.step('helm', async () => {
    await helm.run(['registry', 'login', '--plain-http', ...logOn], password)
    await helm.run(['create', name])
    await helm.writeFile(`${name}/large.txt`, newContent())
    await helm.run(['package', '--version', '1.0.0', name])
    await helm.run(['push', '--plain-http', `${name}-1.0.0.tgz`, `oci://${registry.address}/${namespace}`])
    const before = seenSoFar(redirecting)
    const chart = `oci://${registry.address}/${namespace}/${name}`
    await helm.run(['pull', '--plain-http', '--version', '1.0.0', '--destination', name, chart])
    const pulled = await helm.readFile(`${name}/${name}-1.0.0.tgz`)
    expect(pulled.equals(await helm.readFile(`${name}-1.0.0.tgz`))).toBe(true)
    expectFollowed(redirecting, before)
  })

  await test.step('oras-py', async () => {
    const { namespace, name } = await api.createRepository()
    await docker.run(['login', ...logOn], password)
    const folder = testInfo.outputPath('home')
    await mkdir(folder, { recursive: true })
    const client = await createOrasPy(folder, await docker.readConfig())
    const content = newContent()
    const target = `${registry.address}/${namespace}/${name}:v1`
    expectDone(await client.push(target, content))
    const before = seenSoFar(redirecting)
    const pulled = await client.pull?.(target)
    expect(pulled?.stdout.includes(content), pulled?.stderr).toBe(true)
    expectFollowed(redirecting, before)
  })
})

test('Jib, python-dxf and cosign pull from the store that they are sent to', async ({
  redirecting,
  docker,
  skopeo,
  cosign,
}, testInfo) => {
  requireCommands('mvn', 'stele-python', 'openssl')
  const { registry, store, server, api } = redirecting
  const { name: user, password } = server.admin
  const logOn = ['--username', user, '--password-stdin', registry.address]
  const folder = testInfo.outputPath('home')
  await mkdir(folder, { recursive: true })

  await test.step('Jib', async () => {
    const { namespace, name } = await api.createRepository()
    const base = `${registry.address}/${namespace}/${name}:v1`
    const pusher = skopeoPusher(skopeo)
    await pusher.logIn(registry.address, server.admin)
    expectDone(await pusher.push(await pusher.makeImage(newContent()), base))
    await docker.run(['login', ...logOn], password)
    const jib = await createJib(folder, await docker.readConfig())
    const before = seenSoFar(redirecting)
    expectDone(await jib.buildOn(base))
    expectFollowed(redirecting, before)
    const pulled = await send(server, 'GET', `/v2/${namespace}/${name}/manifests/v1`)
    const { layers } = JSON.parse(pulled.body.toString()) as { layers: { digest: string }[] }
    const image = new CommandLine('tar', ['--list', '--file', join(folder, 'image.tar')], {})
    expect(await image.run([])).toContain(layers[0]?.digest.replace('sha256:', ''))
  })

  await test.step('python-dxf', async () => {
    const { namespace, name } = await api.createRepository()
    const behindTls = await startCountingProxy(server, await makeCertificate(folder))
    const dxf = createDxf(folder, server.admin, join(folder, 'cert.pem'))
    const target = `${behindTls.address}/${namespace}/${name}:v1`
    const content = newContent()
    expectDone(await dxf.push(target, content))
    const before = { registry: 0, store: store.seen.length }
    const pulled = await dxf.pull?.(target)
    expect(pulled?.stdout === content, pulled?.stderr).toBe(true)
    expectFollowed({ ...redirecting, registry: behindTls }, before)
    await behindTls.close()
  })

  await test.step('cosign', async () => {
    const http = '--allow-http-registry'
    await cosign.run(['login', ...logOn], password)
    await cosign.run(['generate-key-pair', '--output-key-prefix', 'key'])
    // Signatures are short, and sent by the server; attestations need not be.
    await cosign.writeFile('predicate.json', JSON.stringify({ text: newContent() }))
    for (const format of [[], ['--new-bundle-format=false']]) {
      const { namespace, name } = await api.createRepository()
      const path = `${namespace}/${name}`
      const image = `${registry.address}/${path}@${await pushImage(server, path, 'v1')}`
      const signing = ['--use-signing-config=false', '--tlog-upload=false', '--yes', http, ...format]
      const predicate = ['--type', 'custom', '--predicate', 'predicate.json']
      await cosign.run(['attest', '--key', 'key.key', ...predicate, ...signing, image])
      const before = seenSoFar(redirecting)
      const verifying = ['--insecure-ignore-tlog', http, ...format]
      await cosign.run(['verify-attestation', '--key', 'key.pub', '--type', 'custom', ...verifying, image])
      expectFollowed(redirecting, before)
    }
  })
})

function expectDone({ code, stdout, stderr }: CommandResult): void {
  expect(code, stdout + stderr).toBe(0)
}
