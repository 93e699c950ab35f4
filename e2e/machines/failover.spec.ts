import { setTimeout } from 'node:timers/promises'
import { Api } from '../api'
import { expect, test } from '../fixtures'
import { send } from '../registry/http'
import { Client } from './client'
import { Images } from './images'
import { type Machine, isReady, untilReady } from './machines'

/*
 * PostgreSQL fails over (docs/decisions/0040-machines.md): a real standby that follows by synchronous replication takes the
 * primary's place at the same address. No acknowledged write is lost, and no server says that there is nothing where it
 * cannot know.
 */

test('a fail-over loses nothing, and is over without a restart; a standby serves nobody', async ({ startMachines }) => {
  test.setTimeout(240_000)
  const { all, postgresql } = await startMachines({ count: 2 })
  const [first, second] = all as readonly [Machine, Machine]
  const infos = all.map(({ info }) => info)
  const { namespace, name } = await new Api(first.info).createRepository()
  const path = `${namespace}/${name}`
  const standby = await postgresql.startStandby()
  const client = new Client(infos)
  const images = new Images()
  const isOver = new AbortController()
  const pushers = Promise.all(
    [0, 1, 2].map(async (person) => {
      for (let n = 0; !isOver.signal.aborted; n++) await images.pushOne(client, path, `${person}-${n}`, person === 0)
    }),
  )
  const pushed = () => images.counts.pushed
  await expect.poll(pushed, { timeout: 30_000 }).toBeGreaterThan(10)

  // One server is led to the standby too early.
  const known = images.all.find(({ state }) => state === 'acknowledged')
  first.toDatabase.switchTo(standby.port)
  await expect.poll(() => isReady(first.info), { timeout: 20_000 }).toBe(false)
  for (const [method, reference] of [
    ['GET', known?.tag],
    ['HEAD', known?.tag],
    ['PUT', 'new'],
    ['GET', 'none'],
  ] as const) {
    const headers = { 'content-type': 'application/vnd.oci.image.manifest.v1+json' }
    const body = method === 'PUT' && known !== undefined ? { headers, body: known.manifest } : {}
    const { status } = await send(first.info, method, `/v2/${path}/manifests/${reference}`, body)
    expect(status, `${method} ${reference}`).toBe(503)
  }

  await postgresql.crash()
  const before = pushed()
  await standby.promote()
  second.toDatabase.switchTo(standby.port)
  for (const machine of all) await untilReady(machine)
  await expect.poll(pushed, { timeout: 30_000 }).toBeGreaterThan(before + 10)
  isOver.abort()
  await pushers
  for (const info of infos) await images.readAll(new Client([info]))
  expect(images.violations).toEqual([])
  test.info().annotations.push({ type: 'fail-over', description: JSON.stringify({ before, ...images.counts }) })
  await standby.stop()
})

test('a database that is silent is 503 within the time of a statement, and is used again when it speaks', async ({
  startMachines,
}) => {
  test.setTimeout(120_000)
  const { all } = await startMachines({ count: 1 })
  const [{ info, toDatabase }] = all
  const { namespace, name } = await new Api(info).createRepository()
  const path = `/v2/${namespace}/${name}/manifests/none`
  expect((await send(info, 'GET', path)).status).toBe(404)
  toDatabase.swallow()
  const answers = Promise.all(Array.from({ length: 30 }, () => send(info, 'GET', path)))
  const late = new AbortController()
  const seen = await Promise.race([answers, setTimeout(60_000, null, { signal: late.signal })])
  late.abort()
  expect(new Set(seen?.map(({ status }) => status))).toEqual(new Set([503]))
  // As after a network that came back and had forgotten its connections.
  toDatabase.cut()
  toDatabase.pass()
  await expect.poll(async () => (await send(info, 'GET', path)).status, { timeout: 10_000 }).toBe(404)
})
