import { mkdtemp, rm } from 'node:fs/promises'
import { type RequestListener, type Server, createServer } from 'node:http'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Phase } from '@/lib/server/phase'
import { createProbes } from '@/lib/server/probes'
import type { Readiness } from '@/lib/server/readiness'
import { listenAnywhere, send } from '@/lib/testing/test-server'
import { createReaderProbes } from './main-probes'

const token = 'token-of-the-test-0123'
const bearer = { authorization: `Bearer ${token}` }
let folder: string
let main: Server | null
let reader: Server
let port: number
let phase: { name: Phase['name'] }

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'stele-probes-'))
  main = null
  phase = { name: 'ready' }
  const answerProbe = createReaderProbes(path.join(folder, 'relay.sock'), phase, token, 200)
  reader = createServer((request, response) => {
    if (!answerProbe(request, response)) response.writeHead(418).end()
  })
  port = await listenAnywhere(reader)
})
afterEach(async () => {
  for (const server of [reader, main]) {
    server?.close()
    server?.closeAllConnections()
  }
  await rm(folder, { recursive: true, force: true })
})

async function startMain(listener: RequestListener): Promise<void> {
  const started = createServer(listener)
  main = started
  await new Promise<void>((resolve) => started.listen(path.join(folder, 'relay.sock'), resolve))
}

function probesOfMain(readiness: Readiness): RequestListener {
  const answer = createProbes({
    readiness: () => Promise.resolve(readiness),
    metrics: () => Promise.resolve({ type: 'text/plain; version=0.0.4', text: 'stele 1\n' }),
    metricsToken: token,
  })
  return (request, response) => void answer(request, response)
}

test.each([
  [200, { status: 'ready', failing: [] }],
  [503, { status: 'failing', failing: ['storage'] }],
  [503, { status: 'starting', failing: [] }],
] as const)('a reader answers %i as the main process is %o, with its metrics', async (expected, readiness) => {
  await startMain(probesOfMain(readiness))
  const ready = await send(port, 'GET', '/readyz')
  expect([ready.status, JSON.parse(ready.text)]).toEqual([expected, readiness])
  expect(await send(port, 'GET', '/metrics', bearer)).toMatchObject({ status: 200, text: 'stele 1\n' })
  expect(await send(port, 'GET', '/metrics')).toMatchObject({ status: 401 })
  expect(await send(port, 'GET', '/v2/')).toMatchObject({ status: 418 })
})

test.each([
  ['is gone', undefined],
  ['hangs', () => undefined],
] as const)('with a main process that %s a reader is alive and not ready, and waits for nobody', async (_, hang) => {
  if (hang !== undefined) await startMain(hang)
  expect((await send(port, 'GET', '/healthz')).status).toBe(200)
  const { status, text } = await send(port, 'GET', '/readyz')
  expect([status, JSON.parse(text)]).toEqual([503, { status: 'failing', failing: ['main'] }])
  expect((await send(port, 'GET', '/metrics', bearer)).status).toBe(503)
})

test('a reader that stops says so', async () => {
  await startMain(probesOfMain({ status: 'ready', failing: [] }))
  phase.name = 'stopping'
  const { status, text } = await send(port, 'GET', '/readyz')
  expect([status, JSON.parse(text)]).toEqual([503, { status: 'stopping', failing: [] }])
})
