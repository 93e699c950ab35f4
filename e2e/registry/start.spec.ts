import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CommandLine, type CommandResult } from '../clients/command-line'
import { digestOf } from '../digest'
import { expect, pushImage, test as base } from '../fixtures'
import { startServer, type StartedServer } from '../server'
import { storageSettings } from '../stored-blobs'
import { open, send, startUpload } from './http'

const root = join(import.meta.dirname, '..', '..')
const mebibyte = 1024 * 1024

const test = base.extend<{
  /** A folder of this test's own, removed with it. */
  folder: string
}>({
  folder: async ({}, use) => {
    const folder = await mkdtemp(join(tmpdir(), 'stele-start-'))
    await use(folder)
    await rm(folder, { recursive: true, force: true })
  },
})

test.describe('a start that cannot succeed says why in one line', () => {
  for (const [variable, value, message] of [
    ['PORT', 'http', /^PORT: must be a port number$/],
    ['PORT', '70000', /^PORT: must be a port number$/],
    ['HOST', '203.0.113.1', /^HOST: 203\.0\.113\.1 is not an address of this machine$/],
    ['STELE_IMMUTABLE', 'true', /^STELE_IMMUTABLE: there is no such setting; \.env\.example lists them all$/],
    ['STELE_STORAGE', 'floppy', /^STELE_STORAGE: must be filesystem or s3$/],
    ['STELE_SECRET_KEY', 'a-password-of-mine', /^STELE_SECRET_KEY: must be at least 32 random bytes [^\n]*$/],
    ['STELE_ADMIN_PASSWORD', 'short', /^STELE_ADMIN_PASSWORD: must be 12 to 256 characters/],
    ['STELE_ADMIN_PASSWORD', 'password1234', /^STELE_ADMIN_PASSWORD: the password is a common one, easy to guess$/],
    ['STELE_ADMIN_ACCESS_KEY_ID', 'ABCDEFGH', /^STELE_ADMIN_ACCESS_KEY_SECRET: is required too, /],
    ['DATABASE_URL', 'mysql://localhost/stele', /^DATABASE_URL: must be file:/],
    // Port 1 is nobody's. The password in the address is not shown.
    ['DATABASE_URL', 'postgresql://a:secret@127.0.0.1:1/stele', /^The database 127.0.0.1:1\/stele cannot be used: /],
  ] as const) {
    test(`${variable}=${value}`, async ({ folder }) => {
      expectRefusal(await runServer({ STELE_DATA_DIR: folder, PORT: '0', [variable]: value }), message)
    })
  }

  test('a port that is taken; and the next start still prints the password', async ({ folder }) => {
    const other = createServer()
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    const { port } = other.address() as AddressInfo

    const refused = await runServer({ STELE_DATA_DIR: folder, PORT: String(port) })

    expectRefusal(
      refused,
      new RegExp(`^PORT: ${port} on 127\\.0\\.0\\.1 is used by another program; set PORT to a free one$`),
    )
    await new Promise((resolve) => other.close(resolve))
    const server = await startServer({ dataDir: folder, port, env: { STELE_ADMIN_PASSWORD: '' } })
    await expect.poll(() => greetingOf(server)).toMatchObject({ password: expect.stringMatching(/.{16}/) })
    await server.stop()
  })

  test('a data folder that cannot be written', async ({ folder }) => {
    const file = join(folder, 'file')
    await writeFile(file, '')

    const refused = await runServer({ STELE_DATA_DIR: join(file, 'data'), PORT: '0' })

    expectRefusal(refused, new RegExp(`^STELE_DATA_DIR: ${file}/data is not writable \\(ENOTDIR\\)$`))
  })

  test('a file that is no database', async ({ folder }) => {
    await writeFile(join(folder, 'stele.db'), 'no database '.repeat(1000))

    const refused = await runServer({ STELE_DATA_DIR: folder, PORT: '0' })

    expectRefusal(refused, new RegExp(`^The database ${folder}/stele\\.db cannot be used: .*not a database`))
  })

  test('a database from a newer version', async ({ folder }) => {
    const server = await startServer({ dataDir: folder })
    await server.kill()
    await addMigration(join(folder, 'stele.db'), '20991231000000_from_the_future')

    const refused = await runServer({ STELE_DATA_DIR: folder, PORT: '0', ...storageSettings(folder) })

    expectRefusal(
      refused,
      new RegExp(
        `^The database ${folder}/stele\\.db cannot be used: the database is from a newer version of Stele, beside which this one cannot run \\(it has migration 20991231000000_from_the_future\\)$`,
      ),
    )
  })
})

test('Node.js too old: npm start says which it needs', async ({ folder }) => {
  // What a real old Node.js would do, as far as it can be seen from here: the version is all that is looked at.
  const faked = "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '18.20.8' } })"
  const script = `${faked}; import(${JSON.stringify(join(root, 'scripts', 'start.mjs'))})`

  const refused = await runNode(['--input-type=module', '--eval', script], { STELE_DATA_DIR: folder, PORT: '0' })

  expectRefusal(refused, /^Stele needs Node\.js 20\.19 or later; this is 18\.20\.8\.$/)
})

test('the first start prints a password that works, and a later one prints none', async ({ startPrivateServer }) => {
  const first = await startPrivateServer({ env: { STELE_ADMIN_PASSWORD: '' } })
  await expect.poll(() => greetingOf(first)).not.toBeNull()
  const { password = '', user = '' } = greetingOf(first) ?? {}
  expect(password.length).toBeGreaterThanOrEqual(16)
  const asPrinted = { ...first, admin: { name: user, password } }
  expect((await send(asPrinted, 'GET', '/v2/')).status).toBe(200)
  expect((await send(first, 'GET', '/v2/')).status).toBe(401)
  await first.kill()

  const second = await startPrivateServer({ dataDir: first.dataDir, env: { STELE_ADMIN_PASSWORD: '' } })

  await expect.poll(() => greetingOf(second)).not.toBeNull()
  expect(greetingOf(second)).toMatchObject({ user: undefined, password: undefined })
  expect(second.output()).not.toContain(password)
  expect((await send({ ...second, admin: asPrinted.admin }, 'GET', '/v2/')).status).toBe(200)
})

test('on a terminal the log is for people', async ({ folder }) => {
  // `script` gives the server a terminal.
  const command = `${process.execPath} ${join(root, 'dist', 'server.mjs')}`
  const env = { ...process.env, NODE_ENV: 'production' as const, STELE_DATA_DIR: folder, PORT: '0', TERM: 'dumb' }
  const server = spawn('script', ['-qec', command, '/dev/null'], { env, stdio: ['ignore', 'pipe', 'ignore'] })
  let output = ''
  server.stdout.setEncoding('utf8').on('data', (text: string) => (output += text))
  try {
    await expect.poll(() => output, { timeout: 60_000 }).toContain('Stele is ready.')
    const [, port = ''] = /Console +http:\/\/localhost:(\d+)/.exec(output) ?? []
    await fetch(`http://127.0.0.1:${port}/v2/`)
    await expect.poll(() => output).toMatch(/INFO.*: .*request.*"path":"\/v2\/"/)
    expect(output).not.toMatch(/^\{/m)
  } finally {
    const ended = once(server, 'close')
    server.kill()
    await ended
  }
})

test('the printed lines work when followed', async ({ docker, startPrivateServer }) => {
  const server = await startPrivateServer({ env: { STELE_ADMIN_PASSWORD: '' } })
  await expect.poll(() => greetingOf(server)).not.toBeNull()
  const { commands = [], console: address = '', password = '' } = greetingOf(server) ?? {}
  const image = await docker.importImage('followed')

  expect((await fetch(address)).status).toBe(200)
  expect(commands.map(([, verb]) => verb)).toEqual(['login', 'tag', 'push'])
  for (const [program, ...args] of commands) {
    expect(program).toBe('docker')
    // What a person types at the prompt.
    const typed = args[0] === 'login' ? ['--password-stdin'] : []
    await docker.run([...args.map((arg) => (arg === '<image>' ? image : arg)), ...typed], password)
  }

  const asPrinted = { ...server, admin: { ...server.admin, password } }
  expect((await send(asPrinted, 'HEAD', '/v2/test/example/manifests/v1')).status).toBe(200)
})

test('what was pushed is there after a stop and a start', async ({ folder }) => {
  const first = await startServer({ dataDir: folder })
  const digest = await pushImage(first, 'test/example', 'v1')
  await first.kill()

  const second = await startServer({ dataDir: folder })

  const { headers } = await send(second, 'HEAD', '/v2/test/example/manifests/v1')
  expect(headers['docker-content-digest']).toBe(digest)
  await second.stop()
})

test('SIGTERM ends it with 0, after what is under way', async ({ startPrivateServer }) => {
  const server = await startPrivateServer()
  const content = Buffer.alloc(8 * mebibyte, 'content')
  const upload = await startUpload(server, 'test/example')
  let stopped: Promise<number | null> | undefined
  async function* body() {
    yield content.subarray(0, 4 * mebibyte)
    await expect.poll(() => findRange(server, upload)).not.toBe('0-0')
    stopped = server.stop()
    await expect.poll(() => server.output()).toContain('"stopping"')
    yield content.subarray(4 * mebibyte)
  }

  const answer = await open(server, 'PUT', `${upload}?digest=${digestOf(content)}`, { body: body() })
  answer.resume()

  expect(answer.statusCode).toBe(201)
  expect(await stopped).toBe(0)
})

/** Runs the built server to its end. */
function runServer(settings: Record<string, string>): Promise<CommandResult> {
  return runNode([join(root, 'dist', 'server.mjs')], { NODE_ENV: 'production', ...settings })
}

function runNode(args: string[], env: Record<string, string>): Promise<CommandResult> {
  return new CommandLine(process.execPath, args, env).attempt([])
}

function expectRefusal({ code, stderr }: CommandResult, message: RegExp): void {
  expect(stderr.replace(/\n$/, '')).toMatch(message)
  expect(stderr.trim().split('\n')).toHaveLength(1)
  expect(code).toBe(1)
}

/** What a started server tells the person who started it; null while it has not. */
function greetingOf(server: StartedServer) {
  const output = server.output()
  if (!output.includes('Stele is ready.')) return null
  const value = (label: string) => new RegExp(`^ +${label} +(\\S+)$`, 'm').exec(output)?.[1]
  return {
    console: value('Console'),
    user: value('User'),
    password: value('Password'),
    /** The commands to try, in words. */
    commands: [...output.matchAll(/^ +(docker .*)$/gm)].map(([, command = '']) => command.split(' ')),
  }
}

/** Notes a migration in a database that no server uses. In a process of its own: tests are no part of the server. */
async function addMigration(file: string, name: string): Promise<void> {
  const insert = `INSERT INTO _prisma_migrations (id, checksum, migration_name) VALUES ('${name}', 'unknown', '${name}')`
  const script = `new (require('better-sqlite3'))(${JSON.stringify(file)}).exec(${JSON.stringify(insert)})`
  await new CommandLine(process.execPath, ['--eval', script], {}).run([])
}

async function findRange(server: StartedServer, upload: string): Promise<string> {
  return String((await send(server, 'GET', upload)).headers.range)
}
