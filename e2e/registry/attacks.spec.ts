import { notationSignature, orasArtifact, sbomReferrer } from '../content/attached'
import { multiPlatformImage } from '../content/images'
import { digestOf, emptyConfig, manifestOf, pushAll } from '../content/pushable'
import { expect, test } from '../fixtures'
import { send } from './http'

test.describe('content that a pusher wrote', () => {
  test('is downloaded as a file, and never run by a browser', async ({ api, server }) => {
    const { id, namespace, name } = await api.createRepository()
    const html = Buffer.from('<!doctype html><script>alert(document.cookie)</script>')
    const page = manifestOf(
      emptyConfig,
      [
        {
          mediaType: 'text/html',
          bytes: html,
          annotations: { 'org.opencontainers.image.title': '../../"evil\r\n.html' },
        },
      ],
      { artifactType: 'text/html' },
    )
    await pushAll((...request) => send(server, ...request), `${namespace}/${name}`, [page])

    const file = await api.request('GET', `/repositories/${id}/manifests/${page.digest}/files/${digestOf(html)}`)
    expect(await file.text()).toBe(html.toString())
    const whole = await api.request('GET', `/repositories/${id}/manifests/${page.digest}/content`)
    expect(await whole.text()).toBe(page.manifest.toString())
    for (const [{ headers }, mediaType, fileName] of [
      [file, 'application/octet-stream', '_evil.html'],
      [whole, 'application/json', `manifest-${page.digest.slice(7, 19)}.json`],
    ] as const) {
      expect(headers.get('content-type')).toBe(mediaType)
      expect(headers.get('content-disposition')).toBe(`attachment; filename="${fileName}"`)
      expect(headers.get('x-content-type-options')).toBe('nosniff')
      expect(headers.get('content-security-policy')).toContain("default-src 'none'")
      expect(headers.get('cache-control')).toBe('no-store')
    }
  })

  test('is shown by its digest: what is inside, and what is attached', async ({ api, server }) => {
    const { id, namespace, name } = await api.createRepository()
    const { all, index, images } = multiPlatformImage('v1')
    const [image] = images
    if (image === undefined) throw new Error('no image')
    const settings = orasArtifact('settings', { 'settings.json': '{}' })
    await pushAll((...request) => send(server, ...request), `${namespace}/${name}`, [
      ...[...all, settings, notationSignature(image), sbomReferrer(image, 'SPDX')],
    ])
    const get = async (path: string): Promise<unknown> =>
      (await api.request('GET', `/repositories/${id}${path}`)).json()

    expect(await get('/tags/v1/manifest')).toMatchObject({ digest: index.digest, kind: 'index', referrerCount: 2 })
    expect(await get(`/manifests/${image.digest}/attachments`)).toMatchObject({ totalCount: 3 })
    expect(await get(`/comparison?before=v1&after=${image.digest}`)).toMatchObject({ platform: 'linux/amd64' })
    expect(await get('/tags/settings/manifest')).toMatchObject({ layers: { items: [{ title: 'settings.json' }] } })
  })
})
