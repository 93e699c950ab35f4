import { createHash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { Api } from '../api'
import { expect, test, uniqueName } from '../fixtures'
import type { ServerInfo } from '../server'
import { type GeneratedBlob, generateBlob } from './generated-blob'
import { open, send, startUpload } from './http'
import { type MemoryUse, measureMemory } from './memory'

const mebibyte = 1024 * 1024
const gibibyte = 1024 * mebibyte

/** The most that a transfer, however large, may add to the memory of the server's two processes. */
const memoryMaxBytes = 2 * 48 * mebibyte

const sizes = [
  ['an empty blob', 0],
  ['a blob of one byte', 1],
  ['a blob of 3 MiB and 7 bytes', 3 * mebibyte + 7],
] as const

const ways = [
  ['a single POST', pushInOnePost],
  ['a POST and a PUT', pushInOnePut],
  [
    'chunked PATCHes',
    (server: ServerInfo, path: string, blob: GeneratedBlob) => pushInChunks(server, path, blob, mebibyte),
  ],
] as const

for (const [way, push] of ways) {
  for (const [size, sizeBytes] of sizes) {
    test(`${size} pushed in ${way} is pulled byte for byte`, async ({ api, server }) => {
      const path = await createRepository(api)
      const blob = generateBlob(uniqueName('content'), sizeBytes)

      await push(server, path, blob)

      expect(await pull(server, path, blob.digest)).toEqual({ digest: blob.digest, sizeBytes })
    })
  }
}

test.describe('a blob of 1 GiB', () => {
  test.setTimeout(180_000)

  test('pushed in a POST and a PUT is pulled byte for byte, also by clients that stop reading, and the server hardly grows', async ({
    startPrivateServer,
  }) => {
    const server = await startPrivateServer()
    const path = await createRepository(new Api(server))
    const blob = generateBlob('large', gibibyte)
    await warmUp(server, path)

    const up = await measureMemory(server.pid, () => pushInOnePut(server, path, blob))
    const stopped: IncomingMessage[] = []
    const down = await measureMemory(server.pid, async () => {
      for (let i = 0; i < 8; i++) stopped.push(await startPull(server, path, blob.digest))
      // Meanwhile the server had the time to read the others' bytes too, and nowhere but memory to put them.
      expect(await pull(server, path, blob.digest)).toEqual({ digest: blob.digest, sizeBytes: gibibyte })
    })

    expectFrugal(up, down)
    const [first, ...rest] = stopped
    for (const answer of rest) answer.destroy()
    expect(await readAll(first as IncomingMessage)).toEqual({ digest: blob.digest, sizeBytes: gibibyte })
  })

  test('pushed in chunked PATCHes is pulled byte for byte, and the server hardly grows', async ({
    startPrivateServer,
  }) => {
    const server = await startPrivateServer()
    const path = await createRepository(new Api(server))
    const blob = generateBlob('large', gibibyte)
    await warmUp(server, path)

    const up = await measureMemory(server.pid, () => pushInChunks(server, path, blob, 64 * mebibyte))
    const down = await measureMemory(server.pid, async () => {
      expect(await pull(server, path, blob.digest)).toEqual({ digest: blob.digest, sizeBytes: gibibyte })
    })

    expectFrugal(up, down)
  })
})

async function createRepository(api: Api): Promise<string> {
  const { namespace, name } = await api.createRepository()
  return `${namespace}/${name}`
}

/** What a server needs memory for once is not what a transfer costs. */
async function warmUp(server: ServerInfo, path: string): Promise<void> {
  const blob = generateBlob('warm-up', mebibyte)
  await pushInOnePut(server, path, blob)
  await pull(server, path, blob.digest)
}

async function pushInOnePost(server: ServerInfo, path: string, blob: GeneratedBlob): Promise<void> {
  await push(server, 'POST', `/v2/${path}/blobs/uploads/?digest=${blob.digest}`, blob, 201)
}

async function pushInOnePut(server: ServerInfo, path: string, blob: GeneratedBlob): Promise<void> {
  const upload = await startUpload(server, path)
  await push(server, 'PUT', `${upload}?digest=${blob.digest}`, blob, 201)
}

async function pushInChunks(server: ServerInfo, path: string, blob: GeneratedBlob, chunk: number): Promise<void> {
  const upload = await startUpload(server, path)
  for (let start = 0; start < blob.sizeBytes; start += chunk) {
    const end = Math.min(start + chunk, blob.sizeBytes)
    const answer = await push(server, 'PATCH', upload, blob, 202, start, end)
    expect(answer.headers.range).toBe(`0-${end - 1}`)
  }
  await push(server, 'PUT', `${upload}?digest=${blob.digest}`, blob, 201, blob.sizeBytes)
}

async function push(
  server: ServerInfo,
  method: string,
  path: string,
  blob: GeneratedBlob,
  status: number,
  start = 0,
  end = blob.sizeBytes,
) {
  const answer = await send(server, method, path, {
    headers: {
      'content-type': 'application/octet-stream',
      'content-length': end - start,
      ...(method === 'PATCH' && { 'content-range': `${start}-${end - 1}` }),
    },
    body: blob.read(start, end),
  })
  expect(answer.status, answer.body.toString()).toBe(status)
  return answer
}

function startPull(server: ServerInfo, path: string, digest: string): Promise<IncomingMessage> {
  return open(server, 'GET', `/v2/${path}/blobs/${digest}`)
}

async function pull(server: ServerInfo, path: string, digest: string) {
  const answer = await startPull(server, path, digest)
  expect(answer.statusCode).toBe(200)
  const pulled = await readAll(answer)
  expect(answer.headers).toMatchObject({
    'content-length': String(pulled.sizeBytes),
    'docker-content-digest': digest,
  })
  return pulled
}

async function readAll(answer: IncomingMessage): Promise<{ digest: string; sizeBytes: number }> {
  const hash = createHash('sha256')
  let sizeBytes = 0
  for await (const chunk of answer as AsyncIterable<Uint8Array>) {
    hash.update(chunk)
    sizeBytes += chunk.byteLength
  }
  return { digest: `sha256:${hash.digest('hex')}`, sizeBytes }
}

/** Of two transfers after each other: neither may add much, nor may both together. */
function expectFrugal(up: MemoryUse, down: MemoryUse): void {
  const inMebibytes = (bytes: number) => `${(bytes / mebibyte).toFixed(1)} MiB`
  test.info().annotations.push({
    type: 'memory',
    description: `${inMebibytes(up.beforeBytes)}, at most ${inMebibytes(up.peakBytes)} while pushed, at most ${inMebibytes(down.peakBytes)} while pulled`,
  })
  expect(Math.max(up.peakBytes, down.peakBytes) - up.beforeBytes).toBeLessThan(memoryMaxBytes)
}
