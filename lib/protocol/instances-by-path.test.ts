import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { PlainPasswords, UnlimitedAttempts } from '@/lib/testing/test-context'
import { digestOf as digestOfBytes } from '@/lib/storage/hash'
import { type TestRegistry, basic, codeOf, imageManifestType, startTestRegistry } from '@/lib/testing/test-registry'

/*
 * Two instances with repositories of the same names and other content. `dev` is addressed by path at a host of all
 * instances, and by its own host name.
 */

const prefix = 'i/dev.cn-shanghai/'
const devHost = 'dev-registry.cn-shanghai.localhost'
const exampleHost = 'example-registry.cn-hangzhou.localhost'
const passwords = { example: 'password-of-example-1', dev: 'password-of-dev-1' }
const inExample = basic('anna', passwords.example)
const inDev = basic('anna', passwords.dev)
const qualifiedInDev = basic('dev.cn-shanghai/anna', passwords.dev)
const qualifiedInExample = basic('example.cn-hangzhou/anna', passwords.example)

const digestOf = (content: string | Buffer) => digestOfBytes(Buffer.from(content))

let registry: TestRegistry
let close: () => Promise<void>

beforeAll(async () => {
  const fakes = { attempts: new UnlimitedAttempts(), passwords: new PlainPasswords() }
  ;({ registry, close } = await startTestRegistry({}, fakes))
  const { db } = registry.ctx
  const settings = { specification: 'Enterprise_Basic', isDefault: false }
  await db.prisma.instance.create({ data: { id: 'cri-dev', name: 'dev', regionId: 'cn-shanghai', ...settings } })
  const namespace = { id: 'crn-dev', instanceId: 'cri-dev', name: 'test', autoCreateRepository: true }
  await db.prisma.namespace.create({ data: { ...namespace, defaultRepositoryType: 'PRIVATE' } })
  // What looks most like an instance in a path, as a namespace of the default instance.
  for (const [id, name] of [
    ['crn-like', 'dev.cn-shanghai'],
    ['crn-ii', 'ii'],
  ] as const) {
    const data = { ...namespace, id, name, instanceId: await exampleId(), defaultRepositoryType: 'PRIVATE' } as const
    await db.prisma.namespace.create({ data })
  }
  const userId = await registry.addUser('anna', passwords.example, { role: 'ADMINISTRATOR' })
  const passwordHash = await registry.ctx.passwords.hash(passwords.dev)
  const data = { userId, instanceId: 'cri-dev', passwordHash, updatedAt: new Date() }
  await db.prisma.registryPassword.create({ data })
  await registry.addUser('same', passwords.example, { role: 'ADMINISTRATOR' })
  const same = await db.prisma.registryPassword.findFirstOrThrow({ where: { user: { name: 'same' } } })
  await db.prisma.registryPassword.create({ data: { ...same, instanceId: 'cri-dev' } })
  await registry.addRobot('ci', 'robot-secret-1', { instanceId: 'cri-dev' })
  await pushTo('test/example', 'of example', inExample)
  await pushTo('dev.cn-shanghai/test', 'of a namespace', inExample)
  await pushTo('ii/example', 'of ii', inExample)
  await pushTo(`${prefix}test/example`, 'of dev', inDev)
}, 60_000)
afterAll(() => close())

async function exampleId(): Promise<string> {
  return (await registry.ctx.db.prisma.instance.findFirstOrThrow({ where: { isDefault: true } })).id
}

const ask = (method: string, path: string, authorization: string | null = null, headers: Record<string, string> = {}) =>
  registry.send(method, `/v2/${path}`, {
    anonymous: true,
    headers: { host: 'localhost:3000', ...headers, ...(authorization !== null && { authorization }) },
  })

async function put(path: string, body: string | Buffer, authorization: string, type = 'application/octet-stream') {
  const method = path.includes('/uploads/') ? 'POST' : 'PUT'
  const headers = { authorization, 'content-type': type, host: 'localhost:3000' }
  const answer = await registry.send(method, `/v2/${path}`, { body, anonymous: true, headers })
  expect(answer.status, answer.body.toString()).toBe(201)
  return answer
}

/** Pushes an artifact with this content under `v1`; returns its manifest's digest. */
async function pushTo(name: string, content: string, authorization: string): Promise<string> {
  const { digest, bytes } = artifactOf(content)
  for (const blob of [content, '{}']) {
    await put(`${name}/blobs/uploads/?digest=${digestOf(blob)}`, blob, authorization)
  }
  await put(`${name}/manifests/v1`, bytes, authorization, imageManifestType)
  return digest
}

function artifactOf(content: string, subject?: { digest: string; size: number }) {
  const describe = (text: string, mediaType: string) => ({ mediaType, digest: digestOf(text), size: text.length })
  const bytes = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: imageManifestType,
      artifactType: 'application/x-test',
      config: describe('{}', 'application/vnd.oci.empty.v1+json'),
      layers: [describe(content, 'text/plain')],
      ...(subject && { subject: { mediaType: imageManifestType, ...subject } }),
    }),
  )
  return { bytes, digest: digestOf(bytes) }
}

async function tokenFor(scopes: string, authorization: string | null, more = '') {
  const answer = await ask(
    'GET',
    `token?service=localhost%3A3000&scope=${encodeURIComponent(scopes)}${more}`,
    authorization,
  )
  return { ...answer, bearer: `Bearer ${String(answer.json['token'])}`, scope: answer.json['scope'] }
}

describe('a path that names an instance', () => {
  test('is a repository of that instance, as its own host name shows', async () => {
    const content = await ask('GET', `${prefix}test/example/blobs/${digestOf('of dev')}`, inDev)
    expect([content.status, content.body.toString()]).toEqual([200, 'of dev'])
    const byHost = await ask('HEAD', 'test/example/manifests/v1', inDev, { host: devHost })
    expect(byHost.headers['docker-content-digest']).toBe(artifactOf('of dev').digest)
    const ofDefault = await ask('HEAD', 'test/example/manifests/v1', inExample)
    expect(ofDefault.headers['docker-content-digest']).toBe(artifactOf('of example').digest)
  })

  test('takes nothing from namespaces of the default instance, whatever they are called', async () => {
    for (const [name, content] of [
      ['dev.cn-shanghai/test', 'of a namespace'],
      ['ii/example', 'of ii'],
      ['i/example.cn-hangzhou/dev.cn-shanghai/test', 'of a namespace'],
    ] as const) {
      const { headers } = await ask('HEAD', `${name}/manifests/v1`, inExample)
      expect(headers['docker-content-digest'], name).toBe(artifactOf(content).digest)
    }
  })

  test('is none at the host of an instance, nor where an instance is unknown', async () => {
    for (const host of [devHost, exampleHost]) {
      const proof = host === devHost ? inDev : inExample
      const answer = await ask('GET', `${prefix}test/example/tags/list`, proof, { host })
      expect([host, ...codeOf(answer)]).toEqual([host, 404, 'NAME_UNKNOWN'])
    }
    for (const name of ['i/none.cn-shanghai/test/example', 'i/dev.mars-1/test/example', 'i/dev/test/example']) {
      for (const proof of [inDev, inExample, null]) {
        expect(codeOf(await ask('GET', `${name}/tags/list`, proof))).toEqual([401, 'UNAUTHORIZED'])
      }
    }
    expect(codeOf(await ask('GET', 'i/dev.cn-shanghai/tags/list', inDev))).toEqual([400, 'NAME_INVALID'])
    expect(codeOf(await ask('GET', 'i/tags/list', inExample))).toEqual([404, 'NAME_UNKNOWN'])
  })

  test('is in every address and name of an answer, and each of them leads on', async () => {
    const name = `${prefix}test/pushed`
    const started = await ask('POST', `${name}/blobs/uploads/`, inDev)
    const location = String(started.headers.location)
    expect(location).toMatch(new RegExp(`^/v2/${name}/blobs/uploads/`))
    const patched = await registry.send('PATCH', location, {
      body: 'hello',
      anonymous: true,
      headers: { authorization: inDev },
    })
    expect(String(patched.headers.location)).toBe(location)
    const digest = digestOf('hello')
    const done = await registry.send('PUT', `${location}?digest=${digest}`, {
      anonymous: true,
      headers: { authorization: inDev },
    })
    expect(done.headers.location).toBe(`/v2/${name}/blobs/${digest}`)
    const whole = await put(`${name}/blobs/uploads/?digest=${digestOf('{}')}`, '{}', inDev)
    expect(whole.headers.location).toBe(`/v2/${name}/blobs/${digestOf('{}')}`)
    const { bytes, digest: manifest } = artifactOf('hello')
    for (const tag of ['v1', 'v2', 'v3']) {
      const pushed = await put(`${name}/manifests/${tag}`, bytes, inDev, imageManifestType)
      expect(pushed.headers.location).toBe(`/v2/${name}/manifests/${tag}`)
    }
    expect(await everyPage(`${name}/tags/list?n=2`, 'tags')).toEqual([['v1', 'v2'], ['v3']])
    expect((await ask('GET', `${name}/tags/list`, inDev)).json).toEqual({ name, tags: ['v1', 'v2', 'v3'] })
    const referrer = artifactOf('hello', { digest: manifest, size: bytes.length })
    await put(`${name}/manifests/${referrer.digest}`, referrer.bytes, inDev, imageManifestType)
    const { json } = await ask('GET', `${name}/referrers/${manifest}`, inDev)
    expect(json['manifests']).toMatchObject([{ digest: referrer.digest }])
    expect((await ask('DELETE', `${name}/manifests/v3`, inDev)).status).toBe(202)
    expect((await ask('GET', 'test/pushed/tags/list', inExample)).status).toBe(404)
  })

  test('allows an anonymous pull where its own instance does, and the repository is public', async () => {
    const { db } = registry.ctx
    const pull = () => ask('GET', `${prefix}test/example/manifests/v1`)
    await db.prisma.repository.updateMany({ data: { type: 'PUBLIC' } })
    await db.prisma.instance.update({ where: { id: await exampleId() }, data: { allowAnonymousPull: true } })
    expect((await pull()).status).toBe(401)
    expect((await tokenFor(`repository:${prefix}test/example:pull`, null)).status).toBe(401)
    await db.prisma.instance.updateMany({ data: { allowAnonymousPull: false } })
    await db.prisma.instance.update({ where: { id: 'cri-dev' }, data: { allowAnonymousPull: true } })
    expect((await pull()).status).toBe(200)
    const { bearer, scope } = await tokenFor(`repository:${prefix}test/example:pull`, null)
    expect(scope).toBe(`repository:${prefix}test/example:pull`)
    expect((await ask('GET', `${prefix}test/example/manifests/v1`, bearer)).status).toBe(200)
    expect((await ask('GET', 'test/example/manifests/v1', bearer)).status).toBe(401)
    expect((await ask('GET', 'test/example/manifests/v1')).status).toBe(401)
    await db.prisma.instance.updateMany({ data: { allowAnonymousPull: false } })
    await db.prisma.repository.updateMany({ data: { type: 'PRIVATE' } })
  })
})

/** The items of each page of a list, as its links lead from one to the next. */
async function everyPage(first: string, field: string, authorization = inDev): Promise<unknown[]> {
  const pages: unknown[] = []
  let next: string | undefined = `/v2/${first}`
  while (next !== undefined) {
    const answer = await ask('GET', next.slice('/v2/'.length), authorization)
    expect(answer.status).toBe(200)
    pages.push(answer.json[field])
    next = /^<([^>]+)>; rel="next"$/.exec(String(answer.headers.link ?? ''))?.[1]
  }
  return pages
}

describe('a token', () => {
  test('is asked for with the path as it was written, and is for that instance by path and by host', async () => {
    const refused = await ask('GET', `${prefix}test/example/manifests/v1`)
    expect(refused.headers['www-authenticate']).toBe(
      `Bearer realm="http://localhost:3000/v2/token",service="localhost:3000",scope="repository:${prefix}test/example:pull"`,
    )
    const { bearer, scope } = await tokenFor(`repository:${prefix}test/example:pull,push`, inDev)
    expect(scope).toBe(`repository:${prefix}test/example:pull,push`)
    for (const [path, host, status] of [
      [`${prefix}test/example`, 'localhost:3000', 200],
      ['test/example', devHost, 200],
      ['test/example', 'localhost:3000', 401],
      ['test/example', exampleHost, 401],
      ['i/example.cn-hangzhou/test/example', 'localhost:3000', 401],
    ] as const) {
      const { status: actual } = await ask('GET', `${path}/manifests/v1`, bearer, { host })
      expect([host, path, actual]).toEqual([host, path, status])
    }
  })

  test('is for the instance of its first repository; scopes of another one are left out', async () => {
    const [mine, theirs] = [`repository:${prefix}test/example:pull,push`, 'repository:test/example:pull']
    expect((await tokenFor(`${mine} ${theirs}`, inDev)).scope).toBe(mine)
    expect((await tokenFor(`${theirs} ${mine}`, inExample)).scope).toBe(theirs)
    expect((await tokenFor(`${mine} ${theirs}`, inExample)).status).toBe(401)
    expect((await tokenFor(`${theirs} ${mine}`, inDev)).status).toBe(401)
  })

  test('is given to a log-on whose user name says the instance, and opens the base of the registry', async () => {
    for (const [proof, status] of [
      [inExample, 200],
      [qualifiedInExample, 200],
      [qualifiedInDev, 200],
      [basic('dev.cn-shanghai/robot+ci', 'robot-secret-1'), 200],
      [basic('DEV.cn-shanghai/Anna', passwords.dev), 200],
      [inDev, 401],
      [basic('robot+ci', 'robot-secret-1'), 401],
      [basic('dev.cn-shanghai/anna', passwords.example), 401],
      [basic('example.cn-hangzhou/anna', passwords.dev), 401],
      [basic('none.cn-shanghai/anna', passwords.dev), 401],
      [basic('dev.cn-shanghai/dev.cn-shanghai/anna', passwords.dev), 401],
    ] as const) {
      const said = Buffer.from(proof.slice('Basic '.length), 'base64').toString()
      expect([said, (await ask('GET', '', proof)).status]).toEqual([said, status])
      const { status: tokenStatus, bearer } = await tokenFor('', proof)
      expect([said, tokenStatus]).toEqual([said, status])
      if (status === 200) expect((await ask('GET', '', bearer)).status).toBe(200)
      const [username, password] = [said.slice(0, said.indexOf(':')), said.slice(said.indexOf(':') + 1)]
      const form = await registry.send('POST', '/v2/token', {
        anonymous: true,
        headers: { host: 'localhost:3000', 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams({ grant_type: 'password', username, password }).toString(),
      })
      expect([said, form.status]).toEqual([said, status])
    }
  })

  test('is refused where the user name and the path say different instances', async () => {
    for (const [scope, proof, status] of [
      [`repository:${prefix}test/example:pull`, qualifiedInDev, 200],
      ['repository:test/example:pull', qualifiedInExample, 200],
      [`repository:${prefix}test/example:pull`, qualifiedInExample, 401],
      ['repository:test/example:pull', qualifiedInDev, 401],
    ] as const) {
      expect((await tokenFor(scope, proof)).status).toBe(status)
      const path = scope.split(':')[1] ?? ''
      expect((await ask('GET', `${path}/manifests/v1`, proof)).status).toBe(status)
      // Whichever the path is, the host of the other instance stays the other's.
      const host = proof === qualifiedInDev ? exampleHost : devHost
      expect((await ask('GET', 'test/example/manifests/v1', proof, { host })).status).toBe(401)
    }
    expect((await ask('GET', 'test/example/manifests/v1', qualifiedInDev, { host: devHost })).status).toBe(200)
    // The password is not what tells them apart.
    const same = (instance: string) => basic(`${instance}/same`, passwords.example)
    for (const [path, host, right, wrong] of [
      [`${prefix}test/example`, 'localhost:3000', 'dev.cn-shanghai', 'example.cn-hangzhou'],
      ['test/example', 'localhost:3000', 'example.cn-hangzhou', 'dev.cn-shanghai'],
      ['test/example', devHost, 'dev.cn-shanghai', 'example.cn-hangzhou'],
      ['test/example', exampleHost, 'example.cn-hangzhou', 'dev.cn-shanghai'],
    ] as const) {
      const statusOf = async (proof: string) => (await ask('GET', `${path}/manifests/v1`, proof, { host })).status
      expect([path, host, await statusOf(same(right)), await statusOf(same(wrong))]).toEqual([path, host, 200, 401])
      const scope = `repository:${path}:pull`
      const query = `token?service=${encodeURIComponent(host)}&scope=${encodeURIComponent(scope)}`
      expect((await ask('GET', query, same(right), { host })).status).toBe(200)
      expect((await ask('GET', query, same(wrong), { host })).status).toBe(401)
    }
    const plain = basic('same', passwords.example)
    for (const path of [`${prefix}test/example`, 'test/example']) {
      expect((await ask('GET', `${path}/manifests/v1`, plain)).status).toBe(200)
    }
  })

  test('of another server opens nothing, whatever instance it says', async () => {
    const { bearer } = await tokenFor('', qualifiedInDev)
    const [head = '', claims = '', signature = ''] = bearer.slice('Bearer '.length).split('.')
    const said = JSON.parse(Buffer.from(claims, 'base64url').toString()) as Record<string, unknown>
    for (const aud of ['cri-none', await exampleId(), 7, undefined]) {
      const changed = Buffer.from(JSON.stringify({ ...said, aud })).toString('base64url')
      const answer = await ask('GET', '', `Bearer ${head}.${changed}.${signature}`)
      expect([aud, answer.status]).toEqual([aud, 401])
    }
  })
})

test('a blob is mounted from a repository of the same instance only, by the path that the client writes', async () => {
  const digest = digestOf('of dev')
  const mount = (target: string, from: string, proof: string) =>
    ask('POST', `${target}/blobs/uploads/?mount=${digest}&from=${encodeURIComponent(from)}`, proof)
  expect((await mount(`${prefix}test/mounted`, `${prefix}test/example`, inDev)).status).toBe(201)
  expect((await mount(`${prefix}test/mounted`, 'test/example', inDev)).status).toBe(202)
  expect((await mount(`${prefix}test/mounted`, `i/example.cn-hangzhou/test/example`, inDev)).status).toBe(202)
  expect((await mount(`${prefix}test/mounted`, prefix, inDev)).status).toBe(202)
  expect((await mount('test/example', `${prefix}test/example`, inExample)).status).toBe(202)
  expect((await ask('GET', `test/example/blobs/${digest}`, inExample)).status).toBe(404)
})

test('the catalog is that of the instance that the credentials say, with the paths of this host', async () => {
  const ofDev = ['test/example', 'test/mounted', 'test/pushed'].map((path) => `${prefix}${path}`)
  expect((await everyPage('_catalog?n=2', 'repositories', qualifiedInDev)).flat()).toEqual(ofDev)
  const { bearer } = await tokenFor('registry:catalog:*', qualifiedInDev)
  expect((await everyPage('_catalog?n=1', 'repositories', bearer)).flat()).toEqual(ofDev)
  const after = async (last: string) => (await ask('GET', `_catalog?last=${last}`, bearer)).json['repositories']
  expect(await after(`${prefix}test/example`)).toEqual(ofDev.slice(1))
  expect(await after('a')).toEqual(ofDev)
  expect(await after('j')).toEqual([])
  expect((await ask('GET', '_catalog', inDev, { host: devHost })).json['repositories']).toContain('test/example')
  const ofExample = (await everyPage('_catalog', 'repositories', inExample)).flat()
  expect(ofExample).toEqual(['dev.cn-shanghai/test', 'ii/example', 'test/example'])
  expect((await everyPage('_catalog', 'repositories', qualifiedInExample)).flat()).toEqual(ofExample)
})

test(
  'no host, path and credentials give content of another instance than they name',
  { timeout: 120_000 },
  async () => {
    const owners = {
      example: inExample,
      dev: inDev,
      'dev by name': qualifiedInDev,
      'example by name': qualifiedInExample,
    }
    const tokens = {
      'token of dev': (await tokenFor(`repository:${prefix}test/example:pull`, inDev)).bearer,
      'token of example': (await tokenFor('repository:test/example:pull', inExample)).bearer,
    }
    const proofs: Record<string, string> = { ...owners, ...tokens }
    const digests = (...contents: string[]) => contents.map((content) => artifactOf(content).digest)
    const contents = { example: digests('of example', 'of a namespace', 'of ii'), dev: digests('of dev') }
    const piece = fc.constantFrom(
      'i',
      'i/',
      '/',
      'dev.cn-shanghai',
      'example.cn-hangzhou',
      'dev',
      'test/example',
      'example',
      'I',
      '.',
      '%2F',
      'none.cn-shanghai',
    )
    const anyName = fc.oneof(
      fc.array(piece, { minLength: 1, maxLength: 5 }).map((pieces) => pieces.join('/')),
      fc.array(piece, { minLength: 1, maxLength: 5 }).map((pieces) => pieces.join('')),
      fc.constantFrom(
        `${prefix}test/example`,
        'i/example.cn-hangzhou/test/example',
        'test/example',
        `${prefix}${prefix}test/example`,
      ),
    )
    let answered = 0
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('localhost:3000', '127.0.0.1', devHost, exampleHost, devHost.toUpperCase(), `${devHost}.`),
        anyName,
        fc.constantFrom(...Object.keys(proofs)),
        fc.constantFrom('GET', 'HEAD'),
        async (host, name, who, method) => {
          const { status, headers } = await ask(method, `${name}/manifests/v1`, proofs[who] ?? '', { host })
          if (status !== 200) return
          answered += 1
          // Written another way than the rule: what the host says, else the second part of the path.
          const isNamed = /^(dev|example)-registry/i.exec(host)?.[1]?.toLowerCase()
          const [first, second = ''] = name.split('/')
          const owner = isNamed ?? (first === 'i' ? second.split('.')[0] : 'example')
          expect(who).toContain(owner)
          expect(contents[owner as 'dev']).toContain(headers['docker-content-digest'])
        },
      ),
      { numRuns: 1500 },
    )
    expect(answered).toBeGreaterThan(50)
  },
)
