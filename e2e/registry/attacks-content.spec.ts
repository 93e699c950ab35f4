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
})
