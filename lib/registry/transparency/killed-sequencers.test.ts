import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { rm } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { build } from 'esbuild'
import { afterAll, afterEach, beforeAll, beforeEach, expect, inject, test } from 'vitest'
import { findLog } from '@/lib/metadata/transparency-logs'
import { fillLogs } from '@/lib/testing/fill-logs'
import { fillTags } from '@/lib/testing/fill-tags'
import { forgetLogs } from '@/lib/testing/forget-logs'
import { raceRounds } from '@/lib/testing/race-rounds'
import { readWholeLog } from '@/lib/testing/read-whole-log'
import { type TestDoors, openTestDoors } from '@/lib/testing/test-doors'
import { parseCheckpoint } from '@/lib/transparency/checkpoint'
import { hashLeaf } from '@/lib/transparency/hashes'
import { Replay } from '@/lib/transparency/replay'
import { RightEdge } from '@/lib/transparency/tree'
import { sequenceLogs } from './sequence-logs'

/*
 * Three processes fill one log at the same time, without the lease that usually leaves it to one of them. They are killed
 * and paused wherever they are.
 */

const root = path.resolve(import.meta.dirname, '../../..')

/** The program of each process, in one file, which starts in a fraction of the time. Packages are found from there. */
const program = path.join(root, 'node_modules', '.cache', `sequencer-process-${process.pid}-${inject('provider')}.mjs`)

/** How many processes are killed: 5, or more with RACE_ROUNDS (CONTRIBUTING.md). */
const kills = Math.ceil(raceRounds / 8)

let doors: TestDoors
const children = new Set<ChildProcess>()

beforeAll(async () => {
  await build({
    entryPoints: [path.join(root, 'lib', 'testing', 'sequencer-process.ts')],
    outfile: program,
    bundle: true,
    ...({ platform: 'node', format: 'esm', packages: 'external' } as const),
  })
})
afterAll(() => rm(program, { force: true }))

beforeEach(async () => {
  doors = await openTestDoors()
})
afterEach(async () => {
  for (const child of children) child.kill('SIGKILL')
  await doors.close()
})

async function startSequencer(): Promise<ChildProcess> {
  const { config } = doors.registry.ctx
  const { database, dataDir } = config
  const settings = {
    STELE_DATA_DIR: dataDir,
    STELE_LOG_LEVEL: 'silent',
    ...(database.provider === 'postgresql' && { DATABASE_URL: database.url }),
  }
  const child = fork(program, [JSON.stringify(settings)], { execArgv: [], cwd: root })
  children.add(child)
  child.once('exit', () => children.delete(child))
  await once(child, 'message')
  return child
}

/** A change of policy that changes nothing. */
function brokenEvent() {
  const { instanceId, repositoryId } = doors.params
  const policy = { immutabilityMode: 'off', exemptTags: ['latest'] }
  return {
    ...{ kind: 'POLICY_CHANGED', instanceId, repositoryId, repositoryPath: 'test/example', createdAt: new Date() },
    detail: JSON.stringify({ ...policy, former: policy }),
  }
}

test(
  'of three that are killed and paused anywhere, none loses a leaf or doubles one',
  { timeout: 300_000 },
  async () => {
    const { ctx } = doors.registry
    const { instanceId } = doors.params
    const images = await Promise.all(['one', 'two'].map((content) => doors.registry.image(content)))
    // What comes after it is held until it can be read, half way.
    const broken = await ctx.db.prisma.outboxEvent.create({ data: { ...brokenEvent(), detail: '{' } })
    const running = await Promise.all([startSequencer(), startSequencer(), startSequencer()])
    const done = new AbortController()
    const isDone = () => done.signal.aborted
    const pushed: string[] = []
    const pushing = (async () => {
      for (let n = 0; !isDone(); n++) {
        const { bytes = new Uint8Array() } = images[n % 2] ?? {}
        const { status } = await doors.registry.pushManifest(`t${n % 7}`, bytes)
        // On SQLite, a process that is paused while it writes keeps the others from writing.
        expect([201, 503]).toContain(status)
        if (status === 201) pushed.push(`t${n % 7}`)
      }
    })()
    /** Every checkpoint that somebody could have been served. */
    const served: string[] = []
    const watching = (async () => {
      while (!isDone()) {
        const { checkpoint = '' } = (await findLog(ctx.db, instanceId)) ?? {}
        if (checkpoint !== '' && served.at(-1) !== checkpoint) served.push(checkpoint)
        await setTimeout(5)
      }
    })()
    for (let n = 0; n < kills; n++) {
      const at = n % 3
      const paused = running[(at + 1) % 3]
      paused?.kill('SIGSTOP')
      await setTimeout(50 + Math.random() * 100)
      const killed = running[at]
      killed?.kill('SIGKILL')
      running[at] = await startSequencer()
      paused?.kill('SIGCONT')
      await setTimeout(50 + Math.random() * 100)
      if (n !== Math.floor(kills / 2)) continue
      expect((await findLog(ctx.db, instanceId))?.stalled).not.toBe('')
      await ctx.db.prisma.outboxEvent.update({ where: { id: broken.id }, data: brokenEvent() })
    }
    done.abort()
    await Promise.all([pushing, watching])
    for (const child of running) {
      child.kill('SIGKILL')
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
    }
    await sequenceLogs(ctx)

    const leaves = await readWholeLog(ctx.db, instanceId)
    expect(leaves.filter((leaf) => leaf.kind === 'policy')).toHaveLength(2)
    const told = leaves.filter((leaf) => leaf.kind === 'created' || leaf.kind === 'moved')
    const ledger = await ctx.db.prisma.tagEvent.findMany({ orderBy: { id: 'asc' } })
    expect(told.map(({ tag, digest, id }) => [id, tag, digest])).toEqual(
      ledger.map(({ id, tag, pushedDigest }) => [id, tag, pushedDigest]),
    )
    expect(ledger.length).toBeGreaterThan(kills)
    expect(pushed.length).toBeGreaterThanOrEqual(ledger.length)

    // Each checkpoint is the beginning of the log, and none is of a smaller log than the one before.
    const entries = await ctx.db.prisma.transparencyLeaf.findMany({
      where: { instanceId },
      orderBy: { leafIndex: 'asc' },
    })
    const edge = RightEdge.empty()
    for (const text of served) {
      const { size, root } = parseCheckpoint(text)
      expect(size).toBeGreaterThanOrEqual(edge.size)
      while (edge.size < size) edge.add(hashLeaf(Buffer.from(entries[edge.size]?.entry ?? '')))
      expect(Buffer.from(edge.root()).equals(Buffer.from(root))).toBe(true)
    }
    expect(served.length).toBeGreaterThan(3)
  },
)

test(
  'the first batch of a large repository is told once, whatever is killed, with what happens meanwhile',
  {
    timeout: 300_000,
  },
  async () => {
    const { ctx } = doors.registry
    const { instanceId, repositoryId } = doors.params
    const images = await Promise.all(['one', 'two'].map((content) => doors.registry.image(content)))
    for (const [n, { bytes }] of images.entries()) await doors.registry.pushManifest(`a${n}`, bytes)
    await fillLogs(ctx)
    const count = 5000
    await fillTags(ctx.db, repositoryId, count)
    await forgetLogs(ctx.db)
    const running = await Promise.all([startSequencer(), startSequencer(), startSequencer()])
    const isStarted = async () => (await findLog(ctx.db, instanceId))?.phase === 'started'
    let [pushes, killed] = [0, 0]
    for (; !(await isStarted()) || killed < 3; killed++) {
      const { bytes = new Uint8Array() } = images[killed % 2] ?? {}
      const { status } = await doors.registry.pushManifest(`t${(killed * 1777) % count}`, bytes)
      if (status === 201) pushes += 1
      await setTimeout(Math.random() * 50)
      const at = killed % 3
      running[at]?.kill('SIGKILL')
      running[at] = await startSequencer()
    }
    for (const child of running) child.kill('SIGKILL')
    await fillLogs(ctx)

    const leaves = await readWholeLog(ctx.db, instanceId)
    const violations: unknown[] = []
    const replay = new Replay((violation) => violations.push(violation))
    for (const [index, leaf] of leaves.entries()) replay.take(index, leaf)
    expect(violations).toEqual([])
    expect(pushes).toBeGreaterThan(0)
    // Each tag once.
    const states = leaves.flatMap((leaf) => (leaf.kind === 'tagState' ? leaf.tag : []))
    expect([states.length, new Set(states).size]).toEqual([count + 2, count + 2])
    for (const { name, digest } of await ctx.db.prisma.tag.findMany()) {
      expect([name, replay.nameOf('test/example', name)?.digest]).toEqual([name, digest])
    }
    const ids = leaves.flatMap((leaf) => ('id' in leaf ? leaf.id : []))
    const ledger = await ctx.db.prisma.tagEvent.findMany({ orderBy: { id: 'asc' } })
    expect(ids.sort((a, b) => a - b)).toEqual(ledger.map(({ id }) => id))
  },
)
