import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { SearchResultView } from '@/lib/api/schemas/search'
import { fillRepository, markDeleted } from '@/lib/testing/fill-repository'
import { imageConfigType } from '@/lib/domain/content-kind'
import { type TestApi, basic, digestOfLetter, openTestApi } from '@/lib/testing/test-api'

const layer = digestOfLetter('e')

let api: TestApi
/** The `Authorization` of a member, who starts without grants. */
let member: string
let memberId: string
/** Ids of repositories by path. */
const repositoryIds = new Map<string, string>()
const instances: { id: string; namespaceId: string }[] = []

/** Everything is in two instances: each with `team/…`, one with a PUBLIC repository and one that is being deleted. */
beforeAll(async () => {
  api = await openTestApi()
  member = await api.makeMember()
  memberId = (await api.ctx.db.prisma.user.findUniqueOrThrow({ where: { name: 'member' } })).id
  for (const name of ['first-place', 'other-place']) {
    const body = { name, regionId: 'cn-hangzhou' }
    const { id } = (await api.call('POST', '/instances', {}, { body })).json
    const params = { instanceId: id }
    const namespace = await api.call('POST', '/instances/{instanceId}/namespaces', params, { body: { name: 'team' } })
    instances.push({ id, namespaceId: namespace.json.id })
    for (const repository of ['api', 'web', 'web-api', 'open', 'gone']) {
      const settings = { type: repository === 'open' ? 'PUBLIC' : 'PRIVATE' }
      const created = await api.call('POST', '/instances/{instanceId}/repositories', params, {
        body: { namespace: 'team', name: repository, ...settings, tagImmutability: repository === 'api' },
      })
      expect(created.status).toBe(201)
      repositoryIds.set(`${name}/${repository}`, created.json.id)
    }
  }
  const tags: Record<string, readonly string[]> = {
    api: ['v1.2.3', 'v1.2.3-rc1', 'latest', 'RC-1', 'stable', 'sha-tool', `sha256-${'a'.repeat(64)}.sig`],
    web: ['v1.2.3', '1.2.3', 'x_y', 'sha512'],
    'web-api': ['v1.2.30', 'nightly'],
    open: ['v1.2.3', 'public-only'],
    gone: ['v1.2.3', 'vanished'],
  }
  for (const [path, id] of repositoryIds) {
    const [, name = ''] = path.split('/')
    for (const tag of tags[name] ?? []) await api.pushTag(id, tag, digestOfLetter(name === 'api' ? 'a' : 'b'))
    await api.ctx.db.prisma.manifestReference.create({
      data: {
        ...{ repositoryId: id, parentDigest: digestOfLetter(name === 'api' ? 'a' : 'b'), childDigest: layer },
        ...{ kind: 'LAYER', fingerprint: 'layer', count: 1 },
      },
    })
    if (name === 'gone') await markDeleted(api.ctx.db, id)
  }
  await api.ctx.db.prisma.manifest.updateMany({ data: { artifactType: imageConfigType } })
  const robot = { name: 'release-bot', description: '' }
  for (const { id } of instances) {
    expect((await api.call('POST', '/instances/{instanceId}/robots', { instanceId: id }, { body: robot })).status).toBe(
      201,
    )
  }
}, 60_000)
afterAll(() => api.close())

async function search(q: string, { limit, as }: { limit?: number; as?: string } = {}): Promise<SearchResultView> {
  const query = new URLSearchParams({ q, ...(limit === undefined ? {} : { limit: String(limit) }) })
  const headers = as === undefined ? {} : { authorization: as }
  const { status, json } = await api.call('GET', '/search', {}, { query: `?${query}`, headers })
  expect(status, JSON.stringify(json)).toBe(200)
  return json as unknown as SearchResultView
}

const tagsOf = ({ tags }: SearchResultView) =>
  tags.items.map((hit) => `${hit.instanceName}/${hit.repositoryPath}:${hit.tag}`)
const isNothing = (result: SearchResultView) =>
  Object.values(result).every(({ items, totalCount, isMore }) => items.length === 0 && totalCount === 0 && !isMore)

describe('tags', () => {
  test('a tag answers with the repositories that have it, before longer names', async () => {
    const result = await search('v1.2.3', { limit: 50 })
    expect(tagsOf(result)).toEqual([
      ...['api', 'api', 'open', 'open', 'web', 'web'].map(
        (name) => expect.stringContaining(`/team/${name}:v1.2.3`) as string,
      ),
      ...['api', 'api'].map((name) => expect.stringContaining(`/team/${name}:v1.2.3-rc1`) as string),
      ...['web-api', 'web-api'].map((name) => expect.stringContaining(`/team/${name}:v1.2.30`) as string),
    ])
    expect(result.tags).toMatchObject({ totalCount: 10, isMore: false })
    const hit = result.tags.items.find(({ repositoryPath }) => repositoryPath === 'team/api')
    expect(hit).toMatchObject({ digest: digestOfLetter('a'), isProtected: true, regionId: 'cn-hangzhou' })
  })

  test('a number finds the tag with a v before it; names that are the query come first', async () => {
    const found = tagsOf(await search('1.2.3', { limit: 50 })).map((text) => text.split(':')[1])
    expect(found.slice(0, 8)).toEqual(['1.2.3', '1.2.3', ...Array.from({ length: 6 }, () => 'v1.2.3')])
    expect(found).toContain('v1.2.30')
  })

  test('upper case finds lower case, and not the other way round', async () => {
    expect(tagsOf(await search('STABLE'))).toHaveLength(2)
    expect(tagsOf(await search('RC-1'))).toHaveLength(2)
    expect(tagsOf(await search('rc-1'))).toHaveLength(0)
  })

  test('technical tags are found only by their beginning', async () => {
    expect((await search('sha', { limit: 50 })).tags.items.map(({ tag }) => tag)).toEqual([
      ...['sha-tool', 'sha-tool', 'sha512', 'sha512'],
    ])
    expect((await search('sha256-')).tags.items).toHaveLength(2)
    expect((await search('sha256-aaaa')).tags.items).toHaveLength(2)
  })

  test('answers as many as asked for, and counts the others', async () => {
    const { tags } = await search('v1.2.3', { limit: 3 })
    expect(tags).toMatchObject({ totalCount: 10, isMore: false })
    expect(tags.items).toHaveLength(3)
  })

  test('counts no more than 100', async () => {
    const id = repositoryIds.get('first-place/web-api') ?? ''
    await fillRepository(api.ctx.db, id, 150)
    try {
      expect((await search('t0', { limit: 50 })).tags).toMatchObject({ totalCount: 100, isMore: true })
      expect((await search('t0')).tags.items.map(({ tag }) => tag)).toEqual(
        [1, 2, 3, 4, 5].map((n) => `t${String(n).padStart(12, '0')}`),
      )
      expect((await search(`sha256:${'0'.repeat(40)}`)).manifests).toMatchObject({ totalCount: 100, isMore: true })
    } finally {
      await api.ctx.db.prisma.tag.deleteMany({ where: { name: { startsWith: 't0' } } })
      await api.ctx.db.prisma.manifest.deleteMany({ where: { digest: { startsWith: 'sha256:0000' } } })
    }
  })
})

describe('digests', () => {
  test.each(['sha256:aaaa', 'aaaa', 'AAAA', digestOfLetter('a'), 'a'.repeat(64)])(
    '%s finds its manifests',
    async (q) => {
      const { manifests } = await search(q)
      expect(manifests.items.map(({ repositoryPath, digest, via }) => [repositoryPath, digest, via])).toEqual(
        [1, 2].map(() => ['team/api', digestOfLetter('a'), null]),
      )
      expect(manifests.items[0]?.tags).toHaveLength(3)
      expect(manifests.items[0]).toMatchObject({ kind: 'image' })
    },
  )

  test.each(['aaa', 'sha256:aaa', 'sha1:aaaa', 'sha256:', 'xyza'])('%s finds none', async (q) => {
    expect((await search(q)).manifests.items).toEqual([])
  })

  test('the whole digest of a layer finds the manifests that name it; its beginning does not', async () => {
    const { manifests } = await search(layer, { limit: 50 })
    expect(manifests.items.map(({ repositoryPath, via }) => [repositoryPath, via]).sort()).toEqual(
      ['api', 'api', 'open', 'open', 'web', 'web', 'web-api', 'web-api'].map((name) => [`team/${name}`, layer]),
    )
    expect((await search('eeeeeeee')).manifests.items).toEqual([])
  })
})

describe('names', () => {
  test('a repository of this name comes first, then those that begin with it, then those that hold it', async () => {
    const { repositories } = await search('web')
    expect(repositories.items.map(({ repositoryPath }) => repositoryPath)).toEqual([
      'team/web',
      'team/web',
      'team/web-api',
      'team/web-api',
    ])
    expect((await search('eb-a')).repositories.items).toHaveLength(2)
    expect((await search('TEAM/API')).repositories.items[0]).toMatchObject({ isImmutable: true, type: 'PRIVATE' })
  })

  test('instances by a part of the name or the id', async () => {
    const { items } = (await search('first-pl')).instances
    expect(items).toEqual([{ instanceId: instances[0]?.id, instanceName: 'first-place', regionId: 'cn-hangzhou' }])
    expect((await search(instances[1]?.id ?? '')).instances.items).toHaveLength(1)
  })

  test('users and robots, for administrators', async () => {
    expect((await search('MEM')).users.items).toEqual([
      { id: memberId, name: 'member', displayName: '', role: 'MEMBER' },
    ])
    expect((await search('ease-b')).robots.items.map(({ instanceName }) => instanceName).sort()).toEqual([
      ...['first-place', 'other-place'],
    ])
  })

  test('a repository that is being deleted is never found', async () => {
    expect(isNothing(await search('vanished'))).toBe(true)
    expect((await search('team/gone')).repositories.items).toEqual([])
  })
})

describe('hostile queries', () => {
  test.each([
    '%',
    '_',
    'v1%',
    'v_.2',
    "'",
    '"; DROP TABLE "Tag"; --',
    '\\',
    '😀',
    'ß'.repeat(100),
    'z'.repeat(200),
    '%25',
    '../..',
    'v1\n.2',
  ])('%s finds nothing', async (q) => {
    expect(isNothing(await search(q))).toBe(true)
  })

  test('a wildcard is text', async () => {
    expect((await search('x_')).tags.items.map(({ tag }) => tag)).toEqual(['x_y', 'x_y'])
    expect((await search('x-')).tags.items).toEqual([])
  })

  test.each([
    '?q=',
    '?q=%20%20',
    `?q=${'a'.repeat(201)}`,
    '?q=a&limit=0',
    '?q=a&limit=51',
    '?q=a&more=1',
    '?limit=5',
    '?q=a%00b',
  ])('%s is refused', async (query) => {
    expect((await api.call('GET', '/search', {}, { query })).status).toBe(400)
  })
})

describe('a member', () => {
  test('without grants finds what is PUBLIC, and no user or robot', async () => {
    expect(tagsOf(await search('v1.2.3', { as: member })).sort()).toEqual([
      ...['first-place/team/open:v1.2.3', 'other-place/team/open:v1.2.3'],
    ])
    expect(isNothing(await search('nightly', { as: member }))).toBe(true)
    expect(isNothing(await search('member', { as: member }))).toBe(true)
    expect(isNothing(await search('release-bot', { as: member }))).toBe(true)
    expect(isNothing(await search(digestOfLetter('a'), { as: member }))).toBe(true)
    expect((await search(layer, { as: member })).manifests.items.map(({ repositoryPath }) => repositoryPath)).toEqual([
      ...['team/open', 'team/open'],
    ])
  })

  test('who manages an instance finds its robots', async () => {
    const body = { subjectId: memberId, scopeId: instances[0]?.id, permission: 'MANAGE' }
    const { json } = await api.call('POST', '/grants', {}, { body })
    const { items } = (await search('release-bot', { as: member })).robots
    await api.call('DELETE', '/grants/{grantId}', { grantId: json.id })
    expect(items.map(({ instanceName }) => instanceName)).toEqual(['first-place'])
  })

  test('finds what the lists show them, and nothing else, whatever they are granted', async () => {
    const scopes = [...instances.flatMap(({ id, namespaceId }) => [id, namespaceId]), ...repositoryIds.values()]
    const queries = ['v1', '1.2.3', 'latest', 'team', 'web', 'place', digestOfLetter('a').slice(0, 20), layer]
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.constantFrom(...scopes), { maxLength: 4 }),
        fc.constantFrom('PULL', 'PUSH', 'MANAGE'),
        async (granted, permission) => {
          await api.ctx.db.prisma.grant.deleteMany({ where: { userId: memberId } })
          for (const scopeId of granted) {
            await api.call('POST', '/grants', {}, { body: { subjectId: memberId, scopeId, permission } })
          }
          const shown = await listShown()
          for (const q of queries) {
            const all = await search(q, { limit: 50 })
            const found = await search(q, { limit: 50, as: member })
            for (const kind of ['repositories', 'tags', 'manifests'] as const) {
              const seen = all[kind].items.filter(({ repositoryId }) => shown.repositories.has(repositoryId))
              expect(sorted(found[kind].items)).toEqual(sorted(seen))
              expect(found[kind].totalCount).toBe(seen.length)
            }
            const instancesSeen = all.instances.items.filter(({ instanceId }) => shown.instances.has(instanceId))
            expect(found.instances.items).toEqual(instancesSeen)
          }
        },
      ),
      { numRuns: 15 },
    )
    await api.ctx.db.prisma.grant.deleteMany({ where: { userId: memberId } })
  }, 60_000)
})

const sorted = (items: readonly object[]) => items.map((item) => JSON.stringify(item)).sort()

/** Ids of the instances and repositories that the lists show the member. */
async function listShown() {
  const headers = { authorization: member }
  const shown = { instances: new Set<string>(), repositories: new Set<string>() }
  for (const { id } of (await api.call('GET', '/instances', {}, { headers, query: '?pageSize=100' })).json.items) {
    shown.instances.add(id)
    const list = await api.call('GET', '/instances/{instanceId}/repositories', { instanceId: id }, { headers })
    for (const repository of list.json.items) shown.repositories.add(repository.id)
  }
  return shown
}

test('needs credentials', async () => {
  const { status } = await api.call('GET', '/search', {}, { query: '?q=a', anonymous: true })
  expect(status).toBe(401)
  const wrong = { authorization: basic('MEMBERKEY', 'wrong') }
  expect((await api.call('GET', '/search', {}, { query: '?q=a', headers: wrong })).status).toBe(401)
})
