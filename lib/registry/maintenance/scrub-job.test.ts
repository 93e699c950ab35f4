import { afterEach, beforeEach, expect, test } from 'vitest'
import { systemPrincipal } from '@/lib/domain/principal'
import { type TestApi, openTestApi } from '@/lib/testing/test-api'
import { scrubJob } from './scrub-job'
import { startScrub } from './start-scrub'

let api: TestApi

beforeEach(async () => {
  api = await openTestApi()
  const { repositoryId } = await api.makeRepository()
  await api.pushTag(repositoryId, 'v1') // a manifest of ten bytes
})
afterEach(() => api.close())

/** Has the settings say that ten bytes take so long, in milliseconds. */
function setPace(ms: number): void {
  Object.assign(api.ctx.config.maintenance, { scrubMibPerSecond: 10 / (1024 * 1024) / (ms / 1000) })
}

async function readLastRun() {
  await api.ctx.jobs.settled()
  return api.ctx.db.prisma.maintenanceRun.findFirstOrThrow({ orderBy: { id: 'desc' } })
}

test('a scrub by the clock keeps to the pace of the settings', async () => {
  setPace(300)
  await api.ctx.jobs.startIfDue(scrubJob)
  const { startedBy, state, startedAt, endedAt } = await readLastRun()
  expect([startedBy, state]).toEqual(['schedule', 'SUCCEEDED'])
  expect((endedAt?.getTime() ?? 0) - startedAt.getTime()).toBeGreaterThan(290)
})

test('a scrub that is asked for is as fast as it can be', async () => {
  setPace(24 * 3_600_000)
  await startScrub(api.ctx, systemPrincipal)
  expect(await readLastRun()).toMatchObject({ startedBy: systemPrincipal.name, state: 'SUCCEEDED' })
})
