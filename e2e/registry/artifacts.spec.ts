import { repository, type RepositoryView } from '@/lib/api/schemas/repositories'
import type { Api } from '../api'
import { orasPusher, regctlPusher } from '../clients/pushers'
import { notationSignature, orasArtifact, sbomReferrer } from '../content/attached'
import { multiPlatformImage } from '../content/images'
import { pushAll } from '../content/pushable'
import { expect, pushImage, test } from '../fixtures'
import { send } from './http'

/** What an `artifactType` filter is asked for, and another one. */
const sbomType = 'application/vnd.example.sbom+json'
const reportType = 'application/vnd.example.report'

test('an image is shown by its digest: what is inside, and what is attached', async ({ api, server }) => {
  const { id, namespace, name } = await api.createRepository()
  const { all, index, images } = multiPlatformImage('v1')
  const [image] = images
  if (image === undefined) throw new Error('no image')
  const settings = orasArtifact('settings', { 'settings.json': '{}' })
  await pushAll((...request) => send(server, ...request), `${namespace}/${name}`, [
    ...[...all, settings, notationSignature(image), sbomReferrer(image, 'SPDX')],
  ])
  const get = async (path: string): Promise<unknown> => (await api.request('GET', `/repositories/${id}${path}`)).json()

  expect(await get('/tags/v1/manifest')).toMatchObject({ digest: index.digest, kind: 'index', referrerCount: 2 })
  expect(await get(`/manifests/${image.digest}/attachments`)).toMatchObject({ totalCount: 3 })
  expect(await get(`/comparison?before=v1&after=${image.digest}`)).toMatchObject({ platform: 'linux/amd64' })
  expect(await get('/tags/settings/manifest')).toMatchObject({ layers: { items: [{ title: 'settings.json' }] } })
})

test.describe('oras', () => {
  test.beforeEach(async ({ counter, oras, server }) => {
    await orasPusher(oras).logIn(counter.address, server.admin)
  })

  test('pushes files as an artifact, and pulls them', async ({ api, counter, oras }) => {
    const artifact = `${counter.address}/${await createRepository(api)}:v1`
    await oras.writeFile('readme.txt', 'what it is')
    await oras.writeFile('settings.json', '{}')

    await oras.run(['push', '--plain-http', '--artifact-type', reportType, artifact, 'readme.txt', 'settings.json'])
    await oras.run(['pull', '--plain-http', '--output', 'pulled', artifact])

    expect((await oras.readFile('pulled/readme.txt')).toString()).toBe('what it is')
    expect((await oras.readFile('pulled/settings.json')).toString()).toBe('{}')
  })

  test('attaches artifacts to an image of an immutable repository, and finds them by their type', async ({
    api,
    counter,
    oras,
    server,
  }) => {
    const path = await createRepository(api, { tagImmutability: true })
    const image = `${counter.address}/${path}:v1`
    const digest = await pushImage(server, path, 'v1')
    await oras.writeFile('sbom.json', '{"of":"v1"}')
    await oras.writeFile('report.txt', 'nothing found')

    for (const [type, file] of [
      [sbomType, 'sbom.json'],
      [reportType, 'report.txt'],
    ] as const) {
      await oras.run(['attach', '--plain-http', '--artifact-type', type, '--annotation', `of=${file}`, image, file])
    }
    const discovered = await oras.run([
      ...['discover', '--plain-http', '--format', 'json', '--artifact-type', sbomType],
      image,
    ])

    const { manifests } = JSON.parse(discovered) as { manifests: { digest: string; annotations: unknown }[] }
    expect(manifests).toHaveLength(1)
    expect(manifests[0]).toMatchObject({ artifactType: sbomType, annotations: { of: 'sbom.json' } })
    const found = `${counter.address}/${path}@${manifests[0]?.digest}`
    await oras.run(['pull', '--plain-http', '--output', 'pulled', found])
    expect((await oras.readFile('pulled/sbom.json')).toString()).toBe('{"of":"v1"}')

    // By the API, not by the tag that clients fall back to where a registry has none.
    const asked = counter.seen.filter((request) => request.path.startsWith(`/v2/${path}/referrers/${digest}`))
    expect(asked.map(({ status }) => status)).toContain(200)
    const listed = await send(server, 'GET', `/v2/${path}/tags/list`)
    expect(JSON.parse(listed.body.toString())).toEqual({ name: path, tags: ['v1'] })
  })

  test('copies an image with what is attached to it', async ({ api, counter, oras, server }) => {
    const from = await createRepository(api)
    const to = await createRepository(api)
    const digest = await pushImage(server, from, 'v1')
    await oras.writeFile('sbom.json', '{}')
    const source = `${counter.address}/${from}:v1`
    await oras.run(['attach', '--plain-http', '--artifact-type', sbomType, source, 'sbom.json'])

    await oras.run([
      ...['copy', '--recursive', '--from-plain-http', source],
      ...['--to-plain-http', `${counter.address}/${to}:v1`],
    ])

    const { body } = await send(server, 'GET', `/v2/${to}/referrers/${digest}`)
    expect(JSON.parse(body.toString())).toMatchObject({ manifests: [{ artifactType: sbomType }] })
  })
})

test.describe('regctl', () => {
  test.beforeEach(async ({ counter, regctl, server }) => {
    await regctlPusher(regctl).logIn(counter.address, server.admin)
  })

  test('attaches an artifact to an image of an immutable repository, finds and reads it', async ({
    api,
    counter,
    regctl,
    server,
  }) => {
    const path = await createRepository(api, { tagImmutability: true })
    const image = `${counter.address}/${path}:v1`
    await pushImage(server, path, 'v1')

    await regctl.run(['artifact', 'put', '--artifact-type', sbomType, '--subject', image], '{"of":"v1"}')

    const template = '{{range .Descriptors}}{{.ArtifactType}}{{end}}'
    expect(await regctl.run(['artifact', 'list', '--format', template, image])).toBe(sbomType)
    const read = ['artifact', 'get', '--subject', image, '--filter-artifact-type', sbomType]
    expect(await regctl.run(read)).toBe('{"of":"v1"}')
  })
})

test.describe('helm', () => {
  const options = ['--plain-http']

  test.beforeEach(async ({ counter, helm, server }) => {
    const { name, password } = server.admin
    await helm.run(['registry', 'login', ...options, '--username', name, '--password-stdin', counter.address], password)
  })

  test('pushes a chart, and pulls it by a range of versions and by digest', async ({ api, counter, helm, server }) => {
    const { namespace, name } = await api.createRepository()
    const registry = `oci://${counter.address}/${namespace}`
    await helm.run(['create', name])
    for (const version of ['1.0.0', '1.1.0', '2.0.0']) {
      await helm.run(['package', '--version', version, name])
      await helm.run(['push', ...options, `${name}-${version}.tgz`, registry])
    }

    await helm.run(['pull', ...options, '--version', '^1.0.0', '--destination', name, `${registry}/${name}`])

    const pulled = await helm.readFile(`${name}/${name}-1.1.0.tgz`)
    expect(pulled.equals(await helm.readFile(`${name}-1.1.0.tgz`))).toBe(true)
    expect(await helm.run(['show', 'chart', ...options, `${registry}/${name}`])).toContain('version: 2.0.0')
    const { headers } = await send(server, 'HEAD', `/v2/${namespace}/${name}/manifests/1.0.0`)
    const byDigest = `${registry}/${name}@${String(headers['docker-content-digest'])}`
    expect(await helm.run(['show', 'chart', ...options, byDigest])).toContain('version: 1.0.0')
  })

  test('cannot push another chart as the same version to an immutable repository, and is told so', async ({
    api,
    counter,
    helm,
  }) => {
    const { id, namespace, name } = await api.createRepository({ tagImmutability: true })
    const push = ['push', ...options, `${name}-1.0.0.tgz`, `oci://${counter.address}/${namespace}`]
    await helm.run(['create', name])
    await helm.run(['package', '--version', '1.0.0', name])
    await helm.run(push)
    await helm.run(push)
    await helm.run(['package', '--version', '1.0.0', '--app-version', 'another', name])

    const { code, stderr } = await helm.attempt(push)

    expect(stderr).toContain('The requested tag already exists and cannot be overwritten.')
    expect(code).not.toBe(0)
    await api.send('PATCH', `/repositories/${id}`, repository, { immutability: { mode: 'audit' } })
    await helm.run(push)
    const puts = counter.seen.filter(
      (request) => request.method === 'PUT' && request.path === `/v2/${namespace}/${name}/manifests/1.0.0`,
    )
    expect(puts.map(({ status }) => status)).toEqual([201, 201, 409, 201])
  })
})

test('an index that names blobs, not manifests, is taken: BuildKit exports its cache so', async ({ api, server }) => {
  const path = await createRepository(api)
  const { body } = await send(server, 'GET', `/v2/${path}/manifests/${await pushImage(server, path, 'v1')}`)
  const { config, layers } = JSON.parse(body.toString()) as { config: object; layers: object[] }
  const mediaType = 'application/vnd.oci.image.index.v1+json'
  const manifests = [...layers, { ...config, mediaType: 'application/vnd.buildkit.cacheconfig.v0' }]
  const cache = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType, manifests }))

  const put = { headers: { 'content-type': mediaType }, body: cache }
  expect((await send(server, 'PUT', `/v2/${path}/manifests/cache`, put)).status).toBe(201)

  expect((await send(server, 'GET', `/v2/${path}/manifests/cache`)).body.equals(cache)).toBe(true)
})

async function createRepository(api: Api, settings: Partial<RepositoryView> = {}): Promise<string> {
  const { namespace, name } = await api.createRepository(settings)
  return `${namespace}/${name}`
}
