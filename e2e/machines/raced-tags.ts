import { randomInt } from 'node:crypto'
import { digestOf } from '../digest'
import { uniqueName } from '../unique-name'
import { type Client, isUnclear } from './client'
import type { Operation } from './history'

const manifestType = 'application/vnd.oci.image.manifest.v1+json'
const config = Buffer.from('{}')

/** What one tag has seen. */
export interface RacedTag {
  readonly path: string
  readonly history: readonly Operation[]
}

/** How many operations of each kind race for one tag. */
const perPusher = 6
const perReader = 10
const toggles = 5
const deletions = 3

/**
 * Makes a repository and has people race for one of its tags: three push, two read, one deletes, one freezes and frees
 * it. Resolves with what they were told; null when the repository could not be made now. Throws on an answer that no
 * order of operations can explain.
 */
export async function raceForTag(client: Client, instanceId: string): Promise<RacedTag | null> {
  const name = uniqueName('raced')
  const path = `test/${name}`
  const made = await client.send(
    'POST',
    `/api/v1/instances/${instanceId}/repositories`,
    json({ namespace: 'test', name }),
  )
  if (made?.status !== 201) return null
  const { id } = JSON.parse(made.body.toString()) as { id: string }
  const blob = await client.send('POST', `/v2/${path}/blobs/uploads/?digest=${digestOf(config)}`, { body: config })
  if (blob?.status !== 201) return null

  const history: Operation[] = []
  const timed = async (work: () => Promise<OperationSeen | null>) => {
    const start = performance.now()
    const seen = await work()
    if (seen !== null) history.push({ ...seen, start, end: performance.now() })
  }
  const tag = `/v2/${path}/manifests/raced`
  const push = (content: string) => async (): Promise<OperationSeen> => {
    const manifest = manifestThatSays(content)
    const answer = await client.send('PUT', tag, { headers: { 'content-type': manifestType }, body: manifest })
    const digest = digestOf(manifest)
    if (isUnclear(answer)) return { kind: 'push', digest, outcome: 'unknown' }
    return { kind: 'push', digest, outcome: outcomeOf(answer?.status, { 201: 'done', 409: 'refused' }) }
  }
  const read = async (): Promise<OperationSeen | null> => {
    const answer = await client.send('GET', tag)
    if (answer === null || isUnclear(answer)) return null
    if (answer.status === 404) return { kind: 'read', digest: null }
    if (answer.status !== 200) throw new Error(`GET ${tag}: ${answer.status}`)
    const digest = digestOf(answer.body)
    if (answer.headers['docker-content-digest'] !== digest) throw new Error(`GET ${tag}: other bytes than it says`)
    return { kind: 'read', digest }
  }
  const remove = async (): Promise<OperationSeen> => {
    const answer = await client.send('DELETE', tag)
    if (isUnclear(answer)) return { kind: 'delete', outcome: 'unknown' }
    return { kind: 'delete', outcome: outcomeOf(answer?.status, { 202: 'done', 404: 'missing', 409: 'refused' }) }
  }
  const set = (immutable: boolean) => async (): Promise<OperationSeen> => {
    const answer = await client.send('PATCH', `/api/v1/repositories/${id}`, json({ tagImmutability: immutable }))
    if (isUnclear(answer)) return { kind: 'set', immutable, outcome: 'unknown' }
    return { kind: 'set', immutable, outcome: outcomeOf(answer?.status, { 200: 'done' }) }
  }
  await Promise.all([
    ...[0, 1, 2].map((person) => times(perPusher, (n) => timed(push(`${name} ${person} ${n}`)))),
    ...[0, 1].map(() => times(perReader, () => timed(read))),
    times(deletions, async () => {
      await times(randomInt(3), () => timed(read))
      await timed(remove)
    }),
    times(toggles, (n) => timed(set(n % 2 === 0))),
  ])
  await timed(read)
  return { path, history }
}

type OperationSeen = Operation extends infer O ? (O extends Operation ? Omit<O, 'start' | 'end'> : never) : never

function outcomeOf<T extends string>(status: number | undefined, outcomes: Readonly<Record<number, T>>): T {
  const outcome = outcomes[status ?? 0]
  if (outcome === undefined) throw new Error(`an answer that is not expected: ${status}`)
  return outcome
}

function manifestThatSays(content: string): Buffer {
  const descriptor = { mediaType: 'application/vnd.oci.empty.v1+json', digest: digestOf(config), size: config.length }
  const annotations = { content }
  return Buffer.from(
    JSON.stringify({ schemaVersion: 2, mediaType: manifestType, config: descriptor, layers: [], annotations }),
  )
}

function json(body: object) {
  return { headers: { 'content-type': 'application/json' }, body: Buffer.from(JSON.stringify(body)) }
}

async function times(count: number, work: (n: number) => Promise<unknown>): Promise<void> {
  for (let n = 0; n < count; n++) await work(n)
}
