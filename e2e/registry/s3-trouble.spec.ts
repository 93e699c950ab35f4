import { randomBytes } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { faults, type FaultProxy, startFaultProxy } from '@/lib/testing/fault-proxy'
import { startS3Server } from '@/scripts/lib/s3-server.mjs'
import { Api } from '../api'
import { makeCertificate } from '../certificate'
import { dockerPusher, type Pusher, skopeoPusher } from '../clients/pushers'
import { requireCommands } from '../clients/require-commands'
import { startCountingProxy } from '../counting-proxy'
import { expect, test, uniqueName } from '../fixtures'
import { settingsOf } from '../s3'
import type { ServerInfo } from '../server'
import { generateBlob } from './generated-blob'
import { send, startUpload } from './http'
import { measureProportionalMemory } from './memory'

const mebibyte = 1024 * 1024

/** What breaks now and then. Silence is left out, because each one lasts 20 seconds. */
const usualFaults = faults.filter((fault) => fault !== 'silence')

test.describe('a store that breaks requests', () => {
  test.describe.configure({ timeout: 180_000 })

  let broken = 0

  /** Pushes images until three were taken, and pulls each of them, while one of three requests breaks, each in another way. */
  async function pushAndPull(
    server: ServerInfo,
    proxy: FaultProxy,
    pusher: Pusher,
    forget: (image: string) => unknown,
  ) {
    const { namespace, name } = await new Api(server).createRepository()
    await pusher.logIn(server.registry, server.admin)
    const pushed = new Map<string, string>()
    proxy.choose((n) => (n % 3 === 0 ? (usualFaults[broken++ % usualFaults.length] ?? null) : null))
    for (let tries = 0; pushed.size < 3; tries++) {
      expect(tries).toBeLessThan(12)
      // Several parts.
      const image = await pusher.makeImage(randomBytes(14 * mebibyte).toString('base64'))
      const target = `${server.registry}/${namespace}/${name}:v${tries}`
      const { code, stderr } = await pusher.push(image, target)
      if (code !== 0) {
        expect(stderr).toMatch(/unavailable|503/i)
        continue
      }
      pushed.set(target, await pusher.configOf(image))
      await forget(image)
    }
    for (const [target, config] of pushed) expect(await pusher.pull(target)).toBe(config)
    proxy.choose(() => null)
    for (const [target, config] of pushed) expect(await pusher.pull(target)).toBe(config)
  }

  test('skopeo and docker push and pull through them, and get the right bytes', async ({
    startPrivateServer,
    s3,
    skopeo,
    docker,
  }) => {
    const { env } = await s3.createBucket()
    const proxy = await startFaultProxy(env['STELE_S3_ENDPOINT'] ?? '')
    try {
      const server = await startPrivateServer({ env: { ...env, STELE_S3_ENDPOINT: proxy.endpoint } })
      await pushAndPull(server, proxy, skopeoPusher(skopeo), () => null)
      await pushAndPull(server, proxy, dockerPusher(docker), (image) => docker.run(['rmi', '--force', image]))
      expect(broken).toBeGreaterThan(usualFaults.length)
    } finally {
      await proxy.close()
    }
  })
})

test('a store behind TLS is trusted with the certificates of NODE_EXTRA_CA_CERTS, and not without', async ({
  startPrivateServer,
}, testInfo) => {
  requireCommands('versitygw', 'openssl')
  const folder = testInfo.outputPath('tls')
  await mkdir(folder, { recursive: true })
  await makeCertificate(folder)
  const tls = { cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem') }
  const store = await startS3Server({ tls })
  try {
    store.createBucket('blobs')
    const env = { ...settingsOf(store), STELE_S3_BUCKET: 'blobs', STELE_S3_PREFIX: 'some/where' }
    const server = await startPrivateServer({ env: { ...env, NODE_EXTRA_CA_CERTS: tls.cert } })
    const path = 'test/example'
    const content = generateBlob('over TLS', 21 * mebibyte + 7)
    const put = await send(server, 'PUT', `${await startUpload(server, path)}?digest=${content.digest}`, {
      body: content.read(),
    })
    expect(put.status).toBe(201)
    const pulled = await send(server, 'GET', `/v2/${path}/blobs/${content.digest}`)
    expect(pulled.body.equals(Buffer.concat([...content.read()]))).toBe(true)

    const without = await startPrivateServer({ env: { ...env, NODE_EXTRA_CA_CERTS: '' } })
    expect((await send(without, 'POST', `/v2/${path}/blobs/uploads/`)).status).toBe(503)
    expect(without.output()).toContain('self-signed certificate')
  } finally {
    await store.stop()
  }
})

test('a large layer is committed within two seconds of its last byte, and takes little memory', async ({
  startPrivateServer,
  s3,
}) => {
  const sizeMib = Number(process.env['S3_LAYER_MIB'] ?? 256)
  test.setTimeout(60_000 + sizeMib * 300)
  const { env } = await s3.createBucket()
  const store = await startCountingProxy({ port: Number(new URL(env['STELE_S3_ENDPOINT'] ?? '').port) })
  const server = await startPrivateServer({ env: { ...env, STELE_S3_ENDPOINT: `http://${store.address}` } })
  const content = generateBlob(uniqueName('layer'), sizeMib * mebibyte)
  const path = 'test/example'
  const location = await startUpload(server, path)
  let commitMs = Infinity
  const peakBytes = await measureProportionalMemory(server.pid, async () => {
    expect((await send(server, 'PATCH', location, { body: content.read() })).status).toBe(202)
    const sentAt = performance.now()
    expect((await send(server, 'PUT', `${location}?digest=${content.digest}`)).status).toBe(201)
    commitMs = performance.now() - sentAt
  })
  // versitygw copies all parts into one file when an upload is completed, which is not Stele's time.
  const completions = store.seen.filter(({ method, path }) => method === 'POST' && path.includes('uploadId='))
  const [{ durationMs: storeMs } = { durationMs: NaN }] = completions
  const ownMs = commitMs - storeMs
  test.info().annotations.push({
    type: 'large layer',
    description: `${sizeMib} MiB: committed ${Math.round(commitMs)} ms after the last byte, ${Math.round(ownMs)} without what the store took; at most ${Math.round(peakBytes / mebibyte)} MiB`,
  })
  const head = await send(server, 'HEAD', `/v2/${path}/blobs/${content.digest}`)
  expect(head.headers['content-length']).toBe(String(content.sizeBytes))
  expect(completions).toHaveLength(1)
  expect(ownMs).toBeLessThan(2_000)
  expect(peakBytes).toBeLessThan(300 * mebibyte)
  await store.close()
})
