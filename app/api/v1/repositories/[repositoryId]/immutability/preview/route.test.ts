import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { immutabilityPreview } from '@/lib/api/schemas/immutability'
import { type TestApi, digestOfLetter, openTestApi } from '@/lib/testing/test-api'

let api: TestApi

beforeAll(async () => (api = await openTestApi()))
afterAll(() => api.close())

const one = '/repositories/{repositoryId}'
const dayMs = 86_400_000
const [a, b] = [digestOfLetter('a'), digestOfLetter('b')]

function preview(repositoryId: string, query: string) {
  return api.call('GET', `${one}/immutability/preview`, { repositoryId }, { query })
}

async function read(repositoryId: string, query: string) {
  const { status, json } = await preview(repositoryId, query)
  expect(status).toBe(200)
  return immutabilityPreview.parse(json)
}

/** Moves a tag `count` times in a row, the last time `daysAgo` days ago, and records it. */
async function recordMoves(repositoryId: string, tag: string, actor: string, count: number, daysAgo = 0) {
  const { prisma } = api.ctx.db
  const repository = await prisma.repository.findUniqueOrThrow({ where: { id: repositoryId } })
  const updatedAt = new Date(Date.now() - daysAgo * dayMs)
  const name = { repositoryId_name: { repositoryId, name: tag } }
  await prisma.tag.update({ where: name, data: { previousDigest: b, updatedAt, updatedBy: actor } })
  await prisma.tagEvent.createMany({
    data: Array.from({ length: count }, () => ({
      ...{
        instanceId: repository.instanceId,
        repositoryId,
        repositoryPath: repository.path,
        tag,
        kind: 'MOVED' as const,
      },
      ...{ currentDigest: b, pushedDigest: a, actor, credential: 'password', address: '', userAgent: '' },
      ...{ createdAt: updatedAt, lastAt: updatedAt },
    })),
  })
}

describe('a preview', () => {
  test('says what becomes protected, what stays free by which pattern, and whose pushes will fail', async () => {
    const { repositoryId } = await api.makeRepository()
    for (const tag of ['latest', 'dev-1', 'dev-2', 'v1', 'v2', 'v3', 'old']) await api.pushTag(repositoryId, tag, a)
    await recordMoves(repositoryId, 'v1', 'li.na', 2, 3)
    await recordMoves(repositoryId, 'v1', 'robot-ci', 3, 2)
    await recordMoves(repositoryId, 'v2', 'chen.wei', 1, 29)
    await recordMoves(repositoryId, 'old', 'chen.wei', 1, 31)
    await recordMoves(repositoryId, 'dev-1', 'robot-ci', 9)
    // What did not move the tag does not count.
    const [event] = await api.ctx.db.prisma.tagEvent.findMany({
      where: { repositoryId, tag: 'v1' },
      omit: { id: true },
    })
    if (event === undefined) throw new Error('no event')
    await api.ctx.db.prisma.tagEvent.create({ data: { ...event, kind: 'CREATED', createdAt: new Date() } })
    const answer = await read(repositoryId, '?mode=enforce&exemptTag=dev-*&exemptTag=latest')
    expect(answer).toMatchObject({
      tagCount: 7,
      protectedCount: 4,
      newlyProtectedCount: 4,
      freeCount: 3,
      free: [
        { pattern: 'dev-*', count: 2 },
        { pattern: 'latest', count: 1 },
      ],
      movedRecentlyCount: 2,
      movedRecently: [
        {
          tag: 'v1',
          movedBy: 'robot-ci',
          pushers: [
            { name: 'robot-ci', moveCount: 3 },
            { name: 'li.na', moveCount: 2 },
          ],
        },
        { tag: 'v2', movedBy: 'chen.wei', pushers: [{ name: 'chen.wei', moveCount: 1 }] },
      ],
      wouldHaveBeenRefusedCount: 0,
    })
    expect(Date.now() - Date.parse(answer.movedRecently[1]?.movedAt ?? '')).toBeGreaterThan(28 * dayMs)
    expect((Date.now() - Date.parse(answer.since)) / dayMs).toBeCloseTo(30, 2)
    // Nothing has changed, and nothing is recorded.
    const now = await api.call('GET', `${one}/immutability`, { repositoryId })
    expect(now.json).toMatchObject({ mode: 'off', exemptTags: ['latest'], source: 'instance' })
  })

  test('lists the ten that moved last, in order, and counts all', async () => {
    const { repositoryId } = await api.makeRepository()
    for (let n = 0; n < 14; n++) {
      await api.pushTag(repositoryId, `v${n}`, a)
      await recordMoves(repositoryId, `v${n}`, 'robot-ci', 1, (n * 5) % 14)
    }
    const { movedRecently, movedRecentlyCount } = await read(repositoryId, '?mode=enforce')
    expect(movedRecentlyCount).toBe(14)
    const daysAgo = movedRecently.map(({ tag }) => (Number(tag.slice(1)) * 5) % 14)
    expect(daysAgo).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
  })

  test('says which protected tags become free, and who pushed them when', async () => {
    const { repositoryId } = await api.makeRepository('freed', { tagImmutability: true })
    for (const tag of ['latest', 'dev', 'dev-1', 'v1']) await api.pushTag(repositoryId, tag, a)
    const answer = await read(repositoryId, '?exemptTag=latest&exemptTag=dev*')
    expect(answer).toMatchObject({
      protectedCount: 1,
      newlyProtectedCount: 0,
      freedCount: 2,
      freed: [{ pattern: 'dev*', count: 2, tags: [{ tag: 'dev', pushedBy: 'admin' }, { tag: 'dev-1' }] }],
      movedRecently: [],
    })
    expect(await read(repositoryId, '?mode=off')).toMatchObject({ protectedCount: 0, freedCount: 3, freed: [] })
  })

  test('takes what the query leaves out from the current policy; an empty exempt tag means none', async () => {
    const { repositoryId } = await api.makeRepository('current', {
      immutability: { mode: 'enforce', exemptTags: ['v?'] },
    })
    for (const tag of ['latest', 'v1']) await api.pushTag(repositoryId, tag, a)
    expect(await read(repositoryId, '')).toMatchObject({ protectedCount: 1, free: [{ pattern: 'v?', count: 1 }] })
    expect(await read(repositoryId, '?mode=audit')).toMatchObject({ auditedCount: 1, freeCount: 1, freedCount: 1 })
    expect(await read(repositoryId, '?exemptTag=')).toMatchObject({
      protectedCount: 2,
      newlyProtectedCount: 1,
      free: [],
    })
  })

  test('counts the pushes that audit took and that the policy would refuse, of the last 30 days', async () => {
    const { repositoryId } = await api.makeRepository('audited', { immutability: { mode: 'audit' } })
    const repository = await api.ctx.db.prisma.repository.findUniqueOrThrow({ where: { id: repositoryId } })
    const record = (tag: string, count: number, daysAgo: number) =>
      api.ctx.db.prisma.tagEvent.createMany({
        data: Array.from({ length: count }, (_, n) => {
          const at = new Date(Date.now() - daysAgo * dayMs - (n % 7))
          return {
            ...{ instanceId: repository.instanceId, repositoryId, repositoryPath: repository.path, tag },
            ...{ kind: 'WOULD_BE_REFUSED' as const, currentDigest: a, pushedDigest: b, reason: 'TAG_IMMUTABLE' },
            ...{ actor: 'ci', credential: 'password', address: '', userAgent: '', createdAt: at, lastAt: at },
          }
        }),
      })
    await record('v1', 5200, 1)
    await record('dev-1', 5100, 2)
    await record('v1', 3, 31)
    expect((await read(repositoryId, '?mode=enforce')).wouldHaveBeenRefusedCount).toBe(10_300)
    const exempting = await read(repositoryId, '?mode=enforce&exemptTag=dev-*')
    expect(exempting.wouldHaveBeenRefusedCount).toBe(5200)
    expect((await read(repositoryId, '?mode=off')).wouldHaveBeenRefusedCount).toBe(0)
  })

  test.each([
    ['?mode=on', 'mode'],
    ['?exemptTag=a%20b', 'exemptTag.0'],
    ['?exemptTag=ok&exemptTag=[a]', 'exemptTag.1'],
    ['?exemptTag=a&exemptTag=a', 'exemptTag'],
    [`?${Array.from({ length: 21 }, (_, n) => `exemptTag=v${n}`).join('&')}`, 'exemptTag'],
    ['?colour=red', 'colour'],
  ])('%s is refused', async (query, path) => {
    const { repositoryId } = await api.makeRepository()
    expect((await preview(repositoryId, query)).json).toMatchObject({ status: 400, errors: [{ path }] })
  })
})
