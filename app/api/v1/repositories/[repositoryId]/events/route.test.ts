import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { operations } from '@/lib/api/operations/operations'
import { setContext } from '@/lib/context'
import type { TagEventKind } from '@/lib/domain/ledger'
import { type TestApi, type TestJson, authorization, digestOfLetter, openTestApi } from '@/lib/testing/test-api'
import { GET as getInstanceEvents } from '../../../instances/[instanceId]/events/route'
import { GET as getRepositoryEvents } from './route'

let api: TestApi
let instanceId: string
let repositoryId: string

beforeEach(async () => {
  api = await openTestApi()
  ;({ instanceId, repositoryId } = await api.makeRepository())
})
afterEach(() => api.close())

const ofRepository = operations.listRepositoryEvents.path
const ofInstance = operations.listInstanceEvents.path

interface GivenEvent {
  kind?: TagEventKind
  tag?: string
  repositoryId?: string
  repositoryPath?: string
  instanceId?: string
  currentDigest?: string | null
  pushedDigest?: string | null
  reason?: string | null
  actor?: string
  address?: string
  userAgent?: string
  count?: number
  createdAt?: Date
  lastAt?: Date
}

const start = Date.UTC(2026, 10, 1)
const at = (second: number) => new Date(start + second * 1000)

async function record(...events: GivenEvent[]): Promise<void> {
  await api.ctx.db.prisma.tagEvent.createMany({
    data: events.map((event) => ({
      ...{ instanceId, repositoryId, repositoryPath: 'test/example', tag: 'v1', kind: 'CREATED' as const },
      ...{ actor: 'admin', credential: 'password', address: '192.0.2.7', userAgent: 'docker/27.3.1' },
      ...{ pushedDigest: digestOfLetter('a'), createdAt: at(0), lastAt: event.createdAt ?? at(0) },
      ...event,
    })),
  })
}

/** Walks through all pages of a list, and checks that it says how many there are. */
async function walk(path: string, query = '', pageSize = 7): Promise<readonly TestJson[]> {
  const items: TestJson[] = []
  for (let cursor: string | null = ''; cursor !== null;) {
    const given = `?pageSize=${pageSize}${query}${cursor === '' ? '' : `&cursor=${cursor}`}`
    const { status, json } = await api.call('GET', path, { instanceId, repositoryId }, { query: given })
    expect(status).toBe(200)
    items.push(...json.items)
    cursor = json.nextCursor
    if (cursor !== null) continue
    // A search counts what it looks at first.
    if (json.isCapped) expect(json.totalCount).toBeLessThanOrEqual(items.length)
    else expect(json.totalCount).toBe(items.length)
  }
  return items
}

const tagsOf = (items: readonly TestJson[]) => items.map(({ tag }) => tag)

async function download(path: 'repository' | 'instance', query: string, accept?: string): Promise<Response> {
  setContext(api.ctx)
  const headers = { host: 'localhost:3000', authorization, ...(accept === undefined ? {} : { accept }) }
  const request = new Request(`http://localhost:3000/api/v1/any${query}`, { headers })
  const params = Promise.resolve({ instanceId, repositoryId })
  return path === 'repository' ? getRepositoryEvents(request, { params }) : getInstanceEvents(request, { params })
}

describe('the ledger of a repository', () => {
  test('says what happened, by whom, from where, with which client and how often', async () => {
    await record({
      kind: 'REFUSED',
      reason: 'TAG_IMMUTABLE',
      currentDigest: digestOfLetter('a'),
      pushedDigest: digestOfLetter('b'),
      actor: 'robot+ci',
      count: 4,
      createdAt: at(10),
      lastAt: at(45),
    })
    const [event] = await walk(ofRepository)
    expect(event).toEqual({
      id: expect.stringMatching(/^\d+$/) as string,
      kind: 'REFUSED',
      tag: 'v1',
      repositoryId,
      repositoryPath: 'test/example',
      currentDigest: digestOfLetter('a'),
      pushedDigest: digestOfLetter('b'),
      reason: 'TAG_IMMUTABLE',
      actor: 'robot+ci',
      credential: 'password',
      address: '192.0.2.7',
      userAgent: 'docker/27.3.1',
      count: 4,
      createdAt: at(10).toISOString(),
      lastAt: at(45).toISOString(),
    })
  })

  test('is newest first in pages, of all kinds, also where many are of the same moment', async () => {
    const kinds = ['CREATED', 'MOVED', 'REFUSED', 'DELETED'] as const
    const events = Array.from({ length: 40 }, (_, n) => ({
      kind: kinds[(n * 7) % 4] ?? 'CREATED',
      tag: `v${n % 5}`,
      createdAt: at(Math.floor(n / 6)),
    }))
    await record(...events)
    const all = await api.ctx.db.prisma.tagEvent.findMany({ orderBy: [{ createdAt: 'desc' }, { id: 'desc' }] })
    const idsWhere = (isShown: (event: (typeof all)[number]) => boolean) => all.filter(isShown).map(({ id }) => `${id}`)
    const ids = async (path: string, query = '') => (await walk(path, query)).map(({ id }) => id)
    for (const path of [ofRepository, ofInstance]) {
      expect(await ids(path)).toEqual(idsWhere(() => true))
      expect(await ids(path, '&kind=REFUSED')).toEqual(idsWhere(({ kind }) => kind === 'REFUSED'))
      expect(await ids(path, '&tag=v3')).toEqual(idsWhere(({ tag }) => tag === 'v3'))
      expect(await ids(path, '&tag=v3&kind=MOVED')).toEqual(
        idsWhere(({ tag, kind }) => tag === 'v3' && kind === 'MOVED'),
      )
      expect(await ids(path, `&since=${at(2).toISOString()}&until=${at(4).toISOString()}`)).toEqual(
        idsWhere(({ createdAt }) => createdAt >= at(2) && createdAt < at(4)),
      )
    }
  })

  test('leads back to the pages before', async () => {
    await record(...Array.from({ length: 9 }, (_, n) => ({ tag: `v${n}`, createdAt: at(n % 3) })))
    const page = async (cursor: unknown) => {
      const query = `?pageSize=4${typeof cursor === 'string' ? `&cursor=${cursor}` : ''}`
      return (await api.call('GET', ofRepository, { repositoryId }, { query })).json
    }
    const first = await page(null)
    const second = await page(first.nextCursor)
    expect((await page(second['previousCursor'])).items).toEqual(first.items)
    expect((await api.call('GET', ofRepository, { repositoryId }, { query: '?cursor=x' })).json.code).toBe(
      'PAGE_INVALID',
    )
  })

  test('is searched by tag, digest, actor, address, client and reason, and filtered by exact values', async () => {
    await record(
      { tag: 'one', actor: 'li.na' },
      { tag: 'two', address: '198.51.100.1', userAgent: 'Buildkit/0.17' },
      { tag: 'three', kind: 'REFUSED', pushedDigest: digestOfLetter('c'), reason: 'TAG_RESERVED' },
      { tag: '100%_sure', kind: 'DELETED', pushedDigest: null, currentDigest: digestOfLetter('d'), reason: 'too old' },
    )
    const found = async (query: string) => tagsOf(await walk(ofRepository, query))
    expect(await found('&text=LI.NA')).toEqual(['one'])
    expect(await found('&actor=li.na')).toEqual(['one'])
    expect(await found('&actor=li')).toEqual([])
    expect(await found('&text=buildkit')).toEqual(['two'])
    expect(await found('&address=198.51.100.1')).toEqual(['two'])
    expect(await found('&text=sha256:cccc')).toEqual(['three'])
    expect(await found('&reason=TAG_RESERVED')).toEqual(['three'])
    expect(await found('&text=dddd')).toEqual(['100%_sure'])
    expect(await found('&text=old')).toEqual(['100%_sure'])
    expect(await found('&text=%25')).toEqual(['100%_sure'])
    expect(await found('&text=e&kind=REFUSED')).toEqual(['three'])
    const wrong = await api.call('GET', ofRepository, { repositoryId }, { query: '?kind=BOO&repository=a' })
    expect(wrong.json.errors.map(({ path }) => path)).toEqual(['kind', 'repository'])
  })

  test('finds what is rare among many, and counts it', { timeout: 60_000 }, async () => {
    const { prisma } = api.ctx.db
    await record({ tag: 'first', actor: 'li.na' })
    await record(...Array.from({ length: 1000 }, (_, n) => ({ createdAt: at(n) })))
    // Copies by the database: the client would take seconds for so many rows.
    const columns = Object.keys(await prisma.tagEvent.findFirstOrThrow()).filter((name) => name !== 'id')
    const list = columns.map((name) => `"${name}"`).join(', ')
    for (let part = 1; part < 12; part += 1) {
      await prisma.$executeRawUnsafe(
        `INSERT INTO "TagEvent" (${list}) SELECT ${list} FROM "TagEvent" WHERE "tag" = 'v1' ORDER BY "id" LIMIT 1000`,
      )
    }
    await record({ tag: 'last', actor: 'li.na', createdAt: at(2000) })
    expect(await prisma.tagEvent.count()).toBe(12_002)
    for (const path of [ofRepository, ofInstance]) {
      expect(tagsOf(await walk(path, '&actor=li.na'))).toEqual(['last', 'first'])
      expect(tagsOf(await walk(path, '&text=li.na', 1))).toEqual(['last', 'first'])
    }
    expect(tagsOf(await walk(ofRepository, '&tag=v1&actor=li.na'))).toEqual([])
    const csv = await (await download('repository', '?format=csv&actor=li.na')).text()
    expect(csv.trimEnd().split('\r\n')).toHaveLength(3)
    expect((await (await download('instance', '?format=csv')).text()).trimEnd().split('\r\n')).toHaveLength(12_003)
  })
})

describe('the ledger of an instance', () => {
  test('has the entries of all its repositories, deleted ones too, and of no other instance', async () => {
    await record(
      { tag: 'here' },
      { tag: 'gone', repositoryId: 'crr-gone', repositoryPath: 'test/gone' },
      { tag: 'elsewhere', instanceId: 'cri-other', repositoryId: 'crr-other' },
    )
    expect(tagsOf(await walk(ofInstance))).toEqual(['gone', 'here'])
    expect(tagsOf(await walk(ofInstance, '&repository=test%2Fgone'))).toEqual(['gone'])
    expect(tagsOf(await walk(ofInstance, '&text=est%2Fgo'))).toEqual(['gone'])
    expect(tagsOf(await walk(ofRepository))).toEqual(['here'])
  })
})

describe('the CSV', () => {
  test('is what a client that accepts it gets, and what format=csv asks for', async () => {
    await record({ tag: 'one', createdAt: at(1) }, { tag: 'two', createdAt: at(2) })
    for (const answer of [
      await download('repository', '', 'text/csv'),
      await download('instance', '', 'application/xml, Text/CSV;q=0.9'),
      await download('repository', '?format=csv&pageSize=1', 'text/html,*/*'),
    ]) {
      expect(answer.headers.get('content-type')).toBe('text/csv; charset=utf-8')
      expect(answer.headers.get('content-disposition')).toMatch(/^attachment; filename="tag-events-[\d-]+\.csv"$/)
      const bytes = Buffer.from(await answer.arrayBuffer())
      expect(bytes.subarray(0, 3)).toEqual(Buffer.from([0xef, 0xbb, 0xbf]))
      const [head, ...rows] = bytes.toString('utf8', 3).trimEnd().split('\r\n')
      expect(head).toMatch(/^id,createdAt,lastAt,kind,count,repositoryPath,tag,/)
      expect(rows.map((row) => row.split(',')[6])).toEqual(['one', 'two'])
    }
    for (const [query, accept] of [
      ['', '*/*'],
      ['?format=json', 'text/csv'],
    ] as const) {
      const answer = await download('repository', query, accept)
      expect(answer.headers.get('content-type')).toBe('application/json')
    }
  })

  test('starts no formula in a spreadsheet', async () => {
    await record({ userAgent: '=HYPERLINK("http://x","y")', actor: '@SUM(1)', reason: 'a,b' })
    const text = await (await download('repository', '?format=csv')).text()
    expect(text).toContain(`,"a,b",'@SUM(1),password,192.0.2.7,"'=HYPERLINK(""http://x"",""y"")"\r\n`)
  })

  test('leaves out what is recorded after it has started, so that it ends', async () => {
    await record(...Array.from({ length: 600 }, (_, n) => ({ createdAt: at(n) })))
    const reader = ((await download('repository', '?format=csv')).body as ReadableStream<Uint8Array>).getReader()
    let text = ''
    const decoder = new TextDecoder()
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
      text += decoder.decode(piece.value, { stream: true })
      await record({ tag: 'late', createdAt: at(9000) })
    }
    // The head comes before the end is known.
    expect(text.split('\r\n').filter((line) => line.includes('late'))).toHaveLength(1)
    expect(text.trimEnd().split('\r\n')).toHaveLength(602)
  })

  test('is for the same callers as the list', async () => {
    await record({})
    setContext(api.ctx)
    const headers = { host: 'localhost:3000', authorization: await api.makeMember(), accept: 'text/csv' }
    const request = new Request('http://localhost:3000/api/v1/any', { headers })
    const params = Promise.resolve({ instanceId, repositoryId })
    for (const get of [getRepositoryEvents, getInstanceEvents]) {
      const answer = await get(request, { params })
      expect(answer.status).toBe(404)
      expect(answer.headers.get('content-type')).toBe('application/problem+json')
    }
  })
})
