import { randomInt } from 'node:crypto'
import { connect } from 'node:net'
import { expect, test } from 'vitest'
import { Attempts } from '@/lib/auth/guessing/attempts'
import { ensureFirstAdministrator } from '@/lib/auth/first-administrator'
import { ensureExample } from '@/lib/registry/instances/ensure-example'
import { type AcrDoor, addAccessKey, openAcrDoor } from '@/lib/testing/acr-door'
import { type AcrKey, type AcrRequest, signRequest } from '@/lib/testing/acr-signer'
import { administratorPassword, openTestContext } from '@/lib/testing/test-context'
import { sweep } from '@/scripts/lib/sweep.mjs'
import { actions } from './actions'

/*
 * Generated requests at the door, over a real server: signed ones with any values of any parameters of all actions,
 * signed ones that were changed, and what is no request at all.
 */

/** A normal run sends fewer. */
const count = sweep(4_000, 20_000)
/** Put the one of a failure here to repeat it. */
const seed = randomInt(1_000_000)
const atOnce = 24

/** A generator of random numbers with a seed (mulberry32), so that a failure can be repeated. */
class Random {
  #state: number

  constructor(start: number) {
    this.#state = start
  }

  /** From 0 to `end`, without it. */
  below(end: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 4_294_967_296) * end)
  }

  chance(percent: number): boolean {
    return this.below(100) < percent
  }

  of<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T
  }

  bytes(max: number): Buffer {
    return Buffer.from(Array.from({ length: this.below(max) }, () => this.below(256)))
  }
}

const strange = [
  ...['', ' ', '0', '-1', '1', '30', '101', '1e9', '99999999999', 'NaN', 'true', 'True', 'false', 'null', 'undefined'],
  ...[
    '{}',
    '[]',
    '{"TagImmutability":true}',
    '{"__proto__":{"x":1}}',
    '[[[[[[',
    '"',
    "'",
    "' OR 1=1 --",
    '$1',
    '${x}',
    '%s',
  ],
  ...[
    '../..',
    '/',
    '//',
    'a/b/c',
    'test/example',
    '.',
    '..',
    'CON',
    '__proto__',
    'constructor',
    'toString',
    'a'.repeat(300),
  ],
  ...[
    'ü',
    '中文',
    '👩‍👩‍👧',
    '\u202eabc',
    '\u0000',
    '\u0001',
    '\n',
    '\t',
    '\u2028',
    '\ufeff',
    '\ufffd',
    'a\u0301',
    'İ',
    'ß',
  ],
  ...[
    'PUBLIC',
    'PRIVATE',
    'NORMAL',
    'ALL',
    'latest',
    'v1',
    'sha256:' + 'a'.repeat(64),
    'cri-',
    'crr-0000000000000000',
    '*',
    '(',
    '[a-z',
  ],
]

test(`no generated request makes the server fail (seed ${seed})`, { timeout: 600_000 }, async () => {
  const { ctx, close } = await openTestContext({}, { attempts: new Attempts(limitsOff(), 100) })
  await ensureFirstAdministrator(ctx, { password: administratorPassword, accessKey: null })
  await ensureExample(ctx)
  const key = await addAccessKey(ctx, 'admin')
  const door = await openAcrDoor(ctx, { requestsPerMinute: 10 * count })
  const known = await namesIn(door)
  const random = new Random(seed)
  const tally = new Map<string, number>()
  let sent = 0
  try {
    const worker = async () => {
      while (sent++ < count) {
        const made = makeRequest(random, key, known)
        const answer = await exchange(door.port, made)
        const status = /^HTTP\/1\.1 (?:100 Continue\r\n\r\nHTTP\/1\.1 )?(\d+)/.exec(answer)?.[1] ?? 'closed'
        const outcome = `${made.kind} ${status}`
        tally.set(outcome, (tally.get(outcome) ?? 0) + 1)
        const isRight = !status.startsWith('5') && (status !== '200' || made.maySucceed)
        if (!isRight) throw new Error(`${outcome}\n${made.bytes.toString('latin1')}\n---\n${answer}`)
      }
    }
    await Promise.all(Array.from({ length: atOnce }, worker))
    // It tests something: each kind was answered, and the signed ones got in.
    expect(tally.get('signed 200')).toBeGreaterThan(count / 100)
    expect(tally.get('changed 400')).toBeGreaterThan(count / 50)
    expect((await door.call(key, 'GetInstanceCount')).json).toMatchObject({ Count: 1, Code: 'success' })
  } finally {
    door.close()
    await close()
  }
})

function limitsOff() {
  const many = { failures: 10_000_000, windowSeconds: 900 }
  return { pair: many, account: many, address: many, loopback: many }
}

/** What exists, by the parameter that names it, so that many requests are about something. */
async function namesIn({ ctx }: AcrDoor): Promise<Record<string, string>> {
  const { id } = await ctx.db.prisma.instance.findFirstOrThrow()
  const repository = await ctx.db.prisma.repository.findFirstOrThrow()
  const namespace = await ctx.db.prisma.namespace.findFirstOrThrow()
  return {
    InstanceId: id,
    RepoId: repository.id,
    NamespaceId: namespace.id,
    NamespaceName: 'test',
    RepoNamespaceName: 'test',
    RepoName: 'example',
    Tag: 'latest',
  }
}

interface Made {
  readonly kind: 'signed' | 'changed' | 'forged' | 'noise'
  readonly bytes: Buffer
  readonly maySucceed: boolean
}

function makeRequest(random: Random, key: AcrKey, known: Readonly<Record<string, string>>): Made {
  const kind = random.of(['signed', 'signed', 'signed', 'changed', 'changed', 'forged', 'noise'] as const)
  if (kind === 'noise') return { kind, bytes: makeNoise(random), maySucceed: false }
  const signer = kind === 'forged' ? { id: random.of([key.id, 'NOBODY', random.of(strange)]), secret: 'x' } : key
  const request = makeSigned(random, signer, known)
  if (kind !== 'changed') return { kind, bytes: toBytes(request), maySucceed: kind === 'signed' }
  // Headers that nobody signs may change, and so may the spelling of a parameter.
  return { kind, bytes: change(random, toBytes(request)), maySucceed: true }
}

function makeSigned(random: Random, key: AcrKey, known: Readonly<Record<string, string>>): AcrRequest {
  const name = random.chance(90) ? random.of(Object.keys(actions)) : random.of(strange)
  const fields = Object.keys(actions[name]?.input.shape ?? {})
  const parameters: Record<string, string> = {}
  for (const field of fields) if (random.chance(70)) parameters[field] = makeValue(random, known, field)
  while (random.chance(20)) parameters[random.of(strange)] = makeValue(random, known, '')
  const scheme = random.of(['V1', 'V3'] as const)
  const at = random.chance(90) ? new Date() : new Date(Date.now() + (random.below(4000) - 2000) * 1000)
  return signRequest(key, scheme === 'V3' ? name.replace(/[^!-~]/g, '') : name, parameters, {
    ...{ scheme, at, host: 'localhost' },
    method: random.chance(80) ? 'POST' : 'GET',
    inBody: random.chance(30),
    ...(random.chance(5) && { nonce: 'the same' }),
    ...(random.chance(5) && { version: random.of(['2016-06-07', 'x', '']) }),
  })
}

function makeValue(random: Random, known: Readonly<Record<string, string>>, field: string): string {
  if (random.chance(60)) return known[field] ?? random.of(Object.values(known))
  if (random.chance(80)) return random.of(strange)
  return random.bytes(40).toString('utf8')
}

function toBytes({ method, path, headers, body }: AcrRequest): Buffer {
  const lines = Object.entries({ ...headers, connection: 'close', 'content-length': String(Buffer.byteLength(body)) })
  const head = [`${method} ${path} HTTP/1.1`, ...lines.map(([name, value]) => `${name}: ${value}`)]
  return Buffer.from([...head, '', body].join('\r\n'))
}

/** The bytes with a few of them replaced, removed, doubled or added. */
function change(random: Random, bytes: Buffer): Buffer {
  let changed = bytes
  do {
    const at = random.below(changed.length)
    const end = Math.min(changed.length, at + random.below(8))
    const part = changed.subarray(at, end)
    const put = random.of([
      random.bytes(4),
      Buffer.concat([part, part]),
      Buffer.alloc(0),
      Buffer.from(random.of(strange)),
    ])
    changed = Buffer.concat([changed.subarray(0, at), put, changed.subarray(end)])
  } while (random.chance(40))
  return changed
}

/** A request of `/` with any method, parameters and headers, or any bytes. */
function makeNoise(random: Random): Buffer {
  if (random.chance(20)) return random.bytes(500)
  const pair = () =>
    `${random.of(['Action', 'Signature', 'AccessKeyId', 'x', '%', '=', '&&', '%ff', '+'])}=${encodeLoosely(random)}`
  const query = Array.from({ length: random.below(random.chance(5) ? 300 : 6) }, pair).join('&')
  const header = () => {
    const name = random.of([
      'Authorization',
      'x-acs-action',
      'x-acs-date',
      'Content-Type',
      'Host',
      'Expect',
      'Transfer-Encoding',
      'x-acs-content-sha256',
    ])
    const value = random.of([
      'ACS3-HMAC-SHA256 Credential=a,SignedHeaders=,Signature=',
      'ACS3-',
      'Basic eDp5',
      '100-continue',
      'chunked',
      'application/x-www-form-urlencoded',
      'x',
    ])
    return `${name}: ${value}`
  }
  const body = random.chance(50) ? random.bytes(200).toString('latin1') : query
  const lines = [
    `${random.of(['GET', 'POST', 'POST', 'PUT', 'HEAD', 'PATCH', 'TRACE', 'PROPFIND'])} ${random.of(['/?', '/?', '/', 'http://x/?', '*'])}${query} HTTP/1.${random.of([0, 1, 1, 1])}`,
    ...Array.from({ length: random.below(6) }, header),
    ...[
      'Host: localhost',
      'Connection: close',
      `Content-Length: ${random.chance(80) ? body.length : random.below(300)}`,
    ],
  ]
  return Buffer.from([...lines, '', body].join('\r\n'), 'latin1')
}

function encodeLoosely(random: Random): string {
  const text = random.of(strange)
  return random.chance(50)
    ? encodeURIComponent(text)
    : Buffer.from(text)
        .toString('latin1')
        .replace(/[\r\n]/g, '')
}

/** How long a request that may announce a longer body waits before its connection is ended, in milliseconds. */
const patienceMs = 500

/** Sends a request and returns all that comes. */
function exchange(port: number, { kind, bytes }: Made): Promise<string> {
  const isWhole = kind === 'signed' || kind === 'forged'
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' }, () => socket.write(bytes))
    let received = ''
    const timer = isWhole ? undefined : setTimeout(() => socket.end(), patienceMs)
    socket.setEncoding('latin1').on('data', (part: string) => (received += part))
    socket
      .on('error', () => socket.destroy())
      .once('close', () => {
        clearTimeout(timer)
        resolve(received)
      })
  })
}
