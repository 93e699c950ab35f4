import { randomBytes } from 'node:crypto'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import pg from 'pg'
import { CommandLine } from '../clients/command-line'
import { expect, test, uniqueName } from '../fixtures'
import type { Postgresql } from '../postgresql'
import { startPooler } from '../pooler'
import { type PlannedProxy, type Proxy, planProxy } from '../proxies'
import type { S3 } from '../s3'

/*
 * `npm run stele -- doctor --set-up` (docs/scale.md) says what is wrong with a set-up before clients find out. Each fault here
 * is a real one, of a real database, store, proxy or server.
 */

const command = join(import.meta.dirname, '..', '..', 'dist', 'command.mjs')
const publicPort = '1' // nobody listens there

/** What the doctor says, with the settings of a server. */
async function examine(env: Record<string, string>) {
  const root = join(import.meta.dirname, '..', '..')
  const cli = new CommandLine(
    process.execPath,
    [command, 'doctor', '--set-up'],
    { NODE_ENV: 'production', ...env },
    root,
  )
  const { code, stdout, stderr } = await cli.attempt([])
  const wrong = stdout.split('\n').filter((line) => line.startsWith('WRONG'))
  return { code, stdout, stderr, wrong: wrong.map((line) => line.slice('WRONG  '.length).replace(/ {2,}/, ': ')) }
}

async function createSetUp(postgresql: Postgresql, s3: S3) {
  const { databaseUrl = '' } = await postgresql.startOptions('postgresql')
  const bucket = await s3.createBucket()
  const env: Record<string, string> = { ...bucket.env, DATABASE_URL: databaseUrl, STELE_TRUSTED_PROXIES: 'loopback' }
  return { bucket, databaseUrl, env }
}

test('a set-up before the first start is said to be good but for its servers, and is left as it was', async ({
  postgresql,
  s3,
}) => {
  const { bucket, databaseUrl, env } = await createSetUp(postgresql, s3)
  const { code, stdout, stderr, wrong } = await examine({ ...env, STELE_PUBLIC_URL: `https://127.0.0.1:${publicPort}` })
  expect([code, stderr]).toEqual([1, ''])
  expect(wrong).toEqual([
    expect.stringMatching(/^public address: https:\/\/127.0.0.1:1 does not answer: .*ECONNREFUSED/),
  ])
  expect(stdout).toContain('the next start brings the tables to this version')
  expect(stdout).not.toContain(env['STELE_SECRET_KEY'])
  expect(stdout).not.toContain(env['AWS_SECRET_ACCESS_KEY'])
  expect(await bucket.list()).toEqual([])
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  const { rows } = await client.query(`SELECT tablename FROM pg_tables WHERE schemaname = 'public'`)
  await client.end()
  expect(rows).toEqual([])
})

test.describe('what is wrong is named', () => {
  test('with the database', async ({ postgresql, s3 }) => {
    const { databaseUrl, env } = await createSetUp(postgresql, s3)
    const away = await examine({ ...env, DATABASE_URL: 'postgresql://stele@127.0.0.1:1/stele' })
    expect(away.wrong[0]).toMatch(/^database: PostgreSQL does not answer: .*ECONNREFUSED/)
    const wrongPassword = new URL(databaseUrl)
    wrongPassword.password = 'wrong'
    expect((await examine({ ...env, DATABASE_URL: wrongPassword.href })).wrong[0]).toMatch(
      /password authentication failed/,
    )

    const guest = new URL(databaseUrl)
    ;[guest.username, guest.password] = [uniqueName('guest').replaceAll('-', '_'), 'guest-password']
    const client = new pg.Client({ connectionString: databaseUrl })
    await client.connect()
    await client.query(`CREATE ROLE ${guest.username} LOGIN PASSWORD '${guest.password}'`)
    await client.end()
    expect((await examine({ ...env, DATABASE_URL: guest.href })).wrong[0]).toMatch(
      /^database tables: no table can be created: permission denied for schema public/,
    )
  })

  test('with a pooler before the database', async ({ postgresql, s3 }) => {
    const { databaseUrl, env } = await createSetUp(postgresql, s3)
    for (const mode of ['transaction', 'session'] as const) {
      const pooler = await startPooler(databaseUrl, mode)
      const { wrong } = await examine({ ...env, DATABASE_URL: pooler.url }).finally(() => pooler.stop())
      const isFound = wrong.some((line) => line.startsWith('database sessions: two connections are one session'))
      expect([mode, isFound]).toEqual([mode, mode === 'transaction'])
    }
  })

  test('with the store', async ({ postgresql, s3, startPrivateServer }) => {
    const { databaseUrl, env } = await createSetUp(postgresql, s3)
    const of = async (changed: Record<string, string>) => (await examine({ ...env, ...changed })).wrong[0]
    expect(await of({ STELE_S3_ENDPOINT: 'http://127.0.0.1:1' })).toMatch(
      /^store: http:\/\/127.0.0.1:1 does not answer/,
    )
    expect(await of({ STELE_S3_BUCKET: 'not-there' })).toMatch(/^store: s3:ListBucket: .*404 NoSuchBucket/)
    expect(await of({ AWS_SECRET_ACCESS_KEY: 'wrong-secret-0123456789' })).toMatch(/403 SignatureDoesNotMatch/)

    // The bucket of a registry with another database, and the keys of another one.
    const server = await startPrivateServer({ databaseUrl, env })
    const pushed = await fetch(
      `${server.url}/v2/test/example/blobs/uploads/?digest=sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855`,
      {
        method: 'POST',
        headers: { authorization: `Basic ${btoa(`${server.admin.name}:${server.admin.password}`)}` },
        body: '',
      },
    )
    expect(pushed.status).toBe(201)
    const { databaseUrl: other = '' } = await postgresql.startOptions('postgresql')
    expect(await of({ DATABASE_URL: other })).toMatch(/^store owner: .* belongs to another database/)
    expect(await of({ STELE_SECRET_KEY: randomBytes(32).toString('base64') })).toMatch(
      /^keys: STELE_SECRET_KEY: the keys in the database are sealed with another one/,
    )
  })
})

/** Has a program believe that it is a minute later than it is. */
const aMinuteAhead = `--import=data:text/javascript,${encodeURIComponent(`
  const { now } = Date
  globalThis.Date = class extends Date {
    constructor(...given) { given.length === 0 ? super(now() + 60_000) : super(...given) }
    static now() { return now() + 60_000 }
  }`)}`

test('a clock that is wrong is named, of whatever it is', async ({ postgresql, s3 }) => {
  const { env } = await createSetUp(postgresql, s3)
  const { stdout, wrong } = await examine({ ...env, NODE_OPTIONS: aMinuteAhead })
  expect(wrong).toEqual([
    expect.stringMatching(/^clock, database: the clock of the database is (59|60|61) s behind this machine's/),
    expect.stringMatching(/^clock, store: the clock of the store is (59|60|61) s behind this machine's/),
    expect.stringMatching(/^public address: STELE_PUBLIC_URL is not set/),
  ])
  expect(stdout).toContain('→ set both clocks by NTP')
})

test('a PostgreSQL that is too old, and a rule that expires objects, are named', async ({ postgresql, s3 }) => {
  const { databaseUrl, env } = await createSetUp(postgresql, s3)
  // It answers as PostgreSQL 14 does when it is asked for its version: each setting may be looked up by a function of ours.
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  await client.query(`CREATE SCHEMA fourteen`)
  await client.query(`
    CREATE FUNCTION fourteen.current_setting(name text) RETURNS text LANGUAGE sql AS $$
      SELECT CASE name WHEN 'server_version' THEN '14.19' WHEN 'server_version_num' THEN '140019'
        ELSE pg_catalog.current_setting(name) END $$`)
  await client.end()
  const older = new URL(databaseUrl)
  older.searchParams.set('options', '-c search_path=fourteen,pg_catalog,public')
  // versitygw has no such rules: what stands before it has one.
  const store = await startStoreWithRule(env['STELE_S3_ENDPOINT'] ?? '')
  const { stdout, wrong } = await examine({ ...env, DATABASE_URL: older.href, STELE_S3_ENDPOINT: store.endpoint })
  store.close()
  expect(wrong.slice(0, 2)).toEqual([
    'database: this is PostgreSQL 14.19',
    'store rules: the rule spring cleaning of the bucket removes objects after a time',
  ])
  expect(stdout).toContain('→ use PostgreSQL 15 or later')
  expect(stdout).toContain('→ remove the rule')
})

/** A store whose bucket has a rule that expires objects. Everything else is answered by the store behind it. */
async function startStoreWithRule(behind: string) {
  const rule =
    '<Rule><ID>spring cleaning</ID><Filter/><Status>Enabled</Status><Expiration><Days>90</Days></Expiration></Rule>'
  const server = createServer((incoming, outgoing) => {
    const { method, url = '', headers } = incoming
    if (url.includes('lifecycle')) {
      outgoing.end(`<LifecycleConfiguration>${rule}</LifecycleConfiguration>`)
      return
    }
    const { hostname, port } = new URL(behind)
    const onward = request({ hostname, port, method, path: url, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(outgoing)
    })
    onward.on('error', () => outgoing.destroy())
    incoming.pipe(onward)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close() {
      server.close()
      server.closeAllConnections()
    },
  }
}

test.describe('over a proxy', () => {
  let planned: PlannedProxy
  let proxy: Proxy | undefined

  test.beforeEach(async () => {
    planned = await planProxy('nginx')
  })
  test.afterEach(async () => {
    await proxy?.stop()
    proxy = undefined
  })

  test('a set-up that runs is good, and each fault of its proxy and its servers is named', async ({
    postgresql,
    s3,
    startPrivateServer,
  }) => {
    test.setTimeout(180_000)
    const { databaseUrl, env: basis } = await createSetUp(postgresql, s3)
    const env = { ...basis, STELE_PUBLIC_URL: planned.url }
    const start = (changed: Record<string, string> = {}, url = databaseUrl) =>
      startPrivateServer({ databaseUrl: url, env: { ...env, DATABASE_URL: url, STELE_PROCESSES: '1', ...changed } })
    const [one, two] = [await start(), await start()]
    const of = async (
      ports: readonly number[],
      { change, settings = {} }: { change?: (text: string) => string; settings?: Record<string, string> } = {},
    ) => {
      proxy = await planned.start(ports, change)
      const answer = await examine({ ...env, NODE_EXTRA_CA_CERTS: proxy.certificateFile, ...settings })
      await proxy.stop()
      proxy = undefined
      return answer
    }
    const good = await of([one.port, two.port])
    expect([good.wrong, good.code, good.stderr]).toEqual([[], 0, ''])
    expect(good.stdout).toContain("all 12 visits were answered by servers with this database's keys")

    const faults: [RegExp, Parameters<typeof of>[1]][] = [
      [
        /^layers, chunked: the proxy holds them until they are complete/,
        { change: (text) => text.replace('proxy_request_buffering off;', '') },
      ],
      [
        /^layers, with its length: the proxy refuses large ones/,
        { change: (text) => text.replace('client_max_body_size 0;', '') },
      ],
      [
        /^token address: the proxy sends Host: .* instead of/,
        { change: (text) => text.replace('Host $http_host', 'Host registry.test') },
      ],
      [/^proxies: STELE_TRUSTED_PROXIES is empty/, { settings: { STELE_TRUSTED_PROXIES: '' } }],
      [
        /^token address: the servers send clients to/,
        {
          settings: {
            STELE_PUBLIC_URL: planned.url.replace('127.0.0.1', 'localhost'),
            NODE_TLS_REJECT_UNAUTHORIZED: '0',
          },
        },
      ],
      [/^public address: .* does not answer: self-signed certificate/, { settings: { NODE_EXTRA_CA_CERTS: '' } }],
    ]
    for (const [message, fault] of faults) {
      const { code, wrong } = await of([one.port, two.port], fault)
      expect([code, wrong]).toEqual([1, expect.arrayContaining([expect.stringMatching(message)])])
    }

    // A server of another registry has come in between.
    const stranger = await start(
      { STELE_S3_PREFIX: 'other' },
      (await postgresql.startOptions('postgresql')).databaseUrl,
    )
    const mixed = await of([one.port, stranger.port])
    expect(mixed.wrong).toEqual([
      expect.stringMatching(/^servers: \d+ of 12 visits were answered without this database's keys/),
    ])
    const none = await of([1])
    expect(none.wrong).toEqual([expect.stringMatching(/^public address: .* is not answered by Stele \(status 502\)/)])
  })
})
