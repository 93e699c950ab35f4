import { type Api } from '../api'
import { digestOf } from '../digest'
import { expect, pushImage, test, uniqueName } from '../fixtures'
import { type ServerInfo } from '../server'
import { type Answer, send } from './http'

test.describe('tags under attack', () => {
  const imageType = 'application/vnd.oci.image.manifest.v1+json'

  async function createRepository(api: Api, settings: Parameters<Api['createRepository']>[0] = {}) {
    const { id, namespace, name } = await api.createRepository(settings)
    return { id, path: `${namespace}/${name}` }
  }

  async function pushBlob(server: ServerInfo, path: string, content: string) {
    const body = Buffer.from(content)
    const digest = digestOf(body)
    expect((await send(server, 'POST', `/v2/${path}/blobs/uploads/?digest=${digest}`, { body })).status).toBe(201)
    return { digest, size: body.length }
  }

  /** Pushes an artifact with a layer for each of `layers`, under `tag` or by digest. */
  async function pushArtifact(
    server: ServerInfo,
    path: string,
    {
      tag,
      layers,
      subject,
    }: { tag?: string; layers: readonly (readonly [content: string, note: string])[]; subject?: object },
  ): Promise<Answer & { readonly digest: string }> {
    const config = { mediaType: 'application/x.config', ...(await pushBlob(server, path, JSON.stringify(layers))) }
    const entries = []
    for (const [content, note] of layers) {
      entries.push({ mediaType: 'application/x', ...(await pushBlob(server, path, content)), annotations: { note } })
    }
    const manifest = { schemaVersion: 2, mediaType: imageType, config, layers: entries, subject }
    const body = Buffer.from(JSON.stringify(manifest))
    const digest = digestOf(body)
    const headers = { 'content-type': imageType }
    return { digest, ...(await send(server, 'PUT', `/v2/${path}/manifests/${tag ?? digest}`, { body, headers })) }
  }

  const reasonOf = ({ status, body }: Answer) => {
    const { errors } = JSON.parse(body.toString()) as { errors: { code: string; detail?: { reason?: string } }[] }
    return [status, errors[0]?.code, errors[0]?.detail?.reason]
  }

  test('an append-only tag is not stripped of a signature, and the loser of a race is told to sign again', async ({
    api,
    server,
  }) => {
    const { path } = await createRepository(api, { tagImmutability: true })
    const tag = `${(await pushImage(server, path, 'v1')).replace(':', '-')}.sig`
    const payload = (signature: string) => ['payload', signature] as const
    const push = (...signatures: string[]) => pushArtifact(server, path, { tag, layers: signatures.map(payload) })
    expect((await push('one', 'two')).status).toBe(201)
    for (const stripped of [['one'], ['two', 'two'], ['one', 'evil'], []]) {
      const refused = await push(...stripped)
      expect(reasonOf(refused)).toEqual([409, 'DENIED', 'TAG_APPEND_ONLY'])
      expect(refused.body.toString()).toContain('sign again')
    }
    expect((await push('two', 'one', 'three')).status).toBe(201)
  })

  test('a repository that is made again by a push, with Immutable off, has its names reserved', async ({
    api,
    server,
  }) => {
    const namespace = await api.createNamespace({ autoCreateRepository: true, defaultTagImmutability: false })
    const { id, path } = await createRepository(api, { namespace: namespace.name, tagImmutability: true })
    const digest = await pushImage(server, path, 'v1', 'one')
    const deleted = await api.request('DELETE', `/repositories/${id}?force=${encodeURIComponent(path)}&reason=ended`)
    expect(deleted.status).toBe(204)
    await expect(pushImage(server, path, 'v1', 'two')).rejects.toThrow('409')
    expect(await pushImage(server, path, 'v1', 'one')).toBe(digest)
    await expect(pushImage(server, path, 'v1', 'two')).rejects.toThrow('409')
    await pushImage(server, path, 'v2', 'two')
  })

  test('a tag that was pushed while Immutable was off is the same tag when it is on again', async ({ api, server }) => {
    const { id, path } = await createRepository(api, { tagImmutability: true })
    await pushImage(server, path, 'v1', 'one')
    expect((await api.request('DELETE', `/repositories/${id}/tags/v1?reason=leaked`)).status).toBe(200)
    await expect(pushImage(server, path, 'v1', 'two')).rejects.toThrow('409')
    await api.updateRepository(id, { tagImmutability: false })
    await pushImage(server, path, 'v1', 'two')
    await api.updateRepository(id, { tagImmutability: true })
    await pushImage(server, path, 'v1', 'two')
    await expect(pushImage(server, path, 'v1', 'one')).rejects.toThrow('409')
  })

  test('a pull token does not open a new repository of the same path', async ({ api, server }) => {
    const name = uniqueName('again')
    const { id, path } = await createRepository(api, { name })
    await pushImage(server, path, 'v1', 'former')
    const issued = await send(server, 'GET', `/v2/token?scope=repository:${path}:pull`)
    const { token } = JSON.parse(issued.body.toString()) as { token: string }
    const headers = { authorization: `Bearer ${token}` }
    const pull = () => send(server, 'GET', `/v2/${path}/manifests/v1`, { headers })
    expect((await pull()).status).toBe(200)
    expect((await api.request('DELETE', `/repositories/${id}`)).status).toBe(204)
    await createRepository(api, { name })
    await pushImage(server, path, 'v1', 'secret')
    expect(reasonOf(await pull())).toEqual([401, 'DENIED', undefined])
  })

  test('referrers of a protected image, and theirs, are not deleted', async ({ api, server }) => {
    const { path } = await createRepository(api, { tagImmutability: true })
    let subject = await pushImage(server, path, 'v1')
    for (const content of ['bill', 'signature of the bill']) {
      const { body } = await send(server, 'GET', `/v2/${path}/manifests/${subject}`)
      const attached = await pushArtifact(server, path, {
        layers: [[content, '']],
        subject: { mediaType: imageType, digest: subject, size: body.length },
      })
      subject = attached.digest
      expect(attached.status).toBe(201)
      for (const target of [`manifests/${subject}`, `blobs/${digestOf(Buffer.from(content))}`]) {
        expect((await send(server, 'DELETE', `/v2/${path}/${target}`)).status).toBe(409)
      }
    }
  })
})
