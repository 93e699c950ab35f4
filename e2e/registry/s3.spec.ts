import { setTimeout } from 'node:timers/promises'
import { garbageCollection } from '@/lib/api/schemas/maintenance'
import { Api } from '../api'
import { expect, pushImage, test } from '../fixtures'
import { databases } from '../postgresql'
import type { ServerInfo } from '../server'
import { generateBlob } from './generated-blob'
import { send } from './http'

/*
 * A server that keeps its blobs in an S3 store (docs/decisions/0035-s3.md) is the same to its clients, and needs nothing of
 * its processes: whoever is started over the same database and bucket goes on.
 */

const mebibyte = 1024 * 1024

for (const database of databases) {
  test(`skopeo pushes to S3 and pulls, and what is deleted is collected: ${database}`, async ({
    startPrivateServer,
    postgresql,
    s3,
    skopeo,
  }) => {
    const bucket = await s3.createBucket()
    const server = await startPrivateServer({ ...(await postgresql.startOptions(database)), env: bucket.env })
    const api = new Api(server)
    const { namespace, name } = await api.createRepository()
    const path = `${namespace}/${name}`
    const [source, target] = [await skopeo.makeImage('first'), await skopeo.makeImage('other')]
    const image = `docker://${server.registry}/${path}:v1`
    const creds = `${server.admin.name}:${server.admin.password}`
    await skopeo.run(['copy', '--dest-tls-verify=false', '--dest-creds', creds, source, image])
    await skopeo.run(['copy', '--src-tls-verify=false', '--src-creds', creds, image, target])
    expect((await bucket.list()).length).toBeGreaterThanOrEqual(2)

    const manifest = await send(server, 'GET', `/v2/${path}/manifests/v1`)
    const { layers } = JSON.parse(manifest.body.toString()) as { layers: { digest: string }[] }
    const blob = `/v2/${path}/blobs/${layers[0]?.digest ?? ''}`
    expect((await send(server, 'GET', blob)).status).toBe(200)
    const digest = String(manifest.headers['docker-content-digest'])
    expect((await send(server, 'DELETE', `/v2/${path}/manifests/${digest}`)).status).toBe(202)
    const run = await api.send('POST', '/garbage-collections', garbageCollection, { graceSeconds: 0 })
    const read = () => api.send('GET', `/garbage-collections/${run.id}`, garbageCollection)
    await expect.poll(async () => (await read()).state).toBe('SUCCEEDED')
    expect((await read()).removedBlobs).toBeGreaterThanOrEqual(2)
    expect((await send(server, 'GET', blob)).status).toBe(404)
  })

  test(`many pushes to S3 at the same time wait for each other and all succeed: ${database}`, async ({
    startPrivateServer,
    postgresql,
    s3,
  }) => {
    const bucket = await s3.createBucket()
    const server = await startPrivateServer({ ...(await postgresql.startOptions(database)), env: bucket.env })
    const { namespace, name } = await new Api(server).createRepository()
    const path = `${namespace}/${name}`
    // More than there are connections to the database.
    const tags = Array.from({ length: 60 }, (_, n) => `v${n}`)
    const digests = await Promise.all(tags.map((tag) => pushImage(server, path, tag)))
    const found = await Promise.all(tags.map((tag) => send(server, 'HEAD', `/v2/${path}/manifests/${tag}`)))
    expect(found.map(({ headers }) => headers['docker-content-digest'])).toEqual(digests)
  })

  test(`an upload to S3 goes on where it was when the server was killed: ${database}`, async ({
    startPrivateServer,
    postgresql,
    s3,
  }) => {
    const bucket = await s3.createBucket()
    const options = { ...(await postgresql.startOptions(database)), env: bucket.env }
    let server: ServerInfo & { kill(): Promise<void> } = await startPrivateServer(options)
    const { namespace, name } = await new Api(server).createRepository()
    const content = generateBlob('of S3', 21 * mebibyte + 5)
    const sent = 13 * mebibyte
    const started = await send(server, 'POST', `/v2/${namespace}/${name}/blobs/uploads/`)
    const location = new URL(String(started.headers.location), server.url).pathname
    async function* neverEnding() {
      yield* content.read(0, sent)
      await setTimeout(60_000, undefined, { ref: false })
    }
    const cut = send(server, 'PATCH', location, { body: neverEnding() }).catch(() => null)
    const size = async () => {
      const { headers } = await send(server, 'GET', location)
      return Number(/^0-([0-9]+)$/.exec(String(headers.range))?.[1]) + 1
    }
    // A part of a multipart upload, and what is too short for one.
    await expect.poll(size, { timeout: 20_000 }).toBe(sent)
    await server.kill()
    await cut

    server = await startPrivateServer({ ...options, dataDir: server.dataDir })
    expect(await size()).toBe(sent)
    const rest = { 'content-range': `${sent}-${content.sizeBytes - 1}`, 'content-length': content.sizeBytes - sent }
    const ended = await send(server, 'PATCH', location, { body: content.read(sent), headers: rest })
    expect(ended.status).toBe(202)
    const wrong = `sha256:${'0'.repeat(64)}`
    expect((await send(server, 'PUT', `${location}?digest=${wrong}`)).status).toBe(400)
    expect((await send(server, 'PUT', `${location}?digest=${content.digest}`)).status).toBe(201)
    const blob = `/v2/${namespace}/${name}/blobs/${content.digest}`
    const pulled = await send(server, 'GET', blob)
    expect(pulled.body.equals(Buffer.concat([...content.read()]))).toBe(true)
    const range = await send(server, 'GET', blob, { headers: { range: 'bytes=8388600-8388620' } })
    expect(range.body.equals(pulled.body.subarray(8_388_600, 8_388_621))).toBe(true)
  })
}
