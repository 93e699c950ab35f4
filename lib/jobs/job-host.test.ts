import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { systemPrincipal } from '@/lib/domain/principal'
import { AppError } from '@/lib/domain/errors'
import { holdLease } from '@/lib/metadata/engine/leases'
import { getLastRuns } from '@/lib/metadata/maintenance-runs'
import { openTestContext } from '@/lib/testing/test-context'
import type { Context } from '@/lib/context'
import type { z } from 'zod'
import { garbageCollectionJob } from '@/lib/registry/maintenance/garbage-collection-job'
import { type scrubCounts } from '@/lib/registry/maintenance/maintenance-run-details'
import { scrubJob } from '@/lib/registry/maintenance/scrub-job'
import type { PeriodicJob, RecordedJob, Run } from './job'
import { JobHost } from './job-host'

type ScrubRun = Run<z.output<typeof scrubCounts>>
type Work = (run: ScrubRun) => Promise<void>

/** The scrub's record, with other work. */
function jobOf(work: Work, kind: RecordedJob<Context>['kind'] = 'SCRUB') {
  return { ...scrubJob, kind, work: (_ctx: Context, _options: object, run: ScrubRun) => work(run) }
}

const idle: Work = () => Promise.resolve()
const admin = { ...systemPrincipal, name: 'admin' }
const hourMs = 3_600_000

let ctx: Context
let close: () => Promise<void>

beforeEach(async () => ({ ctx, close } = await openTestContext()))
afterEach(() => close())

const start = (work: Work) => ctx.jobs.start(ctx, jobOf(work), { startedBy: admin, options: {} })
const startCollection = (isDryRun = false) =>
  ctx.jobs.start(ctx, jobOf(idle, 'GARBAGE_COLLECTION'), { startedBy: admin, options: { isDryRun } })
const readRuns = () => ctx.db.prisma.maintenanceRun.findMany({ orderBy: { id: 'asc' } })

/** Work that goes on until it is told to end; `begun` when it has begun. */
function endlessWork() {
  let begin: () => void = () => {}
  const begun = new Promise<void>((resolve) => (begin = resolve))
  const work = async ({ signal }: ScrubRun) => {
    begin()
    await new Promise((resolve) => signal.addEventListener('abort', resolve))
    signal.throwIfAborted()
  }
  return { begun, work }
}

/** A lease as a process has it that lives, or one that is dead for a while. */
function leaseOf(kind: RecordedJob<Context>['kind'], state: 'held' | 'expired') {
  return holdLease(ctx.db, { name: kind, holder: 'another process', forMs: state === 'held' ? hourMs : -1 })
}

describe('a run', () => {
  test('is recorded with what it did, and how long it took', async () => {
    const row = await start(async ({ count }) => {
      await count({ examinedBlobs: 2, examinedBytes: 3_000_000_000_000 })
      await count({ examinedBlobs: 1, corruptBlobs: 1 })
    })
    expect(row).toMatchObject({ state: 'RUNNING', startedBy: 'admin', endedAt: null })
    await ctx.jobs.settled()
    const [run] = await readRuns()
    expect(run).toMatchObject({
      state: 'SUCCEEDED',
      failure: null,
    })
    expect(JSON.parse(run?.counts ?? '')).toEqual({
      examinedBlobs: 3,
      examinedBytes: 3_000_000_000_000,
      corruptBlobs: 1,
      corruptManifests: 0,
    })
    expect(run?.endedAt?.getTime()).toBeGreaterThanOrEqual(row.startedAt.getTime())
    expect(await ctx.db.prisma.lease.count()).toBe(0)
  })

  test.each([
    ['in the words of a failure that has some', new AppError('STORAGE_FULL'), 'out of storage space'],
    ['without the text of a stranger', new Error('secret'), 'an unexpected error: the log has it'],
  ])('says why it failed, %s', async (_how, error, failure) => {
    await start(async ({ count }) => {
      await count({ examinedBlobs: 1 })
      throw error
    })
    await ctx.jobs.settled()
    const [run] = await readRuns()
    expect(run).toMatchObject({ state: 'FAILED', failure })
    expect(JSON.parse(run?.counts ?? '')).toMatchObject({ examinedBlobs: 1 })
    await start(() => Promise.resolve())
  })

  test('is the only one of its kind', async () => {
    const { begun, work } = endlessWork()
    await start(work)
    await begun
    await expect(start(() => Promise.resolve())).rejects.toMatchObject({ code: 'ALREADY_RUNNING' })
    await startCollection()
    expect(await ctx.db.prisma.maintenanceRun.count()).toBe(2)
  })

  test('of many that are started at the same time is one', async () => {
    const { work } = endlessWork()
    const outcomes = await Promise.allSettled(Array.from({ length: 8 }, () => start(work)))
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect(await ctx.db.prisma.maintenanceRun.count()).toBe(1)
  })

  test('ends soon when the server stops, and says so', async () => {
    const { begun, work } = endlessWork()
    await start(work)
    await begun
    await ctx.jobs.stop()
    expect(await readRuns()).toMatchObject([{ state: 'FAILED', failure: 'the server was stopped' }])
  })

  test('whose process died is recorded as failed once its lease has expired', async () => {
    await start(() => Promise.resolve())
    await ctx.jobs.settled()
    await ctx.db.prisma.maintenanceRun.updateMany({ data: { state: 'RUNNING', endedAt: null } })
    await leaseOf('SCRUB', 'expired')
    await start(() => Promise.resolve())
    await ctx.jobs.settled()
    expect(await readRuns()).toMatchObject([{ state: 'FAILED', failure: 'its process ended' }, { state: 'SUCCEEDED' }])
  })

  test('is not taken over by a server whose clock is ahead', async () => {
    if (ctx.db.provider === 'sqlite') return
    const { begun, work } = endlessWork()
    await start(work)
    await begun
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + hourMs })
    try {
      await expect(start(idle)).rejects.toMatchObject({ code: 'ALREADY_RUNNING' })
    } finally {
      vi.useRealTimers()
    }
  })

  test('that is started in a transaction works after it, and not at all when it is rolled back', async () => {
    let worked = 0
    const work = () => {
      worked += 1
      return Promise.resolve()
    }
    await ctx.db.transaction(async (tx) => {
      await ctx.jobs.start({ ...ctx, db: tx }, jobOf(work), { startedBy: admin, options: {} })
      expect(worked).toBe(0)
    })
    await ctx.jobs.settled()
    expect([worked, await ctx.db.prisma.maintenanceRun.count()]).toEqual([1, 1])

    const rollback = new Error('rollback')
    const rolledBack = ctx.db.transaction(async (tx) => {
      await ctx.jobs.start({ ...ctx, db: tx }, jobOf(work), { startedBy: admin, options: {} })
      throw rollback
    })
    await expect(rolledBack).rejects.toBe(rollback)
    await ctx.jobs.settled()
    expect([worked, await ctx.db.prisma.maintenanceRun.count(), await ctx.db.prisma.lease.count()]).toEqual([1, 1, 0])
  })
})

test('the last runs are those that have ended, of each kind one, no dry runs', async () => {
  expect(await getLastRuns(ctx.db)).toEqual([])
  for (const isDryRun of [false, false, true]) {
    await startCollection(isDryRun)
    await ctx.jobs.settled()
  }
  await start(endlessWork().work)
  expect((await getLastRuns(ctx.db)).map(({ kind, id }) => [kind, id])).toEqual([['GARBAGE_COLLECTION', 2]])
})

describe('the schedule', () => {
  async function startDue(hoursLater = 0): Promise<string[]> {
    const before = await ctx.db.prisma.maintenanceRun.count()
    const now = new Date(Date.now() + hoursLater * hourMs)
    await ctx.jobs.startIfDue(garbageCollectionJob, now)
    await ctx.jobs.startIfDue(scrubJob, now)
    await ctx.jobs.settled()
    return (await readRuns()).slice(before).map(({ kind, startedBy }) => `${kind} by ${startedBy}`)
  }

  const collection = 'GARBAGE_COLLECTION by schedule'

  test('starts what never ran, and again after its interval', async () => {
    expect(await startDue()).toEqual([collection, 'SCRUB by schedule'])
    expect(await startDue(23.9)).toEqual([])
    expect(await startDue(24.1)).toEqual([collection])
    expect(await startDue(24.2)).toEqual([collection])
    expect(await startDue(168.1)).toEqual([collection, 'SCRUB by schedule'])
    expect(await readRuns()).toMatchObject([
      { options: '{"graceSeconds":86400}', state: 'SUCCEEDED' },
      {},
      {},
      {},
      {},
      {},
    ])
  })

  test('counts a run that somebody asked for, but no dry run', async () => {
    for (const isDryRun of [true, false]) {
      if (!isDryRun) expect(await startDue()).toContain(collection)
      await ctx.db.prisma.maintenanceRun.deleteMany()
      await startCollection(isDryRun)
      await ctx.jobs.settled()
    }
    expect(await startDue()).not.toContain(collection)
  })

  test('tries a failed run again after an hour', async () => {
    await startDue()
    await ctx.db.prisma.maintenanceRun.updateMany({ where: { kind: 'SCRUB' }, data: { state: 'FAILED' } })
    expect(await startDue(0.9)).toEqual([])
    expect(await startDue(1.1)).toEqual(['SCRUB by schedule'])
  })

  test('starts nothing that is switched off', async () => {
    Object.assign(ctx.config.maintenance, { collectionIntervalHours: 0, scrubIntervalHours: 0 })
    expect(await startDue(10_000)).toEqual([])
  })

  test('leaves alone what another process runs, and clears up after one that died', async () => {
    await startDue()
    await ctx.db.prisma.maintenanceRun.updateMany({ data: { state: 'RUNNING', endedAt: null } })
    await leaseOf('GARBAGE_COLLECTION', 'held')
    await leaseOf('SCRUB', 'expired')
    expect(await startDue(0.5)).toEqual([])
    expect(await readRuns()).toMatchObject([{ state: 'RUNNING' }, { state: 'FAILED', failure: 'its process ended' }])
    expect(await startDue(24.1)).toEqual(['SCRUB by schedule'])
  })

  test('stops with every run of the process', async () => {
    ctx.jobs.schedule([garbageCollectionJob, scrubJob])
    await start(endlessWork().work)
    await ctx.jobs.stop()
    expect(await readRuns()).toMatchObject([{ state: 'FAILED' }])
  })

  test('survives a database that does not answer', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    const broken = { ...ctx, db: new Proxy(ctx.db, { get: () => { throw new AppError('UNAVAILABLE') } }) } // prettier-ignore
    const jobs = new JobHost(() => broken)
    const error = vi.spyOn(ctx.log, 'error')
    jobs.schedule([garbageCollectionJob])
    vi.advanceTimersByTime(60_000)
    await jobs.stop()
    expect(error).toHaveBeenCalledOnce()
    vi.useRealTimers()
  })
})

describe('a periodic job', () => {
  function jobThat(more: Partial<PeriodicJob<Context>>) {
    const done: string[] = []
    const job: PeriodicJob<Context> = {
      name: 'test',
      intervalMs: 1000,
      async work(_, isLast) {
        done.push('begun')
        await Promise.resolve()
        done.push(isLast ? 'ended at stop' : 'ended')
      },
      ...more,
    }
    return { job, done }
  }

  beforeEach(() => vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] }))
  afterEach(() => vi.useRealTimers())

  test('is done every so often, one after the other, until it is stopped', async () => {
    const { job, done } = jobThat({})
    ctx.jobs.schedule([job])
    vi.advanceTimersByTime(999)
    expect(done).toEqual([])
    vi.advanceTimersByTime(1001)
    await ctx.jobs.stop()
    expect(done).toEqual(['begun', 'ended', 'begun', 'ended'])
    vi.advanceTimersByTime(10_000)
    await ctx.jobs.stop()
    expect(done).toHaveLength(4)
  })

  test('is done at the start, or at the stop when every run has ended', async () => {
    const first = jobThat({ also: 'at start' })
    const last = jobThat({ also: 'at stop' })
    ctx.jobs.schedule([first.job, last.job])
    const { begun, work } = endlessWork()
    await start(async (run) => {
      await work(run).finally(() => last.done.push('the run has ended'))
    })
    await begun
    expect([first.done, last.done]).toEqual([['begun', 'ended'], []])
    await ctx.jobs.stop()
    expect(first.done).toHaveLength(2)
    expect(last.done).toEqual(['the run has ended', 'begun', 'ended at stop'])
  })

  test('is done now when asked for, besides its schedule; the stop tells it, and waits for it', async () => {
    const seen: boolean[] = []
    const { job } = jobThat({
      async work(_, isLast, signal) {
        await new Promise((resolve) => signal.addEventListener('abort', resolve))
        seen.push(isLast)
      },
    })
    ctx.jobs.doNow(job)
    await ctx.jobs.stop()
    expect(seen).toEqual([false])
  })

  test('that fails is logged, and done the next time', async () => {
    const error = vi.spyOn(ctx.log, 'error')
    const failure = new Error('away')
    let times = 0
    const { job } = jobThat({ work: () => Promise.reject(++times === 1 ? failure : new Error('again')) })
    ctx.jobs.schedule([job])
    vi.advanceTimersByTime(2000)
    await ctx.jobs.stop()
    expect(times).toBe(2)
    expect(error).toHaveBeenCalledWith({ err: failure, job: 'test' }, expect.any(String))
  })
})
