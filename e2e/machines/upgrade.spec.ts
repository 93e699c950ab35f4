import { cp, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { Api } from '../api'
import { expect, test } from '../fixtures'
import type { ServerInfo } from '../server'
import { Client } from './client'
import { Images } from './images'
import { isReady, untilReady } from './machines'

/*
 * A rolling upgrade: servers of the next version, whose database has one more migration, replace those of this one, one by
 * one, under load and behind what asks `/readyz` as a load balancer does. `PREVIOUS_ROOT` names the folder of another
 * version, built, that is to be replaced by this one instead.
 */

const root = join(import.meta.dirname, '..', '..')
const previous = process.env['PREVIOUS_ROOT']

/** How often the balancer asks, in milliseconds. */
const probeMs = 250

let next: string | undefined
test.beforeAll(async () => {
  next = previous === undefined ? await makeNextVersion() : root
})
test.afterAll(async () => {
  if (next !== undefined && next !== root) await rm(next, { recursive: true, force: true })
})

test('servers of two versions over one database lose nothing, and no request fails', async ({ startMachines }) => {
  test.setTimeout(240_000)
  const env = previous === undefined ? { STELE_DRAIN_SECONDS: '2' } : {}
  const { all } = await startMachines({ count: 2, env, ...(previous !== undefined && { root: previous }) })
  const paths = await Promise.all(
    [true, false].map(async (tagImmutability) => {
      const { namespace, name } = await new Api(all[0].info).createRepository({ tagImmutability })
      return `${namespace}/${name}`
    }),
  )
  // The servers that are ready, as the balancer has seen them last.
  const ready: ServerInfo[] = all.map(({ info }) => info)
  const isOver = new AbortController()
  const balancer = (async () => {
    while (!isOver.signal.aborted) {
      const found = await Promise.all(all.map(({ info }) => isReady(info)))
      ready.splice(0, ready.length, ...all.filter((_, n) => found[n]).map(({ info }) => info))
      await setTimeout(probeMs)
    }
  })()
  const client = new Client(ready)
  const images = new Images()
  const pushers = Promise.all(
    [0, 1, 2].map(async (person) => {
      const path = paths[person % 2] ?? ''
      for (let n = 0; !isOver.signal.aborted; n++) await images.pushOne(client, path, `${person}-${n}`, person === 1)
    }),
  )
  const aWhile = async () => {
    const before = images.counts.pushed
    await expect.poll(() => images.counts.pushed, { timeout: 60_000 }).toBeGreaterThan(before + 10)
  }
  await aWhile()
  for (const machine of all) {
    expect(await machine.end()).toBe(0)
    await machine.start(next)
    await untilReady(machine)
    // The first time, a server of each version.
    await aWhile()
  }
  isOver.abort()
  await Promise.all([pushers, balancer])
  const failures = [...client.statuses].filter(([status]) => status === 0 || status >= 500)
  test.info().annotations.push({ type: 'upgrade', description: JSON.stringify({ ...images.counts, failures }) })
  for (const { info } of all) await images.readAll(new Client([info]))
  expect(images.violations).toEqual([])
  // Without a drain, which the version before may not have, a connection may be refused.
  if (previous === undefined) expect(failures).toEqual([])
})

test('a server of the version before starts over the newer database, and serves', async ({ startMachines }) => {
  test.skip(previous !== undefined, 'the version before this one did not')
  test.setTimeout(120_000)
  const { all } = await startMachines({ count: 2 })
  const [machine, other] = all
  for (const version of [next, undefined]) {
    await machine.kill()
    await machine.start(version)
  }
  await untilReady(machine)
  const { namespace, name } = await new Api(machine.info).createRepository()
  const images = new Images()
  const client = new Client([machine.info, other?.info ?? machine.info])
  for (let n = 0; n < 5; n++) await images.pushOne(client, `${namespace}/${name}`, `v${n}`, false)
  expect([images.counts.pushed, images.violations]).toEqual([5, []])
})

/** A folder with this version and one more migration, as the next version may have it. */
async function makeNextVersion(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'stele-next-'))
  for (const entry of await readdir(root)) {
    if (entry !== 'prisma' && entry !== 'dist') await symlink(join(root, entry), join(folder, entry))
  }
  // Programs look for what they import beside themselves, so these are no links.
  for (const name of ['prisma', 'dist']) await cp(join(root, name), join(folder, name), { recursive: true })
  const migration = join(folder, 'prisma', 'postgresql', 'migrations', '99990101000000_next')
  await mkdir(migration)
  await writeFile(
    join(migration, 'migration.sql'),
    [
      '-- additive: servers that do not know this migration may run beside it',
      'ALTER TABLE "Tag" ADD COLUMN "next" INTEGER NOT NULL DEFAULT 0;',
      'ALTER TABLE "Repository" ADD COLUMN "next" TEXT;',
      'ALTER TABLE "Blob" ADD COLUMN "next" TEXT;',
      'CREATE TABLE "Next" ("id" TEXT PRIMARY KEY, "repositoryId" TEXT REFERENCES "Repository"("id") ON DELETE CASCADE);',
      'CREATE INDEX "Tag_next" ON "Tag"("next");',
    ].join('\n'),
  )
  return folder
}
