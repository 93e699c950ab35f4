import { instance } from '@/lib/api/schemas/instances'
import { robotWithSecret } from '@/lib/api/schemas/robots'
import { type Api, basic } from '../api'
import { digestOf } from '../digest'
import { expect, pushImage, test, uniqueName } from '../fixtures'
import type { ServerInfo } from '../server'
import { headerTricks, pathTricks } from '../tricks'
import { type Answer, send } from './http'
import { exchangeRaw, statusesIn } from './raw-connection'

const secretContent = 'what nobody without a grant may see'

/** A private repository with tag `v1`, and three callers: nobody, a robot of another repository, the administrator. */
async function makePrivate(api: Api, server: ServerInfo) {
  const { id: instanceId } = await api.defaultInstance()
  const { namespace, name } = await api.createRepository({ type: 'PRIVATE' })
  const other = await api.createRepository({ type: 'PRIVATE' })
  const path = `${namespace}/${name}`
  const digest = await pushImage(server, path, 'v1', secretContent)
  const body = { name: uniqueName('robot'), grants: [{ scopeId: other.id, permission: 'PULL' }] }
  const robot = await api.send('POST', `/instances/${instanceId}/robots`, robotWithSecret, body)
  return {
    path,
    digest,
    nobody: {},
    stranger: { authorization: basic(robot.userName, robot.secret) },
    administrator: { authorization: basic(server.admin.name, server.admin.password) },
  }
}

/** Sends exactly these headers besides `Host`. */
function sendAs(server: ServerInfo, method: string, path: string, headers: Record<string, string>): Promise<Answer> {
  return send(server, method, path, { headers: { authorization: undefined, ...headers } })
}

/** Whether an answer tells anything of the image, or sends the caller to somebody else. */
function checkTold({ status, headers, body }: Answer, digest: string, what: string): void {
  expect(status, what).toBeLessThan(500)
  expect(headers['docker-content-digest'], what).toBeUndefined()
  expect(body.toString(), what).not.toContain(digest)
  expect(body.toString(), what).not.toContain(digestOf(Buffer.from(secretContent)))
  expect(headers.location ?? '/', what).toMatch(/^\/(?![/\\])/)
}

test.describe('a private repository', () => {
  test('is not reached by another spelling of its path, by nobody, a stranger or the administrator', async ({
    api,
    server,
  }) => {
    const { path, digest, nobody, stranger, administrator } = await makePrivate(api, server)
    const straight = `/v2/${path}/manifests/v1`
    // An absolute address is the same one (RFC 9112, section 3.2.2).
    for (const same of [straight, `http://127.0.0.1${straight}`]) {
      expect((await sendAs(server, 'GET', same, nobody)).status).toBe(401)
      expect([401, 404]).toContain((await sendAs(server, 'GET', same, stranger)).status)
      expect((await sendAs(server, 'GET', same, administrator)).headers['docker-content-digest']).toBe(digest)
    }

    for (const trick of pathTricks(path, 'v1')) {
      for (const [who, headers] of Object.entries({ nobody, stranger, administrator })) {
        for (const method of ['GET', 'HEAD']) {
          checkTold(await sendAs(server, method, trick, headers), digest, `${who}: ${method} ${trick}`)
        }
      }
      const { status } = await sendAs(server, 'DELETE', trick, administrator)
      expect(status, `DELETE ${trick}`).toBeGreaterThanOrEqual(300)
    }

    expect((await sendAs(server, 'GET', straight, administrator)).headers['docker-content-digest']).toBe(digest)
  })

  test('is not reached by a header that a proxy or a framework would send', async ({ api, server }) => {
    const { path, digest, nobody, stranger } = await makePrivate(api, server)
    const { id } = await api.defaultInstance()
    const targets = [`/v2/${path}/manifests/v1`, `/v2/${path}/tags/list`, `/api/v1/instances/${id}/repositories`]
    for (const [name, value] of headerTricks) {
      for (const target of targets) {
        const what = `${target} with ${name}: ${value}`
        const answer = await sendAs(server, 'GET', target, { ...nobody, [name]: value })
        expect(answer.status, what).toBe(401)
        checkTold(answer, digest, what)
        if (target.startsWith('/v2/')) {
          const foreign = await sendAs(server, 'GET', target, { ...stranger, [name]: value })
          expect([401, 404], what).toContain(foreign.status)
          checkTold(foreign, digest, what)
        }
      }
      // What the header names is not shown instead of what the address names.
      const page = await sendAs(server, 'GET', `/cn-hangzhou/instance/${id}/repositories`, { [name]: value })
      expect(page.body.toString(), `a page with ${name}: ${value}`).not.toContain(path)
      expect(page.headers.location ?? '/', `a page with ${name}: ${value}`).toMatch(/^\/(?![/\\])/)
    }
    for (const name of ['X-Original-URL', 'X-Rewrite-URL', 'X-Invoke-Path', 'X-Matched-Path', 'X-Forwarded-Prefix']) {
      for (const open of ['/login', '/healthz', '/v2/', '/api/v1/openapi.json']) {
        const answer = await sendAs(server, 'GET', open, { [name]: `/v2/${path}/manifests/v1` })
        checkTold(answer, digest, `${open} with ${name}`)
      }
    }
  })

  test('is not deleted by a method that a header names', async ({ api, server }) => {
    const { path, digest, administrator } = await makePrivate(api, server)
    const target = `/v2/${path}/manifests/v1`
    for (const name of ['X-HTTP-Method-Override', 'X-HTTP-Method', 'X-Method-Override']) {
      await sendAs(server, 'GET', target, { ...administrator, [name]: 'DELETE' })
      await sendAs(server, 'POST', `${target}?_method=DELETE`, { ...administrator, [name]: 'DELETE' })
    }
    expect((await sendAs(server, 'HEAD', target, administrator)).headers['docker-content-digest']).toBe(digest)
  })

  test('of one instance is not reached by the host name of another', async ({ api, server }) => {
    const { path, digest, administrator } = await makePrivate(api, server)
    const body = { name: uniqueName('other'), regionId: 'cn-hangzhou' }
    const { endpoints } = await api.send('POST', '/instances', instance, body)
    const target = `/v2/${path}/manifests/v1`
    for (const headers of [
      { host: endpoints.internet },
      { host: endpoints.internet.toUpperCase() },
      { host: endpoints.internet.replace(/(?::\d+)?$/, ':3000') },
      { host: endpoints.internet, 'x-forwarded-host': server.registry },
    ]) {
      const answer = await sendAs(server, 'GET', target, { ...administrator, ...headers })
      expect([401, 404], headers.host).toContain(answer.status)
      checkTold(answer, digest, headers.host)
    }
  })
})

test.describe('headers of which there is one', () => {
  const head = (path: string, ...headers: string[]) =>
    `GET ${path} HTTP/1.1\r\n${headers.join('\r\n')}\r\nConnection: close\r\n\r\n`

  for (const path of ['/v2/', '/api/v1/session', '/login']) {
    test(`${path}: two of Host, Authorization, Content-Type or Origin are refused, whichever is right`, async ({
      server,
    }) => {
      const host = `Host: ${server.registry}`
      const right = `Authorization: ${basic(server.admin.name, server.admin.password)}`
      const wrong = `authorization: ${basic('nobody', 'x')}`
      for (const headers of [
        [host, 'Host: evil.example'],
        ['Host: evil.example', host],
        [host, right, wrong],
        [host, wrong, right],
        [host, right, right],
        [host, right, 'Origin: null', `Origin: ${server.url}`],
        [host, right, 'Content-Type: text/plain', 'Content-Type: application/json'],
      ]) {
        const answer = await exchangeRaw(server.port, head(path, ...headers))
        expect(statusesIn(answer), headers.join(', ')).toEqual([400])
      }
    })

    test(`${path}: a Host that is none is refused, and written nowhere`, async ({ server }) => {
      for (const host of [
        'a"b',
        'a b',
        '<script>',
        "';alert(1)//",
        'evil.example/path',
        'user@evil.example',
        'a:b:c',
      ]) {
        const answer = await exchangeRaw(server.port, head(path, `Host: ${host}`))
        expect(statusesIn(answer), host).toEqual([400])
        expect(answer, host).not.toContain(host)
      }
    })
  }

  test('a Host that is somebody else’s comes into no address of ours but the challenge of its own request', async ({
    server,
  }) => {
    const headers = { host: 'evil.example', 'x-forwarded-host': 'worse.example', authorization: undefined }
    for (const path of ['/', '/login', '/cn-hangzhou/instances', '/icons/', '/api/v1/session']) {
      const answer = await send(server, 'GET', path, { headers })
      expect(answer.headers.location ?? '/', path).toMatch(/^\/(?![/\\])/)
      expect(answer.body.toString(), path).not.toContain('worse.example')
    }
    const challenge = (await send(server, 'GET', '/v2/', { headers })).headers['www-authenticate']
    expect(challenge).not.toContain('worse.example')
  })
})

test.describe('security headers', () => {
  const everywhere = ['x-content-type-options', 'content-security-policy']

  for (const [what, method, path, isConsole] of [
    ['a page', 'GET', '/login', true],
    ['a redirect', 'GET', '/', true],
    ['no page', 'GET', '/nowhere', true],
    ['a refused method', 'POST', '/login', true],
    ['a refused path', 'GET', '/%zz', true],
    ['an icon', 'GET', '/icon.svg', true],
    ['no file', 'GET', '/_next/static/none.js', true],
    ['the API', 'GET', '/api/v1/openapi.json', true],
    ['a refusal of the API', 'GET', '/api/v1/instances', true],
    ['no path of the API', 'GET', '/api/v1/none', true],
    ['the registry', 'GET', '/v2/', false],
    ['no path of the registry', 'GET', '/v2/none', false],
    ['a refusal of the registry', 'GET', '/v2/test/none/tags/list', false],
    ['a probe', 'GET', '/healthz', false],
  ] as const) {
    test(`${what}: no guessed types, a policy, no framework’s name`, async ({ server }) => {
      const { headers } = await send(server, method, path, { headers: { authorization: undefined } })

      for (const name of everywhere) expect(headers[name], name).toBeDefined()
      expect(headers['x-content-type-options']).toBe('nosniff')
      expect(headers['content-security-policy']).toMatch(/default-src 'none'.*frame-ancestors 'none'/)
      expect(headers['content-security-policy']).not.toMatch(/unsafe/)
      expect([headers['x-powered-by'], headers.server]).toEqual([undefined, undefined])
      // Over plain HTTP there is no TLS to insist on.
      expect(headers['strict-transport-security']).toBeUndefined()
      if (!isConsole) return
      expect(headers['x-frame-options']).toBe('DENY')
      expect(headers['referrer-policy']).toBe('same-origin')
      expect(headers['permissions-policy']).toContain('camera=()')
      expect(headers['cross-origin-opener-policy']).toBe('same-origin')
      expect(headers['cross-origin-resource-policy']).toBe('same-origin')
    })
  }

  test('a blob that is a page runs no script in a browser that opens it', async ({ api, server }) => {
    const { namespace, name } = await api.createRepository()
    const page = '<script>document.title = "ran"</script>'
    await pushImage(server, `${namespace}/${name}`, 'v1', page)
    const target = `/v2/${namespace}/${name}/blobs/${digestOf(Buffer.from(page))}`
    const { headers, status } = await send(server, 'GET', target)

    expect(status).toBe(200)
    expect(headers['content-type']).toBe('application/octet-stream')
    expect(headers['x-content-type-options']).toBe('nosniff')
    expect(headers['content-security-policy']).toMatch(/default-src 'none'.*sandbox/)
  })

  test('each page has a nonce of its own, on every script, and a client’s is not taken', async ({ server }) => {
    const nonces = new Set<string>()
    for (let i = 0; i < 3; i++) {
      const headers = { 'content-security-policy': "script-src 'nonce-evil'", authorization: undefined }
      const answer = await send(server, 'GET', '/login', { headers })
      const nonce = /'nonce-([^']+)'/.exec(String(answer.headers['content-security-policy']))?.[1] ?? ''
      nonces.add(nonce)
      const scripts = [...answer.body.toString().matchAll(/<script\b[^>]*>/g)].map(([tag]) => tag)
      expect(scripts.length).toBeGreaterThan(3)
      for (const script of scripts) expect(script).toContain(`nonce="${nonce}"`)
    }
    expect(nonces.size).toBe(3)
    expect(nonces).not.toContain('evil')
  })
})

test.describe('behind a trusted proxy', () => {
  test('its word makes log-ons secure: HSTS, a Secure cookie, a challenge of https; a stranger’s does not', async ({
    startPrivateServer,
  }) => {
    const behind = await startPrivateServer({ env: { STELE_TRUSTED_PROXIES: 'loopback' } })
    const open = await startPrivateServer()
    for (const [server, isSecure] of [
      [behind, true],
      [open, false],
    ] as const) {
      const headers = { 'x-forwarded-proto': 'https', 'x-forwarded-for': '203.0.113.9', authorization: undefined }
      for (const path of ['/login', '/api/v1/session', '/v2/']) {
        const answer = await send(server, 'GET', path, { headers })
        expect(answer.headers['strict-transport-security'] !== undefined, path).toBe(isSecure)
      }
      const { headers: refused } = await send(server, 'GET', '/v2/', { headers })
      expect(refused['www-authenticate']).toContain(isSecure ? 'https://127' : 'http://127')

      const body = Buffer.from(JSON.stringify({ userName: server.admin.name, password: server.admin.password }))
      const logOn = { ...headers, 'content-type': 'application/json' }
      const { status, headers: answered } = await send(server, 'POST', '/api/v1/session', { headers: logOn, body })
      expect(status).toBe(201)
      expect(String(answered['set-cookie']).includes('; Secure')).toBe(isSecure)
      await expect
        .poll(() => server.output())
        .toMatch(new RegExp(`"method":"POST".*"address":"${isSecure ? '203.0.113.9' : '127.0.0.1'}"`))
    }
  })
})

test.describe('guessing', () => {
  const wrong = 'wrong-password-1'

  async function guess(
    server: ServerInfo,
    door: 'console' | 'registry' | 'api',
    from: string,
    name: string,
    secret: string,
  ) {
    const headers = { 'x-forwarded-for': from, authorization: undefined }
    if (door === 'console') {
      const body = Buffer.from(JSON.stringify({ userName: name, password: secret }))
      return send(server, 'POST', '/api/v1/session', {
        headers: { ...headers, 'content-type': 'application/json' },
        body,
      })
    }
    const path = door === 'registry' ? '/v2/' : '/api/v1/instances'
    return send(server, 'GET', path, { headers: { ...headers, authorization: basic(name, secret) } })
  }

  for (const door of ['console', 'registry', 'api'] as const) {
    test(`${door}: is limited at an address, says until when, and elsewhere the right secret still counts`, async ({
      startPrivateServer,
    }) => {
      const server = await startPrivateServer({ env: { STELE_TRUSTED_PROXIES: 'loopback' } })
      const [name, secret] =
        door === 'api' ? [server.accessKey.id, server.accessKey.secret] : [server.admin.name, server.admin.password]
      const first = await guess(server, door, '203.0.113.9', name, wrong)
      expect(first.status).toBe(401)
      let limited = first
      // The secret of an access key cannot be guessed: only the limit of the address counts.
      const triesMax = door === 'api' ? 110 : 20
      for (let tries = 1; tries < triesMax && limited.status !== 429; tries++) {
        limited = await guess(server, door, '203.0.113.9', name, `${wrong}-${tries}`)
      }

      expect(limited.status).toBe(429)
      expect(Number(limited.headers['retry-after'])).toBeGreaterThan(0)
      expect(Number(limited.headers['retry-after'])).toBeLessThanOrEqual(15 * 60)
      expect(limited.body.toString()).toContain(door === 'registry' ? '"TOOMANYREQUESTS"' : '"TOO_MANY_ATTEMPTS"')
      expect((await guess(server, door, '203.0.113.9', name, secret)).status).toBe(429)
      expect((await guess(server, door, '203.0.113.10', name, secret)).status).toBeLessThan(300)
      expect(server.output()).not.toContain(wrong)
    })
  }

  test('a name that does not exist is limited like one that does', async ({ startPrivateServer }) => {
    const server = await startPrivateServer({ env: { STELE_TRUSTED_PROXIES: 'loopback' } })
    const statuses = async (from: string, name: string) => {
      const seen: number[] = []
      for (let tries = 0; tries < 12; tries++) seen.push((await guess(server, 'registry', from, name, wrong)).status)
      return seen
    }
    expect(await statuses('203.0.113.1', server.admin.name)).toEqual(await statuses('203.0.113.2', 'nobody'))
  })
})
