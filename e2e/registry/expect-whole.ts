import { digestOf } from '../digest'
import { expect } from '../fixtures'
import type { ServerInfo } from '../server'
import { send } from './http'
import type { OpenUpload, PushJournal, PushedTag } from './push-journal'

/** Goes on with an upload where the server says; answers how many could be gone on with. */
export async function resume(server: ServerInfo, upload: OpenUpload): Promise<0 | 1> {
  const { path, location, content, acknowledgedBytes, isFinishing } = upload
  const { status, headers } = await send(server, 'GET', location)
  // The bytes were a blob's already; whether the blob is whole or not there at all is checked with all the others.
  if (isFinishing && status === 404) return 0
  expect(status).toBe(204)
  const last = Number(/^0-([0-9]+)$/.exec(String(headers.range))?.[1])
  const size = last === 0 ? 0 : last + 1
  expect(size).toBeGreaterThanOrEqual(acknowledgedBytes)
  if (size < content.length) {
    const body = content.subarray(size)
    const range = { 'content-range': `${size}-${content.length - 1}` }
    expect((await send(server, 'PATCH', location, { headers: range, body })).status).toBe(202)
  }
  const digest = digestOf(content)
  expect((await send(server, 'PUT', `${location}?digest=${digest}`)).status).toBe(201)
  expect(await findBlob(server, path, digest)).toBe('whole')
  return 1
}

/** Checks that a tag is as acknowledged, or as the unanswered push would have it. */
async function expectTag(server: ServerInfo, tag: PushedTag): Promise<void> {
  const { status, headers } = await send(server, 'HEAD', `/v2/${tag.path}/manifests/${tag.name}`)
  const digest = status === 200 ? String(headers['docker-content-digest']) : null
  expect([tag.acknowledged, ...(tag.unanswered === null ? [] : [tag.unanswered])], tag.name).toContain(digest)
}

/**
 * Checks every tag, blob and manifest that the journal tells of: there as a whole, or, if it was not acknowledged, not
 * there.
 */
export async function expectWhole(server: ServerInfo, journal: PushJournal): Promise<void> {
  for (const tag of journal.tags) await expectTag(server, tag)
  for (const blob of journal.blobs) {
    const found = await findBlob(server, blob.path, blob.digest)
    expect(blob.acknowledged ? ['whole'] : ['whole', 'missing'], blob.digest).toContain(found)
  }
  for (const manifest of journal.manifests) {
    const { status, body } = await send(server, 'GET', `/v2/${manifest.path}/manifests/${manifest.digest}`)
    if (status === 404 && !manifest.acknowledged) continue
    expect(status, manifest.digest).toBe(200)
    expect(digestOf(body)).toBe(manifest.digest)
    const { config, layers } = JSON.parse(body.toString()) as Record<'config', Named> & Record<'layers', Named[]>
    for (const { digest } of [config, ...layers]) expect(await findBlob(server, manifest.path, digest)).toBe('whole')
  }
}

interface Named {
  readonly digest: string
}

async function findBlob(server: ServerInfo, path: string, digest: string): Promise<'whole' | 'broken' | 'missing'> {
  const { status, body } = await send(server, 'GET', `/v2/${path}/blobs/${digest}`)
  if (status === 404) return 'missing'
  return status === 200 && digestOf(body) === digest ? 'whole' : 'broken'
}
