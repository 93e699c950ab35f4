import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type TestApi, openTestApi } from '@/lib/testing/test-api'

let api: TestApi

beforeAll(async () => {
  api = await openTestApi()
  for (const name of ['ann', 'bob', 'cyd', 'dan']) {
    await api.call('POST', '/users', {}, { body: { name, password: 'a-password-of-a-test' } })
  }
  const startedAt = new Date()
  await api.ctx.db.prisma.maintenanceRun.createMany({
    data: Array.from({ length: 5 }, () => ({
      kind: 'SCRUB' as const,
      state: 'SUCCEEDED' as const,
      isDryRun: false,
      options: '{}',
      counts: JSON.stringify({ examinedBlobs: 0, examinedBytes: 0, corruptBlobs: 0, corruptManifests: 0 }),
      startedBy: 'schedule',
      startedAt,
      endedAt: startedAt,
    })),
  })
})
afterAll(() => api.close())

describe('a list leads there and back', () => {
  test.each([
    ['/users', '&sort=name'],
    ['/users', '&sort=-name'],
    ['/users', '&sort=createdAt'],
    ['/users', '&sort=-createdAt'],
    ['/audit-events', ''],
    ['/audit-events', '&text=a'],
    ['/scrubs', ''],
  ])('%s %s', async (path, query) => {
    const get = async (cursor: string | null | undefined) => {
      const given = cursor ? `&cursor=${cursor}` : ''
      const { status, json } = await api.call('GET', path, {}, { query: `?pageSize=2${query}${given}` })
      expect(status).toBe(200)
      return json as typeof json & { previousCursor: string | null }
    }
    const idsOf = ({ items }: { items: readonly { id: string }[] }) => items.map(({ id }) => id)
    const numbered = path === '/users' ? await api.call('GET', path, {}, { query: `?pageSize=2${query}&page=2` }) : null
    const pages = [await get(null)]
    while (pages.at(-1)?.nextCursor) pages.push(await get(pages.at(-1)?.nextCursor))
    expect(pages.length).toBeGreaterThan(1)
    expect(new Set(pages.flatMap(idsOf)).size).toBe(pages[0]?.totalCount)
    if (numbered !== null) expect(idsOf(numbered.json)).toEqual(idsOf(pages[1] ?? { items: [] }))
    const passed = pages.map(idsOf)
    for (let page = pages.pop(); page?.previousCursor;) {
      const before = await get(page.previousCursor)
      passed.pop()
      expect(idsOf(before)).toEqual(passed.at(-1))
      page = before
    }
    expect(passed).toHaveLength(1)
  })
})
