import { setImmediate } from 'node:timers/promises'
import { requireRoot } from '../clients/require-commands'
import { digestOf } from '../digest'
import { expect, pushImage, test } from '../fixtures'
import type { ServerInfo } from '../server'
import { blobFolder } from '../stored-blobs'
import { type Answer, send, startUpload } from './http'
import { makeReadOnly, makeSmallFolder } from './limited-folder'

/* What the server stands on fails while it is used: pushes are refused, clearly; nothing acknowledged is harmed. */

const path = 'test/example'
const mebibyte = 1024 * 1024

test('a full disk refuses pushes with 507, harms nothing, and lets them go on once there is room', async ({
  startPrivateServer,
  storage,
}) => {
  test.skip(storage === 's3', 'blobs in S3 do not fill the data folder')
  requireRoot()
  test.setTimeout(120_000)
  const folder = await makeSmallFolder(48)
  try {
    // Without a reserve, so that writes themselves fail.
    const env = { STELE_RESERVE_MIB: '0' }
    let server = await startPrivateServer({ dataDir: folder.path, env })
    const acknowledged: Buffer[] = []
    let interrupted: { location: string; content: Buffer } | null = null
    for (let number = 0; interrupted === null; number++) {
      const content = Buffer.alloc(4 * mebibyte, `blob ${number} `)
      const location = await startUpload(server, path)
      const answer = await send(server, 'PUT', `${location}?digest=${digestOf(content)}`, { body: content })
      if (answer.status === 201) acknowledged.push(content)
      else {
        expectRefusal(answer, [507])
        interrupted = { location, content }
      }
    }
    expect(acknowledged.length).toBeGreaterThan(2)
    // Small things may still fit; what does not is refused in the same way.
    for (let number = 0; number < 20; number++) {
      const body = Buffer.alloc(100_000, `small ${number} `)
      const answer = await send(server, 'POST', `/v2/${path}/blobs/uploads/?digest=${digestOf(body)}`, { body })
      if (answer.status === 201) acknowledged.push(body)
      else expectRefusal(answer, [503, 507])
    }
    await expectReadable(server, acknowledged)

    folder.resize(160)
    const { location, content } = interrupted
    const upload = await send(server, 'GET', location)
    expect([204, 404]).toContain(upload.status)
    if (upload.status === 204) {
      const last = Number(/^0-([0-9]+)$/.exec(String(upload.headers.range))?.[1])
      const rest = content.subarray(last === 0 ? 0 : last + 1)
      const finished = await send(server, 'PUT', `${location}?digest=${digestOf(content)}`, { body: rest })
      expect(finished.status).toBe(201)
      acknowledged.push(content)
    }
    const digest = await pushImage(server, path, 'room')

    await server.kill()
    server = await startPrivateServer({ dataDir: folder.path, env })
    await expectReadable(server, acknowledged)
    const { headers } = await send(server, 'HEAD', `/v2/${path}/manifests/room`)
    expect(headers['docker-content-digest']).toBe(digest)
    await server.kill()
  } finally {
    await folder.remove()
  }
})

test('a read-only blob folder refuses pushes with 503 and serves what there is', async ({ startPrivateServer }) => {
  requireRoot()
  const server = await startPrivateServer()
  const digest = await pushImage(server, path, 'before')
  const makeWritable = makeReadOnly(blobFolder(server))
  try {
    const body = Buffer.from('refused')
    expectRefusal(await send(server, 'POST', `/v2/${path}/blobs/uploads/?digest=${digestOf(body)}`, { body }), [503])
    expect((await send(server, 'GET', `/v2/${path}/blobs/${digestOf(body)}`)).status).toBe(404)
    const { status, body: manifest } = await send(server, 'GET', `/v2/${path}/manifests/before`)
    expect([status, digestOf(manifest)]).toEqual([200, digest])
    await expectReadable(server, [Buffer.from('before')])
  } finally {
    makeWritable()
  }
  await pushImage(server, path, 'after')
})

test('PostgreSQL ends and comes back under load: 503 meanwhile, nothing acknowledged is lost, no restart needed', async ({
  startPrivateServer,
  postgresql,
}) => {
  test.setTimeout(120_000)
  const options = await postgresql.startOptions('postgresql')
  const cluster = await postgresql.cluster()
  const server = await startPrivateServer(options)
  const acknowledged = new Map<string, string>()
  const failures: string[] = []
  let isOver = false
  const pushers = Array.from({ length: 6 }, async (_, person) => {
    for (let image = 0; !isOver; image++) {
      const tag = `image-${person}-${image}`
      try {
        acknowledged.set(tag, await pushImage(server, path, tag))
      } catch (error) {
        failures.push(String(error))
      }
      await setImmediate()
    }
  })
  try {
    const count = () => acknowledged.size
    await expect.poll(count, { timeout: 30_000 }).toBeGreaterThan(20)
    await cluster.crash()
    await expect.poll(() => failures.length, { timeout: 60_000 }).toBeGreaterThan(20)
    expectRefusal(await send(server, 'GET', `/v2/${path}/tags/list`), [503])
    await cluster.start()
    const atReturn = acknowledged.size
    await expect.poll(count, { timeout: 60_000 }).toBeGreaterThan(atReturn + 20)
  } finally {
    isOver = true
    await Promise.all(pushers)
  }
  for (const failure of failures) expect(failure).toMatch(/: 503 /)
  for (const [tag, digest] of acknowledged) {
    const { status, body } = await send(server, 'GET', `/v2/${path}/manifests/${tag}`)
    expect([status, digestOf(body)], tag).toEqual([200, digest])
  }
})

/** Checks that a push was refused by one of these statuses, in the form of every refusal, telling nothing of the inside. */
function expectRefusal({ status, headers, body }: Answer, statuses: readonly number[]): void {
  expect(statuses, body.toString()).toContain(status)
  expect(headers['x-request-id']).toBeTruthy()
  const { errors } = JSON.parse(body.toString()) as { errors: { code: string; message: string }[] }
  expect(errors[0]?.code).toBe('UNKNOWN')
  expect(body.toString()).not.toMatch(/ENOSPC|EROFS|EXDEV|SQL|Prisma|ECONN|\.js:|\/tmp\//i)
}

async function expectReadable(server: ServerInfo, blobs: readonly Buffer[]): Promise<void> {
  for (const blob of blobs) {
    const { status, body } = await send(server, 'GET', `/v2/${path}/blobs/${digestOf(blob)}`)
    expect([status, digestOf(body)]).toEqual([200, digestOf(blob)])
  }
}
