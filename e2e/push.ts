import { basic } from './api'
import { digestOf } from './digest'
import { imageManifest, manifestType } from './image-manifest'
import type { ServerInfo } from './server'

/**
 * Pushes an image of one small layer to `path` (`<namespace>/<name>`) as a client would, for tests that need a tag and
 * don't care how it came. The digest is that of the image: the same content has the same one. Rejects when refused.
 */
export async function pushImage(server: ServerInfo, path: string, tag: string, content = tag): Promise<string> {
  const layer = Buffer.from(content)
  const config = Buffer.from(
    JSON.stringify({ architecture: 'amd64', os: 'linux', rootfs: { type: 'layers', diff_ids: [digestOf(layer)] } }),
  )
  for (const blob of [config, layer]) await pushBlob(server, path, blob)
  const manifest = imageManifest(config, layer)
  await send(server, 'PUT', `/v2/${path}/manifests/${tag}`, manifest, manifestType)
  return digestOf(manifest)
}

async function pushBlob(server: ServerInfo, path: string, blob: Buffer): Promise<void> {
  const started = await send(server, 'POST', `/v2/${path}/blobs/uploads/`)
  const upload = new URL(started.headers.get('location') ?? '', server.url)
  upload.searchParams.set('digest', digestOf(blob))
  await send(server, 'PUT', upload.pathname + upload.search, blob, 'application/octet-stream')
}

async function send(server: ServerInfo, method: string, path: string, body?: Buffer, type?: string): Promise<Response> {
  const response = await fetch(server.url + path, {
    method,
    headers: {
      authorization: basic(server.admin.name, server.admin.password),
      ...(type === undefined ? {} : { 'content-type': type }),
    },
    ...(body === undefined ? {} : { body: new Uint8Array(body) }),
  })
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${(await response.text()).slice(0, 500)}`)
  return response
}
