import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { systemPrincipal } from '@/lib/domain/principal'
import { AppError } from '@/lib/domain/errors'
import { holdLease } from '@/lib/metadata/engine/leases'
import { getLastRuns } from '@/lib/metadata/maintenance-runs'
import { openTestContext } from '@/lib/testing/test-context'
import type { Context } from '@/lib/context'
import { type NewRun, type Run, startRun, stopRuns, waitForRuns } from './run-maintenance'
import { startDueRuns, startMaintenance } from './schedule-maintenance'

const scrub: NewRun = {
  kind: 'SCRUB',
  isDryRun: false,
  graceSeconds: null,
  startedBy: { ...systemPrincipal, name: 'admin' },
}
const hourMs = 3_600_000

let ctx: Context
let close: () => Promise<void>

beforeEach(async () => ({ ctx, close } = await openTestContext()))
afterEach(async () => {
  await stopRuns()
  await close()
})

const start = (work: (run: Run) => Promise<void>) => startRun(ctx, ctx, scrub, work)
const readRuns = () => ctx.db.prisma.maintenanceRun.findMany({ orderBy: { id: 'asc' } })

/** Work that goes on until it is told to end; `begun` when it has begun. */
function endlessWork() {
  let begin: () => void = () => {}
  const begun = new Promise<void>((resolve) => (begin = resolve))
  const work = async ({ signal }: Run) => {
    begin()
    await new Promise((resolve) => signal.addEventListener('abort', resolve))
    signal.throwIfAborted()
  }
  return { begun, work }
}

/** A lease as a process has it that lives, or one that is dead for a while. */
function leaseOf(kind: NewRun['kind'], state: 'held' | 'expired') {
  const now = new Date()
  const expiresAt = new Date(now.getTime() + (state === 'held' ? hourMs : -1))
  return holdLease(ctx.db, { name: kind, holder: 'another process', now, expiresAt })
}

describe('a run', () => {
  test('is recorded with what it did, and how long it took', async () => {
    const row = await start(async ({ count }) => {
      await count({ examinedBlobs: 2, examinedBytes: 3_000_000_000_000n })
      await count({ examinedBlobs: 1, corruptBlobs: 1 })
    })
    expect(row).toMatchObject({ state: 'RUNNING', startedBy: 'admin', endedAt: null })
    await waitForRuns()
    const [run] = await readRuns()
    expect(run).toMatchObject({
      state: 'SUCCEEDED',
      examinedBlobs: 3,
      examinedBytes: 3_000_000_000_000n,
      corruptBlobs: 1,
      failure: null,
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
    await waitForRuns()
    expect(await readRuns()).toMatchObject([{ state: 'FAILED', examinedBlobs: 1, failure }])
    await start(() => Promise.resolve())
  })

  test('is the only one of its kind', async () => {
    const { begun, work } = endlessWork()
    await start(work)
    await begun
    await expect(start(() => Promise.resolve())).rejects.toMatchObject({ code: 'ALREADY_RUNNING' })
    await startRun(ctx, ctx, { ...scrub, kind: 'GARBAGE_COLLECTION' }, () => Promise.resolve())
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
    await stopRuns()
    expect(await readRuns()).toMatchObject([{ state: 'FAILED', failure: 'the server was stopped' }])
  })

  test('whose process died is recorded as failed once its lease has expired', async () => {
    await start(() => Promise.resolve())
    await waitForRuns()
    await ctx.db.prisma.maintenanceRun.updateMany({ data: { state: 'RUNNING', endedAt: null } })
    await leaseOf('SCRUB', 'expired')
    await start(() => Promise.resolve())
    await waitForRuns()
    expect(await readRuns()).toMatchObject([{ state: 'FAILED', failure: 'its process ended' }, { state: 'SUCCEEDED' }])
  })

  test('that is started in a transaction works after it, and not at all when it is rolled back', async () => {
    let worked = 0
    const work = () => {
      worked += 1
      return Promise.resolve()
    }
    await ctx.db.transaction(async (tx) => {
      await startRun({ ...ctx, db: tx }, ctx, scrub, work)
      expect(worked).toBe(0)
    })
    await waitForRuns()
    expect([worked, await ctx.db.prisma.maintenanceRun.count()]).toEqual([1, 1])

    const rollback = new Error('rollback')
    const rolledBack = ctx.db.transaction(async (tx) => {
      await startRun({ ...ctx, db: tx }, ctx, scrub, work)
      throw rollback
    })
    await expect(rolledBack).rejects.toBe(rollback)
    await waitForRuns()
    expect([worked, await ctx.db.prisma.maintenanceRun.count(), await ctx.db.prisma.lease.count()]).toEqual([1, 1, 0])
  })
})

test('the last runs are those that have ended, of each kind one, no dry runs', async () => {
  expect(await getLastRuns(ctx.db)).toEqual([])
  for (const isDryRun of [false, false, true]) {
    await startRun(ctx, ctx, { ...scrub, kind: 'GARBAGE_COLLECTION', isDryRun }, () => Promise.resolve())
    await waitForRuns()
  }
  await start(endlessWork().work)
  expect((await getLastRuns(ctx.db)).map(({ kind, id }) => [kind, id])).toEqual([['GARBAGE_COLLECTION', 2]])
})

describe('the schedule', () => {
  async function startDue(hoursLater = 0): Promise<string[]> {
    const before = await ctx.db.prisma.maintenanceRun.count()
    await startDueRuns(ctx, new Date(Date.now() + hoursLater * hourMs))
    await waitForRuns()
    return (await readRuns()).slice(before).map(({ kind, startedBy }) => `${kind} by ${startedBy}`)
  }

  const collection = 'GARBAGE_COLLECTION by schedule'

  test('starts what never ran, and again after its interval', async () => {
    expect(await startDue()).toEqual([collection, 'SCRUB by schedule'])
    expect(await startDue(23.9)).toEqual([])
    expect(await startDue(24.1)).toEqual([collection])
    expect(await startDue(24.2)).toEqual([collection])
    expect(await startDue(168.1)).toEqual([collection, 'SCRUB by schedule'])
    expect(await readRuns()).toMatchObject([{ graceSeconds: 86_400, state: 'SUCCEEDED' }, {}, {}, {}, {}, {}])
  })

  test('counts a run that somebody asked for, but no dry run', async () => {
    for (const isDryRun of [true, false]) {
      if (!isDryRun) expect(await startDue()).toContain(collection)
      await ctx.db.prisma.maintenanceRun.deleteMany()
      await startRun(ctx, ctx, { ...scrub, kind: 'GARBAGE_COLLECTION', isDryRun }, () => Promise.resolve())
      await waitForRuns()
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
    const maintenance = startMaintenance(ctx)
    await start(endlessWork().work)
    await maintenance.stop()
    expect(await readRuns()).toMatchObject([{ state: 'FAILED' }])
  })

  test('survives a database that does not answer', async () => {
    const broken = { ...ctx, db: new Proxy(ctx.db, { get: () => { throw new AppError('UNAVAILABLE') } }) } // prettier-ignore
    await startDueRuns(broken)
  })
})
