import { Agent } from 'node:http'
import { problem } from '@/lib/api/schemas/common'
import { instance } from '@/lib/api/schemas/instances'
import { namespace } from '@/lib/api/schemas/namespaces'
import { repository } from '@/lib/api/schemas/repositories'
import { type Api, basic } from '../api'
import { digestOf } from '../digest'
import { expect, pushImage, test, uniqueName } from '../fixtures'
import type { ServerInfo } from '../server'
import { send } from './http'
import { exchangeRaw, exchangeWaiting, statusesIn } from './raw-connection'

const mebibyte = 1024 * 1024

test.describe('instances', () => {
  test('a host name of the default instance, an address and an unknown name all reach the default instance', async ({
    api,
    server,
  }) => {
    const { endpoints } = await api.defaultInstance()
    const path = await createRepository(api)
    const digest = await pushImage(server, path, 'v1')

    for (const host of [endpoints.internet, endpoints.vpc, server.registry, 'localhost', 'registry.example.com:8443']) {
      const { status, headers } = await send(server, 'HEAD', `/v2/${path}/manifests/v1`, { headers: { host } })
      expect({ host, status, digest: headers['docker-content-digest'] }).toEqual({ host, status: 200, digest })
    }
  })

  test('another instance has repositories of its own under its own host name', async ({ api, server }) => {
    const name = uniqueName('other')
    const { id, endpoints } = await api.send('POST', '/instances', instance, { name, regionId: 'cn-hangzhou' })
    await api.request('PUT', `/instances/${id}/credentials/password`, { password: server.admin.password })
    const ofDefault = await api.createRepository()
    const path = `${ofDefault.namespace}/${ofDefault.name}`
    await pushImage(server, path, 'v1')
    const get = (host: string) => send(server, 'GET', `/v2/${path}/tags/list`, { headers: { host } })

    expect((await get(endpoints.internet)).status).toBe(404)

    await api.send('POST', `/instances/${id}/namespaces`, namespace, { name: ofDefault.namespace })
    const body = { namespace: ofDefault.namespace, name: ofDefault.name }
    await api.send('POST', `/instances/${id}/repositories`, repository, body)
    expect(JSON.parse((await get(endpoints.internet)).body.toString())).toEqual({ name: path, tags: [] })
    expect(JSON.parse((await get(endpoints.vpc)).body.toString())).toEqual({ name: path, tags: [] })
    expect(JSON.parse((await get(server.registry)).body.toString())).toEqual({ name: path, tags: ['v1'] })
  })

  test('the host name of an instance that does not exist is no other instance’s, and knows nobody', async ({
    server,
  }) => {
    const headers = { host: `${uniqueName('none')}-registry.cn-hangzhou.localhost` }
    const { status } = await send(server, 'GET', '/v2/test/example/tags/list', { headers })
    expect(status).toBe(401)
  })
})

test.describe('answers', () => {
  test('HEAD says the length of a manifest and of a blob, and sends nothing', async ({ api, server }) => {
    const path = await createRepository(api)
    const blob = Buffer.from('v1')
    await pushImage(server, path, 'v1')
    for (const part of ['manifests/v1', `blobs/${digestOf(blob)}`]) {
      const whole = await send(server, 'GET', `/v2/${path}/${part}`)

      const answer = await exchangeRaw(
        server.port,
        requestText(server, 'HEAD', `/v2/${path}/${part}`, 'Connection: close'),
      )

      expect(answer).toMatch(new RegExp(`^Content-Length: ${whole.body.length}\\r$`, 'm'))
      expect(answer).not.toMatch(/^Transfer-Encoding:/im)
      expect(answer.endsWith('\r\n\r\n')).toBe(true)
    }
  })

  test('/v2/ and /v2 are the registry’s, without a redirect; /v2x is not', async ({ server }) => {
    for (const path of ['/v2/', '/v2', '/v2/?a=b', '/v2?a=b']) {
      expect((await send(server, 'GET', path)).status, path).toBe(200)
      const anonymous = await send(server, 'GET', path, { headers: { authorization: '' } })
      expect(anonymous.status, path).toBe(401)
      expect(anonymous.headers['www-authenticate'], path).toMatch(/^Bearer realm="[^"]+\/v2\/token",service=/)
    }
    const other = await send(server, 'GET', '/v2x')
    expect(other.headers['docker-distribution-api-version']).toBeUndefined()
  })
})

test.describe('connections', () => {
  test('are kept for the next request, after a refusal and a refused body too', async ({ server }) => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    const ports = new Set<number | undefined>()
    agent.on('free', ({ localPort }: { localPort?: number }) => ports.add(localPort))

    for (const [method, path, body, status] of [
      ['GET', '/v2/', undefined, 200],
      ['GET', '/v2/test/none/tags/list', undefined, 404],
      ['PUT', '/v2/test/none/manifests/v1', Buffer.alloc(mebibyte), 404],
      ['PUT', '/v2/test/example/blobs/uploads/none?digest=none', Buffer.alloc(mebibyte), 400],
      ['GET', '/v2/', undefined, 200],
    ] as const) {
      const answer = await send(server, method, path, { agent, ...(body !== undefined && { body }) })
      expect(answer.status, `${method} ${path}`).toBe(status)
    }

    expect([...ports]).toHaveLength(1)
    agent.destroy()
  })

  test('answer pipelined requests in their order', async ({ server }) => {
    const answer = await exchangeRaw(
      server.port,
      requestText(server, 'GET', '/v2/') +
        requestText(server, 'GET', '/v2/test/none/tags/list') +
        requestText(server, 'GET', '/v2/', 'Connection: close'),
    )

    expect(statusesIn(answer)).toEqual([200, 404, 200])
  })

  test('are ended after a refusal whose large body has not come', async ({ server }) => {
    const answer = await exchangeRaw(
      server.port,
      requestText(server, 'PUT', '/v2/test/none/manifests/v1', `Content-Length: ${1024 * mebibyte}`),
      'the beginning',
    )

    expect(statusesIn(answer)).toEqual([404])
    expect(answer).toMatch(/^Connection: close\r$/m)
  })

  test('bring a refusal to a client that is still sending a large body', async ({ server }) => {
    for (let attempt = 0; attempt < 10; attempt++) {
      const { status } = await send(server, 'PUT', '/v2/test/none/blobs/uploads/none?digest=none', {
        headers: { 'content-length': 64 * mebibyte },
        body: repeat(Buffer.alloc(mebibyte), 64),
      })
      expect(status).toBe(404)
    }
  })
})

test.describe('a client that waits for 100 Continue', () => {
  const anonymous = (method: string, path: string, host: string) =>
    `${method} ${path} HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 2\r\nContent-Type: application/json\r\n` +
    'Expect: 100-continue\r\nConnection: close\r\n\r\n'

  test('gets the refusal alone, and 100 only for a body that is wanted', async ({ api, server }) => {
    const path = await createRepository(api)
    const expects = ['Expect: 100-continue', 'Content-Length: 2', 'Connection: close']
    for (const [text, status] of [
      [anonymous('PUT', `/v2/${path}/manifests/v1`, server.registry), 401],
      [anonymous('POST', `/v2/${path}/blobs/uploads/?digest=${digestOf(Buffer.from('{}'))}`, server.registry), 401],
      [anonymous('POST', '/api/v1/instances', server.registry), 401],
      [anonymous('PUT', '/login', server.registry), 405],
      [requestText(server, 'PUT', '/v2/test/none/manifests/v1', ...expects), 404],
      [requestText(server, 'PUT', `/v2/${path}/manifests/v1`, 'If-Match: x', ...expects), 400],
    ] as const) {
      expect(statusesIn(await exchangeRaw(server.port, text)), text).toEqual([status])
    }
    for (const [text, status] of [
      [requestText(server, 'PUT', `/v2/${path}/manifests/v1`, ...expects), 400],
      [
        anonymous('POST', '/api/v1/instances', server.registry).replace(
          'Expect',
          `Authorization: ${basic(server.accessKey.id, server.accessKey.secret)}\r\nExpect`,
        ),
        400,
      ],
      [anonymous('POST', '/api/v1/session', server.registry), 400],
    ] as const) {
      expect(statusesIn(await exchangeWaiting(server.port, text, '{}')), text).toEqual([100, status])
    }
  })
})

test.describe('the target of a request', () => {
  test('in absolute form is the path with its host, at each door', async ({ api, server }) => {
    const path = await createRepository(api)
    await pushImage(server, path, 'v1')
    const { endpoints } = await api.defaultInstance()
    for (const [method, target, status] of [
      ['GET', `http://${server.registry}/v2/`, 200],
      ['GET', `HTTP://${endpoints.internet}/v2/${path}/manifests/v1`, 200],
      ['GET', `http://${uniqueName('none')}-registry.cn-hangzhou.localhost/v2/${path}/tags/list`, 401],
      ['GET', `http://a b/v2/`, 400],
      ['GET', `http://user@${server.registry}/v2/`, 400],
      ['GET', `ftp://${server.registry}/v2/`, 400],
      ['GET', `http:///v2/`, 400],
      ['GET', `http://${server.registry}/healthz`, 200],
      ['GET', `http://${server.registry}/api/v1/session`, 401],
      ['GET', `http://${server.registry}/login`, 200],
      ['GET', `http://${server.registry}?a=b`, 307],
    ] as const) {
      const text = target.includes('/v2/')
        ? requestText(server, method, target, 'Connection: close')
        : `${method} ${target} HTTP/1.1\r\nHost: other.example\r\nConnection: close\r\n\r\n`
      expect([target, ...statusesIn(await exchangeRaw(server.port, text))]).toEqual([target, status])
    }
    // It has no Host, which HTTP/1.1 requires in this form too.
    const withoutHost = `GET http://${server.registry}/v2/ HTTP/1.1\r\nConnection: close\r\n\r\n`
    expect(statusesIn(await exchangeRaw(server.port, withoutHost))).toEqual([400])
  })

  test('with two slashes is another path, which the registry answers', async ({ server }) => {
    for (const target of ['//v2/', '//v2/test/example/tags/list', '///v2/_catalog']) {
      const { status, body, headers } = await send(server, 'GET', target)
      expect([target, status]).toEqual([target, 404])
      expect(JSON.parse(body.toString())).toHaveProperty('errors')
      expect(headers['docker-distribution-api-version']).toBe('registry/2.0')
    }
  })
})

test.describe('what only an attacker sends', () => {
  const smuggled = (server: ServerInfo) => requestText(server, 'GET', '/v2/smuggled')

  for (const [what, headers, body] of [
    ['Content-Length and Transfer-Encoding', ['Content-Length: 4', 'Transfer-Encoding: chunked'], '0\r\n\r\n'],
    ['two Content-Lengths', ['Content-Length: 0', 'Content-Length: 4'], ''],
    ['a list of Content-Lengths', ['Content-Length: 0, 4'], ''],
    ['a Content-Length that is no number', ['Content-Length: +0'], ''],
    ['an unknown Transfer-Encoding', ['Transfer-Encoding: xchunked'], '0\r\n\r\n'],
    ['chunked, but not last', ['Transfer-Encoding: chunked, identity'], '0\r\n\r\n'],
    ['a space before the colon', ['Transfer-Encoding : chunked'], '0\r\n\r\n'],
    ['a folded header', ['Transfer-Encoding:\r\n chunked'], '0\r\n\r\n'],
    ['a chunk whose size is no number', ['Transfer-Encoding: chunked'], '0x0\r\n\r\n'],
    ['a header with a bare line feed', ['A: b\nContent-Length: 0'], ''],
  ] as const) {
    test(`${what}: 400, and what follows is no request`, async ({ server }) => {
      const answer = await exchangeRaw(
        server.port,
        requestText(server, 'PUT', '/v2/test/example/manifests/smuggle', ...headers),
        body + smuggled(server),
      )

      expect(statusesIn(answer)).toEqual([400])
    })
  }

  test('methods and paths that the console’s framework would fail on are refused', async ({ server }) => {
    expect((await send(server, 'TRACE', '/api/v1/instances')).status).toBe(405)
    expect((await send(server, 'GET', '/api/v1/%zz')).status).toBe(400)
  })

  for (const [what, status, code, method, path, headers] of [
    ['an address that is not UTF-8', 400, 'BAD_REQUEST', 'GET', '/api/v1/%C0%AE', 'Host: localhost'],
    ['an address with a broken escape', 400, 'BAD_REQUEST', 'GET', '/api/v1/regions?a=%zz', 'Host: localhost'],
    ['a method that there is not', 405, 'METHOD_NOT_ALLOWED', 'TRACE', '/api/v1/session', 'Host: localhost'],
    ['a tunnel', 405, 'METHOD_NOT_ALLOWED', 'CONNECT', '/api/v1/session', 'Host: localhost'],
    ['an unknown method', 400, 'BAD_REQUEST', 'BREW', '/api/v1/session', 'Host: localhost'],
    ['a long address', 414, 'URL_TOO_LONG', 'GET', `/api/v1/${'a'.repeat(9000)}`, 'Host: localhost'],
    ['a Host that is not one', 400, 'BAD_REQUEST', 'GET', '/api/v1/regions', 'Host: a b/c'],
    ['two Hosts', 400, 'BAD_REQUEST', 'GET', '/api/v1/regions', 'Host: localhost\r\nHost: localhost'],
    ['no Host', 400, 'BAD_REQUEST', 'GET', '/api/v1/regions', 'Accept: */*'],
    ['an unknown Expect', 417, 'EXPECTATION_FAILED', 'GET', '/api/v1/regions', 'Host: localhost\r\nExpect: x'],
    ['a long head', 431, 'HEAD_TOO_LARGE', 'GET', '/api/v1/regions', `Host: a\r\nX-Large: ${'x'.repeat(20_000)}`],
    ['a page’s bad address', 400, 'BAD_REQUEST', 'GET', '/%zz', 'Host: localhost'],
  ] as const) {
    test(`the REST API refuses ${what} with problem details`, async ({ server }) => {
      const text = `${method} ${path} HTTP/1.1\r\n${headers}\r\nConnection: close\r\n\r\n`
      const [head = '', body = ''] = (await exchangeRaw(server.port, text)).split('\r\n\r\n')
      const requestId = /^x-request-id: (.*)$/im.exec(head)?.[1]
      expect(head).toMatch(/^content-type: application\/problem\+json$/im)
      expect(problem.parse(JSON.parse(body))).toMatchObject({ status, code, requestId })
      expect(statusesIn(head)).toEqual([status])
    })
  }

  test('no Host: 400', async ({ server }) => {
    expect(statusesIn(await exchangeRaw(server.port, 'GET /v2/ HTTP/1.1\r\n\r\n'))).toEqual([400])
  })

  test('headers of more than 16 KiB: 431', async ({ server }) => {
    const answer = await exchangeRaw(server.port, requestText(server, 'GET', '/v2/', `X-Large: ${'x'.repeat(20_000)}`))

    expect(statusesIn(answer)).toEqual([431])
  })

  test('paths that climb out of a repository find nothing and write nothing', async ({ api, server }) => {
    const path = await createRepository(api)
    await pushImage(server, path, 'v1')
    const digest = digestOf(Buffer.from('v1'))
    const climbs = [
      '../../../../stele.db',
      '..%2f..%2f..%2f..%2fstele.db',
      '%2e%2e/%2e%2e/stele.db',
      '..\\..\\stele.db',
    ]
    const targets = [
      ...climbs.flatMap((climb) => [
        `/v2/${climb}`,
        `/v2/${path}/${climb}`,
        `/v2/${path}/blobs/${climb}`,
        `/v2/${path}/blobs/sha256:${climb}`,
        `/v2/${path}/blobs/uploads/${climb}`,
        `/v2/${path}/manifests/${climb}`,
      ]),
      `/v2/${path}/blobs/../blobs/${digest}`,
      `/v2/./${path}/blobs/${digest}`,
      `/v2//${path}/blobs/${digest}`,
      `/v2/${path.replace('/', '%2F')}/blobs/${digest}`,
      `/v2/${path}%00/blobs/${digest}`,
      `/v2/${path}/blobs/${digest}%00`,
      `/v2/${path}/blobs/${digest}/`,
      `/v2/${path}/manifests/v1%2F`,
      `/v2/${path}/manifests/%76%31`,
      `/v2/${path.toUpperCase()}/manifests/v1`,
    ]
    const before = await listTags(server, path)

    for (const target of targets) {
      for (const method of ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE']) {
        const { status, body } = await send(
          server,
          method,
          target,
          method.startsWith('P') ? { body: Buffer.from('{}') } : {},
        )
        expect([400, 404, 405], `${method} ${target}: ${status}`).toContain(status)
        if (method !== 'HEAD') expect(JSON.parse(body.toString())).toHaveProperty('errors')
      }
    }

    expect(await listTags(server, path)).toBe(before)
    expect((await send(server, 'GET', `/v2/${path}/blobs/${digest}`)).status).toBe(200)
  })
})

async function createRepository(api: Api): Promise<string> {
  const { namespace, name } = await api.createRepository()
  return `${namespace}/${name}`
}

async function listTags(server: ServerInfo, path: string): Promise<string> {
  return (await send(server, 'GET', `/v2/${path}/tags/list`)).body.toString()
}

/** The head of a request of the administrator's, as it goes over the wire. */
function requestText(server: ServerInfo, method: string, path: string, ...headers: string[]): string {
  const lines = [
    `${method} ${path} HTTP/1.1`,
    `Host: ${server.registry}`,
    `Authorization: ${basic(server.admin.name, server.admin.password)}`,
    ...headers,
  ]
  return `${lines.join('\r\n')}\r\n\r\n`
}

function* repeat(chunk: Uint8Array, times: number): Iterable<Uint8Array> {
  for (let i = 0; i < times; i++) yield chunk
}
