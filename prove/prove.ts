import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Api } from '@/e2e/api'
import { keepCheckpoints, verifyLog } from './checkpoints'
import { Client } from './client'
import { type Database, type Fleet, startFleet } from './fleet'
import { type Violation, judge } from './judge'
import { type Life, live, readAll } from './life'
import { Random } from './random'
import { readWholeLog } from './read-log'
import { type Injected, makeTrouble } from './trouble'

/** What a run does. */
export interface ProveOptions {
  readonly operations: number
  readonly seed: number
  /** How many clients there are at once, about. */
  readonly clients: number
  /** How many servers there are on PostgreSQL. */
  readonly servers: number
  /** The folder of another build; undefined: this one. */
  readonly root?: string | undefined
}

/** What came of a run. */
export interface Proof {
  readonly database: Database
  readonly servers: string
  /** How often each kind of request got each answer. */
  readonly counts: ReadonlyMap<string, ReadonlyMap<string, number>>
  readonly operations: number
  readonly unclear: number
  readonly repositories: number
  readonly leaves: number
  readonly checkpoints: number
  readonly injected: Injected
  readonly lost: Client['lost']
  /** How long clients made requests, in seconds. */
  readonly seconds: number
  readonly violations: readonly Violation[]
  /** A folder with the histories of the repositories with violations; null without any. */
  readonly kept: string | null
}

/** As many clients use one repository. */
const clientsOfRepository = 4

/**
 * Runs servers over one database, has clients use them while servers are killed and paused, and compares what the
 * clients saw and what the log tells with the rule.
 */
export async function prove(database: Database, options: ProveOptions, say: (line: string) => void): Promise<Proof> {
  const fleet = await startFleet(database, { count: options.servers, root: options.root })
  const folder = await mkdtemp(join(tmpdir(), 'stele-proof-'))
  const client = new Client(fleet.members.map(({ info }) => info))
  try {
    const proof = await observe(fleet, client, { ...options, database, folder }, say)
    if (proof.kept === null) await rm(folder, { recursive: true })
    return proof
  } finally {
    client.close()
    await fleet.stop()
  }
}

async function observe(
  fleet: Fleet,
  client: Client,
  { database, folder, operations: wanted, seed, clients }: ProveOptions & { database: Database; folder: string },
  say: (line: string) => void,
): Promise<Proof> {
  const { admin } = fleet.members[0].info
  const random = new Random(seed, 0, 0)
  const { id: instanceId } = await new Api(fleet.members[0].info).defaultInstance()
  const over = new AbortController()
  let count = 0
  const setting = {
    ...{ client, admin, instanceId, seed },
    count: () => {
      count += 1
    },
    isOver: () => count >= wanted,
  }
  const start = performance.now()

  const progress = setInterval(() => {
    const perSecond = Math.round((1_000 * count) / (performance.now() - start))
    say(`${database}: ${count.toLocaleString('en')} operations, ${perSecond} each second`)
  }, 10_000)
  const lives: Life[] = []
  let number = 0
  const useRepositories = async () => {
    while (count < wanted) {
      const life = await live(setting, ++number)
      lives.push(life)
    }
  }
  const checkpoints = keepCheckpoints(client, new Random(seed, 0, 1), instanceId, over.signal)
  const trouble = makeTrouble(fleet, { operations: wanted, seed }, () => count, over.signal)
  const work = Promise.all(
    Array.from({ length: Math.max(1, Math.round(clients / clientsOfRepository)) }, useRepositories),
  )
  try {
    // What fails first ends the run.
    await Promise.race([work, Promise.all([trouble, checkpoints]).then(() => work)])
  } finally {
    clearInterval(progress)
    over.abort()
  }
  const seconds = (performance.now() - start) / 1_000
  const injected = await trouble
  const { kept: heads, violations: wentBack } = await checkpoints

  say(`${database}: ${seconds.toFixed(0)} s; reading the end and the log`)
  await readWholeLog(client, random, instanceId, 'proof-end')
  const unread = [...lives]
  const readNext = async () => {
    for (let life = unread.pop(); life !== undefined; life = unread.pop()) await readAll(life, random)
  }
  await Promise.all(Array.from({ length: clientsOfRepository }, readNext))
  const { head, repositories: log } = await readWholeLog(client, random, instanceId, 'proof-last')
  const told = lives.map((life) => judge(life, log.get(life.path)))
  const verified = await verifyLog(fleet.members[0].info, head, heads, folder)
  const wrong = told.filter((violation) => violation !== null)
  await Promise.all(
    lives
      .filter((_, index) => told[index] !== null)
      .map(({ path, policy, operations }) => {
        const content = { policy, operations, leaves: log.get(path)?.leaves ?? [] }
        return writeFile(join(folder, `${path.replace('/', '-')}.json`), JSON.stringify(content, null, 1))
      }),
  )
  const all = lives.flatMap(({ operations }) => operations)
  const paths = new Set(lives.map(({ path }) => path))
  const strange = [...log]
    .filter(([path, { leaves }]) => !paths.has(path) && leaves.length > 0)
    .map(([where, { leaves }]) => ({ kind: 'log', where, what: `nobody did this: ${leaves[0]?.text}` }) as const)
  const violations = [...wrong, ...strange, ...wentBack, ...verified]
  return {
    ...{ database, servers: fleet.description, seconds, injected, violations, lost: client.lost },
    counts: countAnswers(lives),
    operations: all.length,
    unclear: all.filter(({ answer }) => answer === null).length,
    repositories: lives.length,
    leaves: head.size,
    checkpoints: heads.length,
    kept: violations.length > 0 ? folder : null,
  }
}

function countAnswers(lives: readonly Life[]): Map<string, Map<string, number>> {
  const counts = new Map<string, Map<string, number>>()
  for (const { request, answer } of lives.flatMap(({ operations }) => operations)) {
    const isRead = request.kind.startsWith('read') || request.kind.startsWith('list')
    const word = answer === null ? 'no answer' : isRead ? 'read' : answer.startsWith('done,') ? 'done, warned' : answer
    const own = counts.get(request.kind) ?? new Map<string, number>()
    counts.set(request.kind, own.set(word, (own.get(word) ?? 0) + 1))
  }
  return counts
}
