import { createHash } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type TestApi, authorization, openTestApi } from '@/lib/testing/test-api'
import { type AuditEventOf, insertAuditEvent } from '@/lib/metadata/audit-events'
import { setContext } from '@/lib/context'
import { GET as exportEvents } from './export/route'

let api: TestApi

beforeEach(async () => {
  api = await openTestApi()
  // What the first start has recorded is not what is counted here.
  await api.ctx.db.prisma.auditEvent.deleteMany()
  await api.ctx.db.prisma.auditHead.deleteMany()
})
afterEach(() => api.close())

const list = '/audit-events'
const one = '/audit-events/{eventId}'

async function append(
  event: Partial<Omit<AuditEventOf<'CREATE' | 'UPDATE'>, 'target'>> &
    Partial<Pick<AuditEventOf<'LOG_ON'>, 'target'>> = {},
  actor: { name?: string; address?: string; userAgent?: string } = {},
): Promise<void> {
  const target = { type: 'NAMESPACE', id: 'crn-1', name: 'test' } as const
  await api.ctx.db.transaction((tx) =>
    insertAuditEvent(
      tx,
      { name: 'admin', credential: 'session', address: '192.0.2.7', userAgent: 'agent', ...actor },
      { action: 'UPDATE', target, before: { summary: 'old' }, after: { summary: 'new' }, ...event },
    ),
  )
}

async function appendMany(count: number): Promise<void> {
  const target = { type: 'NAMESPACE', id: 'crn-1', name: 'test' } as const
  const actor = { name: 'admin', credential: 'session', address: '192.0.2.7', userAgent: 'agent' }
  await api.ctx.db.transaction(async (tx) => {
    for (let n = 0; n < count; n++) {
      await insertAuditEvent(tx, actor, { action: 'CREATE', target, before: null, after: { n } })
    }
  })
}

async function idsOf(query: string): Promise<string[]> {
  const { status, json } = await api.call('GET', list, {}, { query })
  expect(status).toBe(200)
  expect(json.totalCount).toBe(json.items.length)
  return json.items.map(({ id }) => id)
}

async function download(query: string): Promise<Response> {
  setContext(api.ctx)
  const headers = { host: 'localhost:3000', authorization, 'x-stele-remote-address': '192.0.2.7' }
  const request = new Request(`http://localhost:3000/api/v1/audit-events/export${query}`, { headers })
  return exportEvents(request, { params: Promise.resolve({}) })
}

describe('the list', () => {
  test('is newest first, in pages, and says who, what, from where, before and after', async () => {
    for (const n of [1, 2, 3, 4, 5]) await append({ instanceId: 'cri-1', reason: `reason ${n}` })
    const first = await api.call('GET', list, {}, { query: '?pageSize=2' })
    expect(first.json).toMatchObject({ totalCount: 5, items: [{ id: '5' }, { id: '4' }] })
    const second = await api.call('GET', list, {}, { query: `?pageSize=2&cursor=${first.json.nextCursor ?? ''}` })
    expect(second.json.items.map(({ id }) => id)).toEqual(['3', '2'])
    // Events that are added meanwhile move no page.
    await append()
    const third = await api.call('GET', list, {}, { query: `?pageSize=2&cursor=${second.json.nextCursor ?? ''}` })
    expect(third.json).toMatchObject({ items: [{ id: '1', previousHash: '' }], nextCursor: null })
    expect(first.json.items[0]).toMatchObject({
      action: 'UPDATE',
      targetType: 'NAMESPACE',
      targetId: 'crn-1',
      targetName: 'test',
      instanceId: 'cri-1',
      before: { summary: 'old' },
      after: { summary: 'new' },
      reason: 'reason 5',
      actor: 'admin',
      credential: 'session',
      address: '192.0.2.7',
      userAgent: 'agent',
      createdAt: expect.stringMatching(/^\d{4}-.*\.\d{3}Z$/) as string,
      previousHash: first.json.items[1]?.['hash'],
    })
  })

  test('refuses a cursor that it did not give, and filters that there are not', async () => {
    expect((await api.call('GET', list, {}, { query: '?cursor=x' })).json.code).toBe('PAGE_INVALID')
    expect((await api.call('GET', list, {}, { query: '?action=EXPLODE' })).json.code).toBe('BAD_REQUEST')
    expect((await api.call('GET', list, {}, { query: '?from=yesterday' })).json.code).toBe('BAD_REQUEST')
    expect((await api.call('GET', list, {}, { query: '?who=me' })).json.code).toBe('BAD_REQUEST')
  })

  test('is filtered by every field, by time, and by a text that stands anywhere in it', async () => {
    await append()
    await append(
      { action: 'CREATE', target: { type: 'ROBOT', id: 'crb-1', name: 'robot+ci' }, instanceId: 'cri-9', before: null },
      { name: 'li.na', address: '198.51.100.1', userAgent: 'curl/8' },
    )
    await append({ after: { summary: '100% _Sure_' }, reason: 'Because' })
    expect(await idsOf('?actor=li.na')).toEqual(['2'])
    expect(await idsOf('?action=CREATE')).toEqual(['2'])
    expect(await idsOf('?targetType=ROBOT')).toEqual(['2'])
    expect(await idsOf('?targetId=crb-1')).toEqual(['2'])
    expect(await idsOf('?targetName=robot%2Bci')).toEqual(['2'])
    expect(await idsOf('?instanceId=cri-9')).toEqual(['2'])
    expect(await idsOf('?address=198.51.100.1')).toEqual(['2'])
    expect(await idsOf('?text=CURL')).toEqual(['2'])
    expect(await idsOf('?text=because')).toEqual(['3'])
    expect(await idsOf('?text=100%25%20_sure')).toEqual(['3'])
    expect(await idsOf('?text=%25')).toEqual(['3'])
    expect(await idsOf('?actor=admin&text=new')).toEqual(['1'])
    const times = await api.ctx.db.prisma.auditEvent.findMany({ orderBy: { id: 'asc' }, select: { id: true } })
    for (const { id } of times) {
      await api.ctx.db.prisma.auditEvent.update({ where: { id }, data: { createdAt: new Date(id * 1000) } })
    }
    expect(await idsOf('?from=1970-01-01T00:00:02.000Z')).toEqual(['3', '2'])
    expect(await idsOf('?from=1970-01-01T08:00:02%2B08:00')).toEqual(['3', '2'])
    // An unencoded plus sign is a space in an address, and the message says so.
    const spaced = await api.call('GET', list, {}, { query: '?from=1970-01-01T08:00:02+08:00' })
    expect(spaced.json).toMatchObject({ errors: [{ path: 'from', message: expect.stringContaining('%2B') as string }] })
    expect(await idsOf('?to=1970-01-01T00:00:02.000Z')).toEqual(['1'])
    expect(await idsOf('?from=1970-01-01T00:00:02.000Z&to=1970-01-01T00:00:03.000Z')).toEqual(['2'])
  })

  test('shows the others where one was forged', async () => {
    await append()
    await append()
    const forged = { action: 'BOO', targetType: 'BOO', before: '{', after: '[1]', hash: 'x', previousHash: 'y' }
    await api.ctx.db.prisma.auditEvent.update({ where: { id: 1 }, data: forged })
    const { json } = await api.call('GET', list)
    expect(json.items[1]).toMatchObject({ before: { unreadable: '{' }, after: { unreadable: '[1]' }, hash: 'x' })
  })
})

describe('one event', () => {
  test('is as in the list', async () => {
    await append()
    const { json } = await api.call('GET', list)
    expect((await api.call('GET', one, { eventId: '1' })).json).toEqual(json.items[0])
  })

  test.each(['2', '0', 'x', '1.0', '99999999999999999999'])('%s is not there', async (eventId) => {
    await append()
    expect((await api.call('GET', one, { eventId })).status).toBe(404)
  })
})

describe('the export', () => {
  test('as JSON Lines has all that the hashes are made of', async () => {
    const strange = { summary: 'line\nbreak, "quoted", \u2028 李' }
    await appendMany(1099)
    await append({ after: strange })
    const response = await download('')
    expect(response.headers.get('content-type')).toBe('application/jsonl; charset=utf-8')
    expect(response.headers.get('content-disposition')).toMatch(/^attachment; filename="audit-events-[\d-]+\.jsonl"$/)
    const lines = (await response.text()).trimEnd().split('\n')
    expect(lines).toHaveLength(1100)
    let previousHash = ''
    for (const line of lines) {
      const event = JSON.parse(line) as Record<string, string | null>
      const fields = [
        ...['previousHash', 'id', 'action', 'targetType', 'targetId', 'targetName', 'instanceId', 'before', 'after'],
        ...['reason', 'actor', 'credential', 'address', 'userAgent', 'createdAt'],
      ].map((name) => event[name])
      expect(event['previousHash']).toBe(previousHash)
      expect(createHash('sha256').update(JSON.stringify(fields)).digest('hex')).toBe(event['hash'])
      previousHash = event['hash'] ?? ''
    }
  })

  test('as CSV starts no formula in a spreadsheet', async () => {
    const cells = ['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', 'a,b', 'say "x"', 'two\nlines', ' plain']
    for (const reason of cells) await append({ reason })
    const response = await download('?format=csv')
    expect(response.headers.get('content-type')).toBe('text/csv; charset=utf-8')
    const bytes = Buffer.from(await response.arrayBuffer())
    // Without this mark Excel does not read UTF-8.
    expect(bytes.subarray(0, 3)).toEqual(Buffer.from([0xef, 0xbb, 0xbf]))
    const text = bytes.toString('utf8', 3)
    const [head, ...rows] = readCsv(text)
    expect(text.endsWith('\r\n')).toBe(true)
    const column = head?.indexOf('reason') ?? -1
    expect(rows.map((row) => row[column])).toEqual([...cells.slice(0, 6).map((cell) => `'${cell}`), ...cells.slice(6)])
    for (const cell of rows.flat()) expect(cell).not.toMatch(/^[=+\-@\t\r]/)
  })

  test('has the same filters as the list', async () => {
    await append()
    await append({}, { name: 'li.na' })
    const lines = (await (await download('?format=jsonl&actor=li.na')).text()).trimEnd().split('\n')
    expect(lines.map((line) => (JSON.parse(line) as { id: string }).id)).toEqual(['2'])
    expect(await (await download('?actor=nobody')).text()).toBe('')
    expect((await download('?format=xml')).status).toBe(400)
    expect((await download('?pageSize=2')).status).toBe(400)
  })

  test('reads no more than its client takes, and stops when that leaves', async () => {
    await appendMany(300)
    const response = await download('')
    const reader = (response.body as ReadableStream<Uint8Array>).getReader()
    const first = await reader.read()
    expect(new TextDecoder().decode(first.value).trimEnd().split('\n')).toHaveLength(100)
    // What is in the table when the next piece is asked for is what that piece has.
    await api.ctx.db.prisma.auditEvent.deleteMany({ where: { id: { gt: 150 } } })
    const second = await reader.read()
    expect(new TextDecoder().decode(second.value).trimEnd().split('\n')).toHaveLength(50)
    await reader.cancel()
  })
})

test('is for administrators only', async () => {
  const headers = { authorization: await api.makeMember() }
  expect((await api.call('GET', list, {}, { headers })).status).toBe(403)
  expect((await api.call('GET', one, { eventId: '1' }, { headers })).status).toBe(403)
  expect((await api.call('GET', '/audit-events/export', {}, { headers })).status).toBe(403)
  expect((await api.call('GET', list, {}, { anonymous: true })).status).toBe(401)
})

test('changes nothing: there is no way to change or delete an event', async () => {
  await append()
  for (const method of ['POST', 'PUT', 'PATCH', 'DELETE'] as const) {
    for (const path of [list, one, '/audit-events/export']) {
      expect((await api.call(method, path, { eventId: '1' }, { body: {} })).status).toBe(405)
    }
  }
})

/** The cells of RFC 4180 text. */
function readCsv(text: string): string[][] {
  const rows: string[][] = [[]]
  for (const match of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|$)/g)) {
    if (match.index === text.length) break
    rows.at(-1)?.push((match[1] ?? match[2] ?? '').replaceAll('""', '"'))
    if (match[3] === '\r\n') rows.push([])
  }
  return rows.slice(0, -1)
}
