import type { ServerInfo } from '@/e2e/server'
import { digestOf } from '@/e2e/digest'
import type { Operation, Policy, Request } from './checker/history'
import { choosePolicy, chooseRequest, tags } from './choose-request'
import { type Client, json } from './client'
import { blob } from './contents'
import { Repository } from './perform'
import { Random } from './random'

/** How many clients a repository has, and how many requests they make in all: a search through all orders must end. */
const clientsOfRepository = 4
const operationsOfRepository = 240

/** With so many operations that nobody knows the end of, a repository is left: each doubles the orders. */
const unclearMax = 8

/** What clients saw of one repository. */
export interface Life {
  /** `<namespace>/<name>` */
  readonly path: string
  readonly policy: Policy
  readonly operations: Operation[]
  readonly repository: Repository
  /** Called after each operation that says something. */
  readonly count: () => void
}

/** What all repositories of a run have in common. */
export interface Setting {
  readonly client: Client
  readonly admin: ServerInfo['admin']
  readonly instanceId: string
  readonly seed: number
  readonly count: () => void
  /** Whether there were enough operations. */
  readonly isOver: () => boolean
}

/** Makes the repository of this number and has clients use it, until each has made its requests. */
export async function live(setting: Setting, number: number): Promise<Life> {
  const life = await begin(setting, number)
  const openings: string[] = []
  const perClient = operationsOfRepository / clientsOfRepository
  await Promise.all(
    Array.from({ length: clientsOfRepository }, async (_, client) => {
      // Which server gets a request depends on which ones run; what is requested must not.
      const [choices, routes] = [
        new Random(setting.seed, number, client + 1),
        new Random(setting.seed, number, -client - 1),
      ]
      for (let n = 0; n < perClient && unclearOf(life) <= unclearMax && !setting.isOver(); n++) {
        const request = chooseRequest(choices, openings, `${client}/${n}`)
        // Nothing can be said of an opening whose id nobody knows.
        const isKnown = request.kind !== 'close' || life.repository.hasOpened(request.opening)
        await observe(life, routes, isKnown ? request : { kind: 'read', tag: tags[0] })
        if (request.kind === 'open' && life.repository.hasOpened(request.opening)) openings.unshift(request.opening)
      }
    }),
  )
  return life
}

/** Reads all that can be read of a repository, until everything is answered. */
export async function readAll(life: Life, random: Random): Promise<void> {
  const reads: Request[] = [
    { kind: 'list' },
    { kind: 'readPolicy' },
    { kind: 'listReserved' },
    ...tags.map((tag) => ({ kind: 'read', tag }) as const),
  ]
  for (const request of reads) while (!(await observe(life, random, request))) continue
}

/** Makes a request and notes what was seen; returns false when nobody knows its end. */
async function observe(life: Life, random: Random, request: Request): Promise<boolean> {
  const start = performance.now()
  const answer = await life.repository.perform(random, request)
  // A read that was not answered says nothing.
  const isNothing = answer === null && (request.kind.startsWith('read') || request.kind.startsWith('list'))
  if (!isNothing) {
    life.operations.push({ request, start, end: performance.now(), answer })
    life.count()
  }
  return answer !== null
}

function unclearOf({ operations }: Life): number {
  return operations.filter(({ answer }) => answer === null).length
}

/** Makes the repository with its blob; one that was perhaps made is left, and another one made. */
async function begin({ client, admin, instanceId, seed, count }: Setting, number: number): Promise<Life> {
  const policy = choosePolicy(new Random(seed, number))
  const random = new Random(seed, number, 0)
  for (let attempt = 0; ; attempt++) {
    const name = `proof-${number}${attempt === 0 ? '' : `-${attempt}`}`
    const body = json({ namespace: 'test', name, immutability: policy })
    const made = await client.send(random, 'POST', `/api/v1/instances/${instanceId}/repositories`, body)
    if (made === null || made.status > 500) continue
    if (made.status !== 201) throw new Error(`no repository can be made: ${made.status} ${made.body.toString()}`)
    const { id } = JSON.parse(made.body.toString()) as { id: string }
    const repository = new Repository(client, { id, path: `test/${name}` }, admin)
    await repository.pushBlob(random, digestOf(blob), blob)
    return { path: `test/${name}`, policy, operations: [], repository, count }
  }
}
