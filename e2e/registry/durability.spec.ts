import { randomInt } from 'node:crypto'
import { Agent } from 'node:http'
import { immutabilityChange } from '@/lib/api/schemas/immutability-changes'
import { sweep } from '@/scripts/lib/sweep.mjs'
import { Api } from '../api'
import { expect, pushImage, test } from '../fixtures'
import { databases } from '../postgresql'
import type { StartedServer } from '../server'
import { expectWhole, resume } from './expect-whole'
import { PushJournal, pushUntilKilled } from './push-journal'

/*
 * kill -9 in the middle of pushes. What the server acknowledged must be there after the next start; what it did not
 * must be there as a whole or not at all.
 */

/** How often each server is killed. */
const rounds = Number(process.env['E2E_KILLS'] ?? sweep(3, 10))
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

function isAcknowledged({ acknowledged }: { readonly acknowledged: unknown }): boolean {
  return acknowledged !== null && acknowledged !== false
}
