import { randomInt } from 'node:crypto'
import { Agent } from 'node:http'
import { immutabilityChange } from '@/lib/api/schemas/immutability-changes'
import { sweep } from '@/scripts/lib/sweep.mjs'
import { Api } from '../api'
import { digestOf } from '../digest'
import { expect, pushImage, test } from '../fixtures'
import { databases } from '../postgresql'
import type { ServerInfo, StartedServer } from '../server'
import { send } from './http'
import { type OpenUpload, type PushedTag, PushJournal, pushUntilKilled } from './push-journal'

/*
 * kill -9 in the middle of pushes. What the server acknowledged must be there after the next start; what it did not
 * must be there as a whole or not at all.
 */

/** How often each server is killed. */
const rounds = Number(process.env['E2E_KILLS'] ?? sweep(6, 10))
const people = 8

for (const database of databases) {
  test(`nothing acknowledged is lost, and nothing is half there, when the server is killed during pushes: ${database}`, async ({
    startPrivateServer,
    postgresql,
  }) => {
    test.setTimeout(60_000 + rounds * 20_000)
    const options = await postgresql.startOptions(database)
    await killDuringPushes((dataDir) => startPrivateServer({ ...options, ...(dataDir !== undefined && { dataDir }) }))
  })
}

for (const database of databases) {
  test(`a change of many repositories goes on where the server was killed, and says what it did: ${database}`, async ({
    startPrivateServer,
    postgresql,
  }) => {
    test.setTimeout(120_000)
    const options = await postgresql.startOptions(database)
    let server = await startPrivateServer(options)
    const { id: instanceId } = await new Api(server).defaultInstance()
    const count = 120
    const names = Array.from({ length: count }, (_, at) => `kill-${at}`)
    await Promise.all(names.map((name) => new Api(server).createRepository({ name }, instanceId)))
    const body = { immutability: { mode: 'enforce' as const }, filter: { search: 'test/kill-' } }
    const path = `/instances/${instanceId}/immutability-changes`
    const { id } = await new Api(server).send('POST', path, immutabilityChange, body)
    const read = () => new Api(server).send('GET', `/immutability-changes/${id}`, immutabilityChange)
    await expect.poll(async () => (await read()).changed, { intervals: [5] }).toBeGreaterThan(10)
    await server.kill()
    const killedAt = Date.now()

    server = await startPrivateServer({ ...options, dataDir: server.dataDir })
    await expect.poll(async () => (await read()).state, { timeout: 60_000 }).toBe('SUCCEEDED')
    const change = await read()
    expect(Date.parse(change.endedAt ?? '')).toBeGreaterThan(killedAt)
    expect(change).toMatchObject({ total: count, changed: count, unchanged: 0, failed: 0, skipped: 0 })
  })
}

async function killDuringPushes(start: (dataDir?: string) => Promise<StartedServer>): Promise<void> {
  let server = await start()
  const api = new Api(server)
  const mutable = await createRepository(api, false)
  const immutable = await createRepository(api, true)
  const journals: PushJournal[] = []
  let resumed = 0

  for (let round = 0; round < rounds; round++) {
    const agent = new Agent({ keepAlive: true })
    const journal = new PushJournal()
    journals.push(journal)
    const pushers = Array.from({ length: people }, (_, index) => {
      const [path, movingTag] = index % 2 === 0 ? [mutable, `moving-${round}-${index}`] : [immutable, null]
      return pushUntilKilled({ server, agent, path, name: `${round}-${index}`, movingTag }, journal)
    })
    // At an answer to one of them the others are anywhere in their pushes.
    await journal.whenAnswered(randomInt(50, 250))
    await server.kill()
    await Promise.all(pushers)
    agent.destroy()

    server = await start(server.dataDir)
    for (const upload of journal.uploads) resumed += await resume(server, upload)
    await expectWhole(server, journal)
  }
  // Nor does a later kill harm what earlier ones have left.
  for (const journal of journals) await expectWhole(server, journal)

  const [blobs, manifests, tags] = (['blobs', 'manifests', 'tags'] as const).map(
    (kind) => journals.flatMap((journal): { acknowledged: unknown }[] => journal[kind]).filter(isAcknowledged).length,
  )
  test.info().annotations.push({
    type: 'durability',
    description: `after ${rounds} kills: ${blobs} blobs, ${manifests} manifests and ${tags} tags acknowledged, 0 lost; ${resumed} uploads gone on with`,
  })
  expect(manifests).toBeGreaterThan(rounds)
  expect(resumed).toBeGreaterThan(0)
  const kept = journals.flatMap(({ tags }) => tags).find((tag) => tag.path === immutable && isAcknowledged(tag))
  await expect(pushImage(server, immutable, kept?.name ?? '', 'another image')).rejects.toThrow(/409/)
}

async function createRepository(api: Api, tagImmutability: boolean): Promise<string> {
  const { namespace, name } = await api.createRepository({ tagImmutability })
  return `${namespace}/${name}`
}

/** Goes on with an upload where the server says; answers how many could be gone on with. */
async function resume(server: ServerInfo, upload: OpenUpload): Promise<0 | 1> {
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

function isAcknowledged({ acknowledged }: { readonly acknowledged: unknown }): boolean {
  return acknowledged !== null && acknowledged !== false
}

/**
 * Checks every tag, blob and manifest that the journal tells of: there as a whole, or, if it was not acknowledged, not
 * there.
 */
async function expectWhole(server: ServerInfo, journal: PushJournal): Promise<void> {
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
