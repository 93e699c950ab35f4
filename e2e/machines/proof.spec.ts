import { setTimeout } from 'node:timers/promises'
import { Api } from '../api'
import { expect, test } from '../fixtures'
import { Client } from './client'
import { type Operation, isLinearizable } from './history'
import { Images } from './images'
import { type RacedTag, raceForTag } from './raced-tags'
import { makeTrouble } from './trouble'

/*
 * The proof run (docs/proof.md): three servers over one PostgreSQL database and one S3 store, people who push, pull, delete,
 * freeze and free, collections and scrubs, while servers, database, store and the networks between them fail.
 */

/** How long it lasts, in minutes. */
const minutes = Number(process.env['PROOF_MINUTES'] ?? 0.5)
const pushers = 4

/** How old content without a manifest must be before a collection takes it, in seconds. */
const graceSeconds = 30

test('nothing acknowledged is lost, no byte is wrong and no rule is broken, whatever fails', async ({
  startMachines,
}) => {
  test.setTimeout(minutes * 60_000 + 300_000)
  const machines = await startMachines()
  const infos = machines.all.map(({ info }) => info)
  const api = new Api(infos[0] ?? machines.all[0].info)
  const { id: instanceId } = await api.defaultInstance()
  const paths = await Promise.all(
    Array.from({ length: pushers }, async (_, n) => {
      const { namespace, name } = await api.createRepository({ tagImmutability: n % 2 === 1 })
      return `${namespace}/${name}`
    }),
  )
  const statuses = new Map<number, number>()
  const client = new Client(infos, statuses)
  const images = new Images()
  const raced: RacedTag[] = []
  const isOver = new AbortController()
  const goOn = async (work: (n: number) => Promise<unknown>) => {
    for (let n = 0; !isOver.signal.aborted; n++) await work(n)
  }
  const started = { collections: 0, scrubs: 0 }

  const work = [
    ...paths.map((path, person) => goOn((n) => images.pushOne(client, path, `${person}-${n}`, person % 2 === 0))),
    ...[0, 1].map(() =>
      goOn(async () => {
        const tag = await raceForTag(client, instanceId)
        if (tag !== null) raced.push(tag)
      }),
    ),
    goOn(async (n) => {
      const [kind, body] =
        n % 2 === 0 ? (['garbage-collections', { graceSeconds }] as const) : (['scrubs', {}] as const)
      const headers = { 'content-type': 'application/json' }
      const answer = await client.send('POST', `/api/v1/${kind}`, { headers, body: Buffer.from(JSON.stringify(body)) })
      if (answer?.status === 201) started[n % 2 === 0 ? 'collections' : 'scrubs']++
      await setTimeout(1_000)
    }),
  ]
  const failed = Promise.all(work)
  const end = new AbortController()
  const trouble = makeTrouble(machines, end.signal)
  await Promise.race([setTimeout(minutes * 60_000), failed])
  end.abort()
  const injected = await trouble
  isOver.abort()
  await failed

  for (const info of infos) await images.readAll(new Client([info], statuses))
  const broken = raced.filter(({ history }) => !isLinearizable(history))
  const operations = raced.flatMap(({ history }) => history)
  const report = {
    minutes,
    requests: Object.fromEntries([...statuses].sort(([a], [b]) => a - b)),
    images: images.counts,
    raced: { tags: raced.length, ...countBy(operations, nameOf) },
    ...started,
    injected: Object.fromEntries(injected),
    violations: images.violations.length + broken.length,
  }
  console.log(JSON.stringify(report, null, 2))
  test.info().annotations.push({ type: 'proof', description: JSON.stringify(report) })
  expect(client.unexplained).toEqual([])
  expect(images.violations).toEqual([])
  expect(broken).toEqual([])
  // Otherwise nothing was tried.
  expect(images.counts.pushed).toBeGreaterThan(10)
  expect(images.counts.deleted).toBeGreaterThan(0)
  expect(raced.length).toBeGreaterThan(2)
})

function nameOf(operation: Operation): string {
  return operation.kind === 'read' ? 'read' : `${operation.kind} ${operation.outcome}`
}

function countBy<T>(items: readonly T[], name: (item: T) => string): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const item of items) counts[name(item)] = (counts[name(item)] ?? 0) + 1
  return counts
}
