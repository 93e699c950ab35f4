import { sweep } from '@/scripts/lib/sweep.mjs'
import { Api, basic } from '../api'
import { digestOf } from '../digest'
import { expect, test, uniqueName } from '../fixtures'
import type { Postgresql } from '../postgresql'
import type { S3 } from '../s3'
import { type ServerInfo, type StartedServer, startServer } from '../server'
import { HeadStart } from './head-start'
import { send } from './http'
import { type Operation, isLinearizable } from './linearizability'

/*
 * The rule under any interleaving (docs/immutability.md, part 4): many pushes at once, and settings that change
 * meanwhile, against the real server, or three of them. What is checked is the history as its clients saw it.
 */

/** How many bursts of pushes there are, and how many histories of many callers. */
const bursts = sweep(60, 200)
const histories = sweep(12, 30)

/** What is raced against. */
const deployments = [
  { name: 'SQLite', start: async () => [await startServer()] },
  {
    name: 'PostgreSQL',
    start: async (postgresql: Postgresql) => [await startServer(await postgresql.startOptions('postgresql'))],
  },
  {
    name: 'three servers over one PostgreSQL database and one S3 store',
    start: async (postgresql: Postgresql, s3: S3) => {
      const { env } = await s3.createBucket()
      const options = { ...(await postgresql.startOptions('postgresql')), env }
      const first = await startServer(options)
      const others = { ...options, dataDir: first.dataDir }
      return [first, await startServer(others), await startServer(others)]
    },
  },
]

/** Whoever asks next asks the next server. */
class Turns<T> {
  #turn = 0

  constructor(private readonly all: readonly [T, ...T[]]) {}

  next(): T {
    return this.all[this.#turn++ % this.all.length] ?? this.all[0]
  }
}

const manifestType = 'application/vnd.oci.image.manifest.v1+json'
const config = Buffer.from('{}')

/** How long a pusher uses its tokens, in milliseconds: less than they live. */
const tokenMs = 60_000

/** Pushes manifests of one repository that share their only blob, so that a push is one request. */
class Pusher {
  #tokens: Promise<string> | null = null
  #tokensAt = 0
  #request = 0

  constructor(
    private readonly servers: Turns<ServerInfo>,
    private readonly path: string,
  ) {}

  /** Must come before any push. */
  async prepare(): Promise<void> {
    const response = await this.#send('POST', `blobs/uploads/?digest=${digestOf(config)}`, config)
    expect(response.status).toBe(201)
  }

  /** Pushes the manifest that says `content`; answers the status and its digest. */
  async push(tag: string, content: string): Promise<{ status: number; digest: string }> {
    const manifest = manifestThatSays(content)
    const response = await this.#send('PUT', `manifests/${tag}`, manifest)
    await response.arrayBuffer()
    return { status: response.status, digest: digestOf(manifest) }
  }

  /** Pushes the manifest that says `content` under several tags in one request. */
  async pushTags(tags: readonly string[], content: string): Promise<{ status: number; digest: string }> {
    const manifest = manifestThatSays(content)
    const digest = digestOf(manifest)
    const query = tags.map((tag) => `tag=${tag}`).join('&')
    const response = await this.#send('PUT', `manifests/${digest}?${query}`, manifest)
    await response.arrayBuffer()
    return { status: response.status, digest }
  }

  /**
   * Pushes like `push`, but runs `meanwhile` when the server has the request's head and half of its body: whatever it
   * looks up before the body is there is old by then.
   */
  async pushAround(
    tag: string,
    content: string,
    meanwhile: () => Promise<unknown>,
  ): Promise<{ status: number; digest: string }> {
    const manifest = manifestThatSays(content)
    async function* inHalves() {
      yield manifest.subarray(0, 100)
      await meanwhile()
      yield manifest.subarray(100)
    }
    const server = this.servers.next()
    const authorization = await this.#authorization(server)
    const { status } = await send(server, 'PUT', `/v2/${this.path}/manifests/${tag}`, {
      headers: { authorization, 'content-type': manifestType, 'content-length': manifest.length },
      body: inHalves(),
    })
    return { status, digest: digestOf(manifest) }
  }

  /** The digest of the tag, by what a pull would get; null for none. */
  async read(tag: string): Promise<string | null> {
    const response = await this.#send('GET', `manifests/${tag}`)
    const body = Buffer.from(await response.arrayBuffer())
    return response.status === 200 ? digestOf(body) : null
  }

  async #send(method: string, rest: string, body?: Buffer): Promise<Response> {
    const server = this.servers.next()
    return fetch(`${server.url}/v2/${this.path}/${rest}`, {
      method,
      headers: {
        authorization: await this.#authorization(server),
        ...(body === undefined ? {} : { 'content-type': manifestType }),
      },
      ...(body === undefined ? {} : { body: new Uint8Array(body) }),
    })
  }

  /**
   * Mostly a token, which any process of a server judges by itself; each fourth time the password, which only the main one
   * does. There may be three servers, so the turn is another one after each.
   */
  async #authorization({ url, admin }: ServerInfo): Promise<string> {
    const password = basic(admin.name, admin.password)
    if (this.#request++ % 4 === 0) return password
    if (performance.now() - this.#tokensAt > tokenMs) this.#tokens = null
    this.#tokensAt = this.#tokens === null ? performance.now() : this.#tokensAt
    this.#tokens ??= fetch(`${url}/v2/token?scope=repository:${this.path}:pull,push`, {
      headers: { authorization: password },
    }).then(async (response) => `Bearer ${((await response.json()) as { token: string }).token}`)
    return this.#tokens
  }
}

function manifestThatSays(content: string): Buffer {
  return Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: manifestType,
      config: { mediaType: 'application/vnd.oci.empty.v1+json', digest: digestOf(config), size: config.length },
      layers: [],
      annotations: { content },
    }),
  )
}

async function repositoryFor(servers: Turns<ServerInfo>, tagImmutability: boolean) {
  const repository = await new Api(servers.next()).createRepository({ name: uniqueName('race'), tagImmutability })
  const pusher = new Pusher(servers, `${repository.namespace}/${repository.name}`)
  await pusher.prepare()
  return { repository, pusher }
}

async function change(servers: Turns<ServerInfo>, id: string, body: object): Promise<void> {
  const response = await new Api(servers.next()).request('PATCH', `/repositories/${id}`, body)
  await response.arrayBuffer()
  expect(response.status).toBe(200)
}

function setImmutable(servers: Turns<ServerInfo>, id: string, tagImmutability: boolean): Promise<void> {
  return change(servers, id, { tagImmutability })
}

/** Freezes or frees the tag `raced` and no other: by the exempt tags of a policy that is in force all the while. */
function setExempt(servers: Turns<ServerInfo>, id: string, isFrozen: boolean): Promise<void> {
  return change(servers, id, { immutability: { mode: 'enforce', exemptTags: isFrozen ? ['race', 'r?d'] : ['r?c*'] } })
}

for (const { name, start } of deployments) {
  test.describe(name, () => {
    // In one worker, whose servers they share.
    test.describe.configure({ mode: 'default' })

    let started: StartedServer[]
    let servers: Turns<ServerInfo>

    test.beforeAll(async ({ postgresql, s3 }) => {
      started = await start(postgresql, s3)
      servers = new Turns(started as [StartedServer, ...StartedServer[]])
    })
    test.afterAll(async () => {
      const [first, ...others] = started
      // The first one's end removes the folder that they share.
      for (const other of others) await other.kill()
      await first?.stop()
    })

    test(`of sixteen first pushes at once to a new tag exactly one wins, ${bursts} times`, async () => {
      test.setTimeout(240_000)
      const { pusher } = await repositoryFor(servers, true)
      const winnersAt = new Set<number>()
      for (let round = 0; round < bursts; round++) {
        const tag = `round-${round}`
        const pushes = await Promise.all(
          Array.from({ length: 16 }, (_, index) => pusher.push(tag, `${round}/${index}`)),
        )
        const winners = pushes.filter(({ status }) => status === 201)
        expect(winners, `winners of ${tag}`).toHaveLength(1)
        expect(pushes.filter(({ status }) => status === 409)).toHaveLength(15)
        expect(await pusher.read(tag)).toBe(winners[0]?.digest)
        winnersAt.add(pushes.findIndex(({ status }) => status === 201))
      }
      test.info().annotations.push({ type: 'winners', description: [...winnersAt].join(' ') })
      // If the one that was sent first always won, nothing was raced.
      expect(winnersAt.size).toBeGreaterThan(1)
    })

    test('sixteen pushes of one digest at once all succeed', async () => {
      const { pusher } = await repositoryFor(servers, true)
      const pushes = await Promise.all(Array.from({ length: 16 }, () => pusher.push('same', 'same')))
      expect(pushes.map(({ status }) => status)).toEqual(Array(16).fill(201))
    })

    test('a push under way is judged by the setting that was acknowledged meanwhile, whichever it is', async () => {
      const { pusher, repository } = await repositoryFor(servers, false)
      const { digest: first } = await pusher.push('v1', 'first')
      for (let round = 0; round < 10; round++) {
        await setImmutable(servers, repository.id, false)
        const refused = await pusher.pushAround('v1', 'second', () => setImmutable(servers, repository.id, true))
        expect(refused.status).toBe(409)
        expect(await pusher.read('v1')).toBe(first)
      }
      const accepted = await pusher.pushAround('v1', 'second', () => setImmutable(servers, repository.id, false))
      expect(accepted.status).toBe(201)
      expect(await pusher.read('v1')).not.toBe(first)
    })

    for (const { what, freeze } of [
      { what: 'settings', freeze: setImmutable },
      { what: 'exempt tags', freeze: setExempt },
    ]) {
      test(`no interleaving of pushes, reads and ${what} breaks the rule`, async () => {
        test.setTimeout(240_000)
        const counts = { accepted: 0, refused: 0, reads: 0, settings: 0 }
        for (let round = 0; round < histories; round++) {
          const history = await race(servers, round, freeze)
          for (const operation of history) {
            if (operation.kind === 'push') counts[operation.accepted ? 'accepted' : 'refused']++
            else counts[operation.kind === 'read' ? 'reads' : 'settings']++
          }
          expect(isLinearizable(history), `round ${round}: ${JSON.stringify(history)}`).toBe(true)
        }
        test.info().annotations.push({ type: 'operations', description: JSON.stringify(counts) })
        // Both answers must have been seen, or nothing was raced.
        expect(counts.accepted).toBeGreaterThan(histories)
        expect(counts.refused).toBeGreaterThan(histories)
      })
    }

    test(`a push of several tags moves all of them or none while the exempt tags change, ${bursts} times`, async () => {
      test.setTimeout(240_000)
      const { pusher, repository } = await repositoryFor(servers, true)
      const tags = ['many-a', 'many-b', 'many-c']
      const exempt = (exemptTags: readonly string[]) =>
        change(servers, repository.id, { immutability: { mode: 'enforce', exemptTags } })
      let digest = (await pusher.pushTags(tags, 'first')).digest
      let moved = 0
      const start = new HeadStart()
      for (let round = 0; round < bursts; round++) {
        await exempt(['many-*'])
        const [pushed] = await start.race(
          () => pusher.pushTags(tags, `round ${round}`),
          () => exempt(['many-a', 'many-c']),
        )
        expect([201, 409]).toContain(pushed.status)
        if (pushed.status === 201) {
          digest = pushed.digest
          moved++
        }
        start.note(pushed.status === 201 ? 'first' : 'second')
        expect(await Promise.all(tags.map((tag) => pusher.read(tag)))).toEqual(tags.map(() => digest))
      }
      test.info().annotations.push({ type: 'moved', description: `${moved} of ${bursts}` })
      // Both outcomes must have been seen, or nothing was raced.
      expect(moved).toBeGreaterThan(bursts / 40)
      expect(moved).toBeLessThan(bursts - bursts / 40)
    })
  })
}

/** One tag, six pushers, two readers, and somebody who freezes and frees the tag all the while. */
async function race(servers: Turns<ServerInfo>, round: number, freeze: typeof setImmutable): Promise<Operation[]> {
  const { pusher, repository } = await repositoryFor(servers, false)
  const history: Operation[] = []
  const aWhile = () => sequence(3, () => pusher.read('other'))
  const pushers = Array.from({ length: 6 }, (_, person) =>
    sequence(5, async (index) => {
      const start = performance.now()
      const content = `${round}/${person}/${index}`
      // Every other one is slow with its body: the longer a push takes, the more can happen between its moments.
      const pushed = person % 2 === 0 ? pusher.push('raced', content) : pusher.pushAround('raced', content, aWhile)
      const { status, digest } = await pushed
      expect([201, 409]).toContain(status)
      history.push({ kind: 'push', start, end: performance.now(), digest, accepted: status === 201 })
    }),
  )
  const readers = Array.from({ length: 2 }, () =>
    sequence(8, async () => {
      const start = performance.now()
      const digest = await pusher.read('raced')
      history.push({ kind: 'read', start, end: performance.now(), digest })
    }),
  )
  const settings = sequence(6, async (index) => {
    const immutable = index % 2 === 0
    const start = performance.now()
    await freeze(servers, repository.id, immutable)
    history.push({ kind: 'set', start, end: performance.now(), immutable })
  })
  await Promise.all([...pushers, ...readers, settings])
  return history
}

async function sequence(count: number, work: (index: number) => Promise<unknown>): Promise<void> {
  for (let index = 0; index < count; index++) await work(index)
}

test.describe('the checker itself finds', () => {
  const at = (start: number, end: number) => ({ start, end })
  const broken: Record<string, Operation[]> = {
    'a tag that moved after Immutable was acknowledged': [
      { kind: 'push', digest: 'a', accepted: true, ...at(0, 1) },
      { kind: 'set', immutable: true, ...at(2, 3) },
      { kind: 'push', digest: 'b', accepted: true, ...at(4, 5) },
    ],
    'two winners': [
      { kind: 'set', immutable: true, ...at(0, 1) },
      { kind: 'push', digest: 'a', accepted: true, ...at(2, 5) },
      { kind: 'push', digest: 'b', accepted: true, ...at(2, 5) },
    ],
    'a refusal while the repository was mutable': [
      { kind: 'push', digest: 'a', accepted: true, ...at(0, 1) },
      { kind: 'push', digest: 'b', accepted: false, ...at(2, 3) },
    ],
    'a read of what was refused': [
      { kind: 'set', immutable: true, ...at(0, 1) },
      { kind: 'push', digest: 'a', accepted: true, ...at(2, 3) },
      { kind: 'push', digest: 'b', accepted: false, ...at(4, 5) },
      { kind: 'read', digest: 'b', ...at(6, 7) },
    ],
    'a read of what was there before': [
      { kind: 'push', digest: 'a', accepted: true, ...at(0, 1) },
      { kind: 'push', digest: 'b', accepted: true, ...at(2, 3) },
      { kind: 'read', digest: 'a', ...at(4, 5) },
    ],
  }
  for (const [name, history] of Object.entries(broken)) {
    test(name, () => expect(isLinearizable(history)).toBe(false))
  }

  test('nothing in what may happen', () => {
    const history: Operation[] = [
      { kind: 'push', digest: 'a', accepted: true, ...at(0, 1) },
      { kind: 'set', immutable: true, ...at(2, 9) },
      { kind: 'push', digest: 'b', accepted: true, ...at(3, 8) },
      { kind: 'push', digest: 'c', accepted: false, ...at(3, 8) },
      { kind: 'read', digest: 'a', ...at(4, 5) },
      { kind: 'read', digest: 'b', ...at(10, 11) },
    ]
    expect(isLinearizable(history)).toBe(true)
  })
})
