import { setTimeout } from 'node:timers/promises'
import { bundleOf, readEntries, tilePath, tileWidth } from '@/lib/domain/transparency/tiles'
import type { LogLeaf, Policy } from './checker/history'
import { textOfPolicy } from './checker/rule'
import { type Client, json } from './client'
import { contentOf } from './contents'
import type { Random } from './random'

/** The head of a log, as the REST API has it. */
export interface LogHead {
  readonly path: string
  readonly size: number
  readonly checkpoint: string
  readonly keys: readonly string[]
}

/** What a log tells of one repository. */
export interface RepositoryLog {
  /** The policy that it was created with. */
  readonly policy: string
  readonly leaves: readonly LogLeaf[]
}

/**
 * How long the log must not have grown until it is taken to be complete, in milliseconds: it grows each half second, and
 * what it has passed follows when the transactions of that time have ended.
 */
const quietMs = 2_500

/** How long it may take until it has what happened last, in milliseconds: another process may have to take it over. */
const lateMaxMs = 120_000

/** The head of the log now. */
export async function readHead(client: Client, random: Random, instanceId: string): Promise<LogHead> {
  const { status, body } = await client.insist(random, 'GET', `/api/v1/instances/${instanceId}/transparency-log`)
  if (status !== 200) throw new Error(`the log has no head: ${status} ${body.toString()}`)
  return JSON.parse(body.toString()) as LogHead
}

/** A log with what it tells of each repository, by path. */
export interface ReadLog {
  readonly head: LogHead
  readonly repositories: ReadonlyMap<string, RepositoryLog>
}

/**
 * Reads the log once it has everything that happened before this call: makes one more repository of this name, waits for
 * its leaf, and then until the log does not grow. When that takes too long, the log is read as it is.
 */
export async function readWholeLog(client: Client, random: Random, instanceId: string, name: string): Promise<ReadLog> {
  const sent = json({ namespace: 'test', name })
  const path = `/api/v1/instances/${instanceId}/repositories`
  await client.insist(random, 'POST', path, sent)
  let read: ReadLog | null = null
  let since = performance.now()
  for (const end = since + lateMaxMs; ;) {
    const head = await readHead(client, random, instanceId)
    if (head.size !== read?.head.size) {
      read = { head, repositories: await readLeaves(client, random, head) }
      since = performance.now()
    }
    const isQuiet = read.repositories.has(`test/${name}`) && performance.now() > since + quietMs
    if (isQuiet || performance.now() > end) return read
    await setTimeout(200)
  }
}

/** Reads all leaves of a log, by the paths of their repositories. */
async function readLeaves(
  client: Client,
  random: Random,
  { path, size }: LogHead,
): Promise<ReadonlyMap<string, RepositoryLog>> {
  const repositories = new Map<string, { policy: string; leaves: LogLeaf[] }>()
  for (let index = 0; index * tileWidth < size; index++) {
    const bundle = bundleOf(size, index)
    if (bundle === null) break
    const { status, body } = await client.insist(random, 'GET', `${path}/${tilePath(bundle)}`)
    const leaves = status === 200 ? readEntries(body) : null
    if (leaves === null) throw new Error(`${path}/${tilePath(bundle)} cannot be read: ${status}`)
    for (const line of leaves) {
      const leaf = JSON.parse(Buffer.from(line).toString()) as Leaf
      if (leaf.repository === undefined) continue
      const known = repositories.get(leaf.repository)
      if (known !== undefined) known.leaves.push(toLogLeaf(leaf))
      else if (leaf.kind === 'policy' && leaf.former === null) {
        repositories.set(leaf.repository, { policy: textOfPolicy(leaf.policy as Policy), leaves: [] })
      } else {
        repositories.set(leaf.repository, { policy: 'not told', leaves: [toLogLeaf(leaf)] })
      }
    }
  }
  return repositories
}

/** A leaf as docs/transparency.md describes it. */
interface Leaf {
  readonly kind: string
  readonly repository?: string
  readonly tag?: string
  readonly digest?: string | null
  readonly previousDigest?: string | null
  readonly policy?: Policy
  readonly former?: Policy | null
}

/** In the words of the checker. */
function toLogLeaf({ kind, tag, digest, previousDigest, policy, former }: Leaf): LogLeaf {
  if (kind === 'policy' && policy !== undefined) {
    const before = former === null || former === undefined ? 'nothing' : textOfPolicy(former)
    return { tag: null, text: `${textOfPolicy(policy)}, before: ${before}` }
  }
  const content = digest === null || digest === undefined ? String(digest) : contentOf(digest)
  const from = previousDigest === null || previousDigest === undefined ? '' : `${contentOf(previousDigest)} to `
  return { tag: tag ?? null, text: `${kind} ${from}${content}` }
}
