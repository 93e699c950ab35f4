import { type Server, createServer } from 'node:http'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createProbes, type ProbeSources } from './probes'
import type { Readiness } from './readiness'
import { listenAnywhere, send } from '@/lib/testing/test-server'

const token = 'token-of-the-test-0123'
let server: Server
let port: number
let readiness: Readiness
let metricsToken: string | null
const metrics = vi.fn(() => Promise.resolve({ type: 'text/plain; version=0.0.4', text: 'stele 1\n' }))

beforeEach(async () => {
  readiness = { status: 'ready', failing: [] }
  metricsToken = token
  const sources: ProbeSources = {
    readiness: () => Promise.resolve(readiness),
    metrics,
    get metricsToken() {
      return metricsToken
    },
  }
  const answerProbe = createProbes(sources)
  server = createServer((request, response) => {
    if (!answerProbe(request, response)) response.writeHead(418).end()
  })
  port = await listenAnywhere(server)
})

afterEach(() => {
  metrics.mockClear()
  server.close()
})

describe('a probe', () => {
  test('of the process answers 200 whatever else is broken', async () => {
    readiness = { status: 'failing', failing: ['database', 'storage'] }
    const { status, text, headers } = await send(port, 'GET', '/healthz')
    expect(status).toBe(200)
    expect(JSON.parse(text)).toEqual({ status: 'alive' })
    expect(headers['cache-control']).toBe('no-store')
  })

  test.each([
    [200, { status: 'ready', failing: [] }],
    [503, { status: 'failing', failing: ['storage'] }],
    [503, { status: 'starting', failing: [] }],
    [503, { status: 'stopping', failing: [] }],
  ] as const)('of readiness answers %i for %o', async (expected, given) => {
    readiness = given
    const { status, text } = await send(port, 'GET', '/readyz?verbose')
    expect(status).toBe(expected)
    expect(JSON.parse(text)).toEqual(given)
  })

  test('takes HEAD, and no other method', async () => {
    expect(await send(port, 'HEAD', '/readyz')).toMatchObject({ status: 200, text: '' })
    expect(await send(port, 'POST', '/readyz')).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD' } })
  })

  test.each(['/', '/healthzz', '/healthz/', '/v2/', '/constructor', '/__proto__'])('does not take %s', async (path) => {
    expect((await send(port, 'GET', path)).status).toBe(418)
  })
})

describe('metrics', () => {
  test('are given to who presents the token', async () => {
    const answer = await send(port, 'GET', '/metrics', { authorization: `Bearer ${token}` })
    expect(answer).toMatchObject({ status: 200, text: 'stele 1\n' })
    expect(answer.headers['content-type']).toBe('text/plain; version=0.0.4')
  })

  test.each([
    ['nothing', ''],
    ['another token', 'Bearer token-of-the-test-0124'],
    ['a part of it', 'Bearer token-of-the-test'],
    ['it as a password', `Basic ${Buffer.from(`admin:${token}`).toString('base64')}`],
  ])('are not given to who presents %s', async (_name, authorization) => {
    const answer = await send(port, 'GET', '/metrics', authorization === '' ? {} : { authorization })
    expect(answer.status).toBe(401)
    expect(answer.headers['www-authenticate']).toMatch(/^Bearer/)
    expect(metrics).not.toHaveBeenCalled()
  })

  test('are off without a token', async () => {
    metricsToken = null
    for (const authorization of ['Bearer null', `Bearer ${token}`]) {
      expect((await send(port, 'GET', '/metrics', { authorization })).status).toBe(404)
    }
    expect(metrics).not.toHaveBeenCalled()
  })
})
