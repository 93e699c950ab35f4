import { generateKeyPairSync } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { type Server, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { isEvidenceOf } from '@/lib/domain/transparency/evidence'
import { type Leaf, readLeaf } from '@/lib/domain/transparency/leaf'
import { servedByLog } from '@/lib/testing/served-by-log'
import { TagHistory, digestOf } from '@/lib/testing/tag-history'
import { TestLog } from '@/lib/testing/test-log'
import { cosign, parseCheckpoint } from '@/lib/transparency/checkpoint'
import { makeEvidence } from '@/lib/transparency/evidence'
import { verifierKey } from '@/lib/transparency/note'
import { runCommand } from '../run-command'

let folder: string
let log: TestLog
let key: string

const leaves = (() => {
  const history = new TagHistory(1)
  const repository = history.createRepository('team/app')
  history.push(repository, 'v1')
  return history.run(600)
})()

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'stele-log-'))
  log = await TestLog.of(leaves)
  await log.writeTo(path.join(folder, 'log'))
  key = log.key.text
})
afterEach(() => rm(folder, { recursive: true, force: true }))

/** Runs it with settings that no server could run with: it reads none. */
async function verify(args: readonly string[], input = '') {
  let [out, err] = ['', '']
  const code = await runCommand(
    ['log', 'verify', ...args],
    { STELE_NONSENSE: '1', INIT_CWD: folder },
    {
      out: (text) => (out += text),
      err: (text) => (err += text),
      readInput: () => Promise.resolve(input),
    },
  )
  return { code, out, err }
}

function write(name: string, content: string): Promise<void> {
  return writeFile(path.join(folder, name), content)
}

/** A move of the protected tag v1. */
const illegal: Leaf = {
  ...{ kind: 'moved', id: 1_000_000, tag: 'v1', repository: 'team/app', repositoryId: 'crr-1' },
  ...{ digest: digestOf(666), previousDigest: digestOf(1), time: '2026-12-01T00:00:00.000Z' },
}

describe('a folder', () => {
  test('that is good: 0, with what is in it', async () => {
    const { code, out, err } = await verify(['log', '--key', key])
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out).toContain(`The log of ${log.origin} is good: ${leaves.length} leaves.\n`)
    expect(out).toMatch(/Repositories: \d+\. Tags: \d+, of which \d+ are immutable\.\nRoot: \S{44}\n/)
  })

  test('without a key: said, because then anybody could have written it', async () => {
    const { code, out } = await verify([path.join(folder, 'log')])
    expect(code).toBe(0)
    expect(out).toContain('The signature was not checked: anybody could have written this. Give --key.')
  })

  test('with the key in a file, and with those before and after a rotation', async () => {
    const other = verifierKey(log.origin, 'note', generateKeyPairSync('ed25519').publicKey)
    await write('key.txt', `${key}\n`)
    expect((await verify(['log', '--key', 'key.txt'])).code).toBe(0)
    expect((await verify(['log', '--key', other.text, '--key', 'key.txt'])).code).toBe(0)
    expect(await verify(['log', '--key', other.text])).toMatchObject({
      code: 1,
      out: expect.stringContaining('- the checkpoint is not signed with the key\n') as string,
    })
  })

  test('with a tag that moved: 1, with the tag, the time, the repository and the leaves', async () => {
    const bad = await TestLog.of([...leaves.slice(0, 3), illegal], log)
    await bad.writeTo(path.join(folder, 'bad'))
    expect(await verify(['bad', '--key', key])).toMatchObject({
      code: 1,
      out: expect.stringContaining(
        [
          `The log of ${log.origin} is not good: 1 violation.`,
          `- leaf 3: team/app:v1 moved at 2026-12-01T00:00:00.000Z from ${digestOf(1)} to ${digestOf(666)} while it was immutable (between leaves 2 and 3)`,
        ].join('\n'),
      ) as string,
    })
  })

  test('against older checkpoints', async () => {
    for (const size of [1, 256, 300]) {
      await write(`old-${size}`, (await TestLog.of(leaves.slice(0, size), log)).checkpoint)
    }
    const good = await verify([
      'log',
      '--key',
      key,
      '--against',
      'old-1',
      '--against',
      'old-256',
      '--against',
      'old-300',
    ])
    expect(good).toMatchObject({
      code: 0,
      out: expect.stringContaining('Compared with old-256: 256 leaves.') as string,
    })

    await write('fork', (await TestLog.of(new TagHistory(2).run(300).slice(0, 300), log)).checkpoint)
    const forked = await verify(['log', '--key', key, '--against', 'old-1', '--against', 'fork'])
    expect(forked.code).toBe(1)
    expect(forked.out).toContain('- fork: the first 300 leaves are not those of the checkpoint fork')

    await write('later', (await TestLog.of([...leaves, illegal], log)).checkpoint)
    const back = await verify(['log', '--key', key, '--against', 'later'])
    expect(back.code).toBe(1)
    expect(back.out).toContain(
      `- the log went back: it has ${leaves.length} leaves, and had ${leaves.length + 1} at the checkpoint later`,
    )
  })

  test('with the cosignature of a witness', async () => {
    const witnesses = Array.from({ length: 50 }, () => {
      const { privateKey } = generateKeyPairSync('ed25519')
      return { privateKey, ...verifierKey('witness.example.com/one', 'cosignature', privateKey) }
    })
    // One whose Base64 has a plus too.
    const witness = witnesses.find(({ text }) => text.split('+').length > 3) ?? expect.unreachable()
    const { privateKey } = witness
    const line = cosign(parseCheckpoint(log.checkpoint).note.text, witness.name, privateKey, 1_800_000_000)
    expect((await verify(['log', '--key', key, '--witness', witness.text])).code).toBe(1)
    await write('log/checkpoint', `${log.checkpoint}${line}\n`)
    const { code, out } = await verify(['log', '--key', key, '--witness', witness.text])
    expect(code).toBe(0)
    expect(out).toContain('Cosigned by witness.example.com/one at 2027-01-15T08:00:00.000Z.')
  })
})

describe('evidence', () => {
  async function writeEvidence(served: string | null) {
    const repository = 'team/app'
    const lines = log.lines.map((line, index) => ({ line, index }))
    const own = lines.filter(({ line }) => isEvidenceOf(readLeaf(line), { repository, tag: 'v9' }))
    const made = { repository, tag: 'v9', checkpoint: log.checkpoint, leaves: own, served, tiles: log }
    await write('evidence.json', JSON.stringify(await makeEvidence(made)))
  }

  test('that is good: 0', async () => {
    await writeEvidence(null)
    const { code, out, err } = await verify(['evidence.json', '--key', key])
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out).toContain(`The evidence of team/app:v9 is good, by the log of ${log.origin}`)
    expect(out).toContain('There is no such tag.\nSet or moved since the log started: 0 times.')
  })

  test('of a tag that was changed in the database: 1', async () => {
    await writeEvidence(digestOf(666))
    const { code, out } = await verify(['evidence.json', '--key', key])
    expect(code).toBe(1)
    expect(out).toContain(`- team/app:v9: the registry serves ${digestOf(666)}, but the log says no such tag`)
  })

  test('that is none: 3', async () => {
    for (const content of ['{', '{}', '[]', JSON.stringify({ format: 'stele-evidence/v2' })]) {
      await write('evidence.json', content)
      expect(await verify(['evidence.json'])).toMatchObject({ code: 3, out: '' })
    }
  })
})

describe('a server', () => {
  let server: Server
  let url: string
  let answer: (name: string, authorization: string | undefined) => number
  const asked: string[] = []

  beforeEach(async () => {
    asked.length = 0
    answer = () => 200
    server = createServer((request, response) => {
      const name = request.url?.replace('/log/example/', '') ?? ''
      asked.push(name)
      const bytes = log.files.get(name)
      const status = bytes === undefined ? 404 : answer(name, request.headers.authorization)
      response.writeHead(status, { location: 'http://127.0.0.1:1/' }).end(status === 200 ? bytes : 'no')
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/log/example`
  })
  afterEach(() => server.close())

  test('is read file by file, with or without a slash at the end', async () => {
    expect((await verify([url, '--log-only', '--key', key])).code).toBe(0)
    expect((await verify([`${url}/`, '--log-only', '--key', key])).code).toBe(0)
    expect(new Set(asked)).toEqual(new Set(log.files.keys()))
  })

  test('is asked again when it is busy', async () => {
    const busy = new Set<string>()
    answer = (name) => {
      if (busy.has(name)) return 200
      busy.add(name)
      return 503
    }
    expect((await verify([url, '--log-only', '--key', key])).code).toBe(0)
  })

  test('gets the credential from standard input', async () => {
    answer = (_, authorization) => (authorization === `Basic ${btoa('ci:secret')}` ? 200 : 401)
    expect((await verify([url, '--log-only', '--key', key, '--credential-stdin'], 'ci:secret\n')).code).toBe(0)
    const { code, err } = await verify([url, '--log-only', '--key', key])
    expect(code).toBe(3)
    expect(err).toMatch(/^Could not be read: .*\/checkpoint: the server answered 401: give --credential-stdin\.\n$/)
  })

  test.each([
    ['does not have a tile', 'tile/1/000.p/2', 404],
    ['sends us elsewhere', 'tile/1/000.p/2', 302],
  ])('that %s: 3', async (_, name, status) => {
    answer = (asks) => (asks === name ? status : 200)
    expect(await verify([url, '--log-only', '--key', key])).toMatchObject({ code: 3, out: '' })
  })

  test('that is full meanwhile: a partial tile is cut from the full one', async () => {
    const grown = await TestLog.of([...leaves, ...new TagHistory(8).run(600)], log)
    const partial = [...log.files.keys()].filter((name) => name.includes('/002.p/'))
    expect(partial).toHaveLength(2)
    for (const name of partial) {
      const full = name.replace(/\.p\/\d+$/, '')
      log.files.delete(name)
      log.files.set(full, grown.files.get(full) as Uint8Array)
    }
    expect((await verify([url, '--log-only', '--key', key])).code).toBe(0)
  })

  test('that is not there: 3', async () => {
    server.close()
    expect(await verify([url, '--log-only', '--key', key])).toMatchObject({ code: 3, out: '' })
  })

  test('that does not say what it serves: 3, unless only the log is asked for', async () => {
    expect(await verify([url, '--key', key])).toMatchObject({
      code: 3,
      err: 'Could not be read: served/policies: there is nothing to compare the log with; --log-only checks the log alone.\n',
    })
    const { code, out } = await verify([url, '--log-only', '--key', key])
    expect(code).toBe(0)
    expect(out).toContain('Not compared with what the registry serves.\n')
  })

  test('that says what it serves is compared, and a copy is, too', async () => {
    await serve(async () => {
      expect(await verify([url, '--save', 'copy', '--key', key])).toMatchObject({ code: 0, err: '' })
      expect(await verify(['copy', '--key', key])).toMatchObject({ code: 0, err: '' })
    })
    await serve(
      async () =>
        expect((await verify([url, '--save', 'bad', '--key', key])).out).toMatch(/not good: 1 violation\.\n- team/),
      (tags) => tags.slice(1),
    )
    expect((await verify(['bad', '--key', key])).out).toMatch(/not good: 1 violation\.\n- team/)
    expect(await verify(['bad', '--log-only', '--key', key])).toMatchObject({ code: 0, err: '' })
  })

  test('that sends something else than it should: 3', async () => {
    log.files.set('served/policies', Buffer.from('{}'))
    expect(await verify([url, '--key', key])).toMatchObject({
      code: 3,
      err: 'Could not be read: served/policies is not what a registry says about itself.\n',
    })
  })

  /** Has the server say that it serves what the log says, but for the tags. */
  async function serve(work: () => Promise<void>, change = (tags: readonly object[]) => tags): Promise<void> {
    const pages = servedByLog(log.lines.map(readLeaf))
    for (const [kind, items] of Object.entries({ ...pages, tags: change(pages.tags) })) {
      log.files.set(`served/${kind}`, Buffer.from(JSON.stringify({ items, next: null })))
    }
    log.files.set('served/progress', Buffer.from(JSON.stringify({ last: 1, takenTo: 1, stalled: null })))
    await work()
  }
})

describe('what was typed', () => {
  test.each([
    [['nothing'], 3, /^Could not be read: .*nothing: ENOENT\.\n$/],
    [['log', '--key', 'nothing'], 3, /^--key could not be read: .*nothing: ENOENT\.\n$/],
    [['log', '--against', 'nothing'], 3, /^--against could not be read/],
    [['log', '--key', 'a+00000000+AAAA'], 2, /^--key a\+00000000\+AAAA: it is not an Ed25519 key\n$/],
    [['log', '--against', 'log/tile/0/000'], 2, /^--against log\/tile\/0\/000: /],
    [['log', '--credential-stdin'], 2, /^--credential-stdin takes <user>:<password>\n$/],
    [[], 2, /It takes 1 name/],
    [['log', 'log'], 2, /It takes 1 name/],
    [['log', '--nonsense'], 2, /Unknown option '--nonsense'/],
  ])('%j: %i', async (args, code, err) => {
    const result = await verify(args)
    expect(result).toMatchObject({ code, out: '' })
    expect(result.err).toMatch(err)
  })

  test('a checkpoint that is no evidence against this log is not compared with it', async () => {
    const stranger = await TestLog.of(leaves.slice(0, 3))
    await write('stranger', stranger.checkpoint)
    expect(await verify(['log', '--key', key, '--against', 'stranger'])).toMatchObject({
      code: 2,
      err: '--against stranger: it is not signed with the key\n',
    })
    expect(await verify(['log', '--key', verifierKey('w', 'cosignature', log.privateKey).text])).toMatchObject({
      code: 2,
    })
  })

  test('--against evidence, or a credential for a folder', async () => {
    await write('evidence.json', '{}')
    await write('old', log.checkpoint)
    expect((await verify(['evidence.json', '--against', 'old'])).code).toBe(2)
    expect((await verify(['log', '--credential-stdin'], 'a:b')).code).toBe(2)
    expect((await verify(['log', '--save', 'copy'])).code).toBe(2)
  })
})
