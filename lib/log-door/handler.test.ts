import { type Server, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Row, nobody, parseRows } from '@/e2e/access/matrix'
import { readLeaf } from '@/lib/domain/transparency/leaf'
import { readEntries, tilePath } from '@/lib/domain/transparency/tiles'
import { sequenceLogs } from '@/lib/registry/transparency/sequence-logs'
import { type LogSource, verifyLog } from '@/lib/transparency/verify-log'
import { parseVerifierKey, verifierKey } from '@/lib/transparency/note'
import { type TestContext, UnlimitedAttempts, openTestContext } from '@/lib/testing/test-context'
import { TestWorld, byAccessKey, byPassword, ids, passwords, sessionToken, subjects } from '@/lib/testing/test-world'
import { createLogHandler } from './handler'

let opened: TestContext
let world: TestWorld
let server: Server
let origin: string

beforeAll(async () => {
  opened = await openTestContext({}, { attempts: new UnlimitedAttempts() })
  world = new TestWorld(opened.ctx)
  await world.build()
  server = createServer(createLogHandler(opened.ctx))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}, 60_000)
afterAll(async () => {
  server.close()
  server.closeAllConnections()
  await opened.close()
})

const admin = { authorization: byAccessKey('admin') }
const get = (path: string, headers: Record<string, string> = admin, method = 'GET') =>
  fetch(`${origin}/log/${path}`, { method, headers })

const setPublic = (isLogPublic: boolean) =>
  opened.ctx.db.prisma.instance.updateMany({ where: { id: ids.main }, data: { isLogPublic } })

/** Callers, and what they get: the columns are those of e2e/access/matrix.ts. */
const rows = parseRows(`
checkpoint         | of main           | 401 | 403 | 200 403 403 | 200 403 403 | 200 403 403 | 403 | 200
tile/0/000.p/1     | of main           | 401 | 403 | 200 403 403 | 200 403 403 | 200 403 403 | 403 | 200
tile/entries/000.p/1 | of main         | 401 | 403 | 200 403 403 | 200 403 403 | 200 403 403 | 403 | 200
checkpoint         | of main, public   | 200 | 200 | 200 200 200 | 200 200 200 | 200 200 200 | 200 | 200
tile/entries/000.p/1 | of main, public | 200 | 200 | 200 200 200 | 200 200 200 | 200 200 200 | 200 | 200
served/tags        | of main           | 401 | 403 | 200 403 403 | 200 403 403 | 200 403 403 | 403 | 200
served/policies    | of main           | 401 | 403 | 200 403 403 | 200 403 403 | 200 403 403 | 403 | 200
served/ledger      | of main           | 401 | 403 | 200 403 403 | 200 403 403 | 200 403 403 | 403 | 200
served/progress    | of main           | 401 | 403 | 200 403 403 | 200 403 403 | 200 403 403 | 403 | 200
served/tags        | of main, public   | 200 | 200 | 200 200 200 | 200 200 200 | 200 200 200 | 200 | 200
served/ledger      | of main, public   | 200 | 200 | 200 200 200 | 200 200 200 | 200 200 200 | 200 | 200
served/tags        | of beside         | 401 | 404 | 404 404 404 | 404 404 404 | 404 404 404 | 200 | 200
checkpoint         | of beside         | 401 | 404 | 404 404 404 | 404 404 404 | 404 404 404 | 200 | 200
checkpoint         | of nothing        | 401 | 404 | 404 404 404 | 404 404 404 | 404 404 404 | 404 | 404
`)

function nameIn({ about }: Row): string {
  return about.startsWith('of main') ? ids.main : about === 'of beside' ? ids.besideInstance : 'cri-nothing'
}

describe.each(rows.map((row) => [`${row.operation} ${row.about}`, row] as const))('%s', (_, row) => {
  test.each(['access key', 'session'])('by %s', async (credential) => {
    await setPublic(row.about.endsWith('public'))
    const actual = new Map<string, string>()
    for (const caller of [nobody, ...subjects]) {
      const proof: Record<string, string> =
        credential === 'session'
          ? { cookie: `stele_session_${new URL(origin).port}=${sessionToken(caller)}` }
          : { authorization: byAccessKey(caller) }
      const { status } = await get(`${nameIn(row)}/${row.operation}`, caller === nobody ? {} : proof)
      actual.set(caller, String(status))
    }
    expect(actual).toEqual(row.answers)
  })
})

test.each([
  ['a wrong access key', byAccessKey('admin', 'wrong')],
  ['a disabled access key', byAccessKey('off')],
  ['the console’s password', byPassword('admin', passwords.console)],
  ['a registry password', byPassword('admin', passwords.registry)],
  ['a session in place of a token', `Bearer ${sessionToken('admin')}`],
])('%s is refused, also where the log is public', async (_, authorization) => {
  await setPublic(true)
  const answer = await get(`${ids.main}/checkpoint`, { authorization })
  expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([401, 'Basic realm="Stele transparency log"'])
})

test('tiles are kept for ever, by others only where the log is public, and checkpoints never', async () => {
  const cached = async (path: string) => (await get(`${ids.main}/${path}`)).headers.get('cache-control')
  await setPublic(false)
  expect(await cached('tile/0/000.p/1')).toBe('private, max-age=31536000, immutable')
  expect(await cached('checkpoint')).toBe('no-store')
  await setPublic(true)
  expect(await cached('tile/entries/000.p/1')).toBe('public, max-age=31536000, immutable')
  expect(await cached('checkpoint')).toBe('no-store')
})

test.each([
  'tile/0/000',
  'tile/0/000.p/255',
  'tile/0/001.p/1',
  'tile/1/000.p/1',
  'tile/entries/000',
  'tile/0/0',
  'x',
  '',
])('%s of a small log is not there', async (path) => {
  const answer = await get(`${ids.main}/${path}`)
  expect([answer.status, answer.headers.get('content-type')]).toEqual([404, 'application/problem+json'])
})

test('HEAD has the headers alone; nothing can be written', async () => {
  const head = await get(`${ids.main}/checkpoint`, admin, 'HEAD')
  const whole = await (await get(`${ids.main}/checkpoint`)).text()
  expect([head.status, head.headers.get('content-length')]).toEqual([200, String(Buffer.byteLength(whole))])
  for (const method of ['POST', 'PUT', 'DELETE']) {
    const answer = await get(`${ids.main}/checkpoint`, admin, method)
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, HEAD'])
  }
})

test('the whole log verifies as it is served', async () => {
  const source: LogSource = {
    async read(path) {
      const answer = await get(`${ids.main}/${path}`)
      expect([path, answer.status]).toEqual([path, 200])
      return new Uint8Array(await answer.arrayBuffer())
    },
  }
  await sequenceLogs(opened.ctx)
  const [key] = (await opened.ctx.logKeys.read()).keys
  const { checkpoint } = await verifyLog(source, { keys: [], witnesses: [], older: [] })
  const verifier = parseVerifierKey(verifierKey(checkpoint.origin, 'note', key as NonNullable<typeof key>).text)
  const report = await verifyLog(source, {
    keys: [verifier],
    witnesses: [],
    older: [checkpoint].map((one) => ({ ...one, name: 'before' })),
  })
  expect(report.violations).toEqual([])
  expect(report.checkpoint.size).toBeGreaterThan(5)
  const bundle = await source.read(tilePath({ level: 'entries', index: 0, width: report.checkpoint.size }))
  const kinds = (readEntries(bundle) ?? []).map((line) => readLeaf(Buffer.from(line).toString()).kind)
  expect(kinds.at(-1)).toBe('started')
})
