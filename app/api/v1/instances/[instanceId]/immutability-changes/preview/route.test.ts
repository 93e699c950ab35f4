import { afterEach, beforeEach, expect, test } from 'vitest'
import { holdMaxMs, leastHold } from '@/lib/testing/event-loop'
import { type TestApi, digestOfLetter, openTestApi } from '@/lib/testing/test-api'

let api: TestApi
let instanceId: string
let namespaceId: string
let idOf: Record<string, string>

beforeEach(async () => {
  api = await openTestApi()
  const made = await api.makeRepository('cart')
  ;({ instanceId, namespaceId } = made)
  idOf = { cart: made.repositoryId }
})
afterEach(() => api.close())

async function make(name: string, settings: object = {}): Promise<string> {
  const body = { namespace: 'test', name, ...settings }
  const { json } = await api.call('POST', '/instances/{instanceId}/repositories', { instanceId }, { body })
  return (idOf[name] = json.id)
}

async function preview(body: object, headers: Readonly<Record<string, string>> = {}) {
  const path = '/instances/{instanceId}/immutability-changes/preview'
  return api.call('POST', path, { instanceId }, { body, headers })
}

/** Adds moves to the ledger, as pushes do it: `pushTag` moves tags only. */
async function recordMoves(...moves: readonly (readonly [repository: string, tag: string])[]): Promise<void> {
  const { prisma } = api.ctx.db
  const fields = {
    actor: 'admin',
    credential: '',
    address: '',
    userAgent: '',
    createdAt: new Date(),
    lastAt: new Date(),
  }
  await prisma.tagEvent.createMany({
    data: moves.map(([name, tag]) => ({
      ...fields,
      kind: 'MOVED' as const,
      instanceId,
      repositoryId: idOf[name] ?? '',
      repositoryPath: `test/${name}`,
      tag,
    })),
  })
}

const enforce = { immutability: { mode: 'enforce' } }

test('adds up what a change would do: protected, moved by whom, free by pattern, already so', async () => {
  const shop = await make('shop', { immutability: { exemptTags: ['latest', 'dev-*'] } })
  const login = await make('login', { tagImmutability: true })
  for (const tag of ['v1', 'v2', 'latest']) await api.pushTag(idOf['cart'] ?? '', tag)
  for (const tag of ['v1', 'main', 'latest', 'dev-1', 'dev-2']) await api.pushTag(shop, tag)
  for (const letter of ['b', 'c']) await api.pushTag(shop, 'main', digestOfLetter(letter))
  await api.pushTag(idOf['cart'] ?? '', 'v2', digestOfLetter('b'))
  await api.pushTag(shop, 'dev-1', digestOfLetter('b'))
  await api.pushTag(login, 'v1')
  await recordMoves(['cart', 'v2'], ['shop', 'main'], ['shop', 'main'], ['shop', 'dev-1'])

  const { status, json } = await preview({ ...enforce, filter: { namespace: 'test' } })
  expect(status).toBe(200)
  expect(json).toMatchObject({
    selectedCount: 3,
    deniedCount: 0,
    missingCount: 0,
    examinedCount: 3,
    isCapped: false,
    tagCount: 8,
    changeCount: 2,
    unchangedCount: 1,
    unchanged: ['test/login'],
    protectedRepositoryCount: 2,
    newlyProtectedCount: 4,
    freedCount: 0,
    freeCount: 4,
    free: [
      { pattern: 'latest', count: 2 },
      { pattern: 'dev-*', count: 2 },
    ],
    movedRecentlyCount: 2,
    movedRecentlyRepositoryCount: 2,
    movedRecently: [
      { repository: 'test/cart', tag: 'v2', movedBy: 'admin', moveCount: 1 },
      { repository: 'test/shop', tag: 'main', movedBy: 'admin', moveCount: 2 },
    ],
    pushers: [{ name: 'admin', tagCount: 2, moveCount: 3 }],
    pusherCount: 1,
    repositories: [
      { repository: 'test/cart', newlyProtectedCount: 2, movedRecentlyCount: 1 },
      { repository: 'test/shop', newlyProtectedCount: 2, movedRecentlyCount: 1 },
    ],
  })
  const off = await preview({ immutability: { mode: 'off' }, repositoryIds: [login, shop, 'crr-none'] })
  expect(off.json).toMatchObject({
    selectedCount: 2,
    missingCount: 1,
    changeCount: 1,
    freedCount: 1,
    unchanged: ['test/shop'],
  })
  expect(await api.ctx.db.prisma.immutabilityChange.count()).toBe(0)
})

test('says how many the caller may not manage, and looks at none of them', async () => {
  const member = { authorization: await api.makeMember() }
  const { id: subjectId } = await api.ctx.db.prisma.user.findFirstOrThrow({ where: { name: 'member' } })
  for (const name of ['mine', 'pulled', 'hidden']) await api.pushTag(await make(name), 'v1')
  for (const [name, permission] of [
    ['mine', 'MANAGE'],
    ['pulled', 'PULL'],
  ]) {
    await api.call('POST', '/grants', {}, { body: { subjectId, scopeId: idOf[name ?? ''], permission } })
  }
  const { json } = await preview({ ...enforce, filter: {} }, member)
  expect(json).toMatchObject({
    selectedCount: 2,
    deniedCount: 1,
    examinedCount: 1,
    changeCount: 1,
    newlyProtectedCount: 1,
  })
  const byId = await preview({ ...enforce, repositoryIds: Object.values(idOf) }, member)
  expect(byId.json).toMatchObject({ selectedCount: 2, deniedCount: 1, missingCount: 2, changeCount: 1 })
  expect(JSON.stringify([json, byId.json])).not.toMatch(/hidden|pulled|cart/)
})

test(
  'of 1,200 repositories with 100 tags each looks at 1,000, says so, and holds nothing up',
  { timeout: 300_000 },
  async () => {
    const { db } = api.ctx
    const now = new Date()
    await db.sqlTransaction(async (tx) => {
      await tx.$executeRaw`
      WITH RECURSIVE n("i") AS (SELECT 1 UNION ALL SELECT "i" + 1 FROM n WHERE "i" < 1199)
      INSERT INTO "Repository" ("id", "instanceId", "namespaceId", "name", "path", "type", "summary", "description",
        "createdAt", "updatedAt", "updatedBy")
      SELECT 'crr-' || "i", ${instanceId}, ${namespaceId}, 'r' || "i", 'test/r' || "i", "type", '', '', "createdAt",
        "updatedAt", 'admin' FROM n, "Repository" WHERE "path" = 'test/cart'`
      const digest = digestOfLetter('a')
      await tx.$executeRaw`
      INSERT INTO "Manifest" ("repositoryId", "digest", "mediaType", "content", "sizeBytes", "totalSizeBytes", "platforms",
        "pushedBy", "createdAt", "seenAt")
      SELECT "id", ${digest}, '', ${Buffer.from('x')}, 1, 1, '', 'admin', ${now}, ${now} FROM "Repository"`
      await tx.$executeRaw`
      WITH RECURSIVE n("i") AS (SELECT 1 UNION ALL SELECT "i" + 1 FROM n WHERE "i" < 100)
      INSERT INTO "Tag" ("repositoryId", "name", "digest", "createdAt", "updatedAt", "updatedBy", "previousDigest")
      SELECT "id", 't' || "i", ${digest}, ${now}, ${now}, 'robot', CASE WHEN "i" < 4 THEN ${digestOfLetter('b')} END
      FROM n, "Repository"`
      await tx.$executeRaw`
      WITH RECURSIVE n("i") AS (SELECT 1 UNION ALL SELECT "i" + 1 FROM n WHERE "i" < 4)
      INSERT INTO "TagEvent" ("repositoryId", "instanceId", "repositoryPath", "kind", "tag", "actor", "credential", "address",
        "userAgent", "count", "createdAt", "lastAt")
      SELECT "id", "instanceId", "path", 'MOVED', 't' || "i", 'robot', '', '', '', 1, ${now}, ${now} FROM n, "Repository"`
    })
    const hold = await leastHold(() =>
      Promise.resolve(async () => {
        const { json } = await preview({ ...enforce, filter: {} })
        expect(json).toMatchObject({
          selectedCount: 1200,
          examinedCount: 1000,
          isCapped: true,
          tagCount: 100_000,
          newlyProtectedCount: 100_000,
          movedRecentlyCount: 3000,
          pushers: [{ name: 'robot', tagCount: 3000, moveCount: 3000 }],
        })
        expect(json['repositories']).toHaveLength(100)
      }),
    )
    expect(hold).toBeLessThan(holdMaxMs)
  },
)
