import type { Context } from '@/lib/context'
import {
  type LoggedTagEvent,
  findNextRepository,
  listHistory,
  lockReservedNames,
  readEnds,
} from '@/lib/metadata/log-sources'
import { listUnclosedOpeningsOf } from '@/lib/metadata/openings'
import type { SqlTransaction } from '@/lib/metadata/engine/database'
import { addToOutbox } from '@/lib/metadata/outbox'
import { isSettled, readHorizons, readOwnHorizon } from '@/lib/metadata/outbox-readers'
import { lockRepositoryExclusively } from '@/lib/metadata/repositories'
import { listTagsAfter } from '@/lib/metadata/tags'
import { type LogHead, findLog, insertLog, listInstancesWithoutLog, moveHead } from '@/lib/metadata/transparency-logs'
import { finishDeletions } from '@/lib/registry/finish-deletions'
import { turns } from '@/lib/registry/give-turns'
import type { LogSigners } from '@/lib/secrets/log-keys'
import { Overtaken, prepareAppend, writeAppend } from './append-leaves'
import { type NewLeaf, UnreadableError, leavesOfTagEvent, startedLeaf } from './make-leaves'

/*
 * What there was before a log: the ledger so far, then the state of every repository. The ledger is copied before anything
 * of the outbox is taken. The states go through the outbox, which puts them in order with what happens meanwhile: each
 * repository's are read and added under its lock. All of it is done in pieces, each a transaction, and goes on where a process
 * left it: what changes between two pieces of a repository is in the outbox between them.
 */

/** How many entries of the ledger one transaction copies. */
const historyMax = 500

/** How many tags or reserved names one transaction adds to the outbox: pushes wait for it, on SQLite all of them. */
const pieceMax = 2000

/** How many tags or names one event of the outbox has. */
const statesMax = 100

/** Begins the logs of instances that have none: those from before the logs. */
export async function beginLogs({ db }: Pick<Context, 'db'>): Promise<void> {
  const ids = await listInstancesWithoutLog(db)
  if (ids.length === 0) return
  const ends = await readEnds(db)
  // After both: what has not ended by now, and began before, may still add entries below them.
  for (const id of ids) {
    await db.sqlTransaction(async (tx) => insertLog(tx, id, 'history', { ...ends, horizon: await readOwnHorizon(tx) }))
  }
}

/** Writes the first leaf of a log that begins with its instance. */
export async function startLog(ctx: Pick<Context, 'db' | 'config'>, head: LogHead, signers: LogSigners): Promise<void> {
  const prepared = await prepareAppend(ctx, head, [startedLeaf(new Date())], signers, { phase: 'started' })
  await ctx.db.sqlTransaction((tx) => writeAppend(tx, prepared))
}

/**
 * Copies the next entries of the ledger so far. Returns false while a transaction has not ended that may still add one of
 * them. Throws an UnreadableError when the next one is damaged.
 */
export async function copyHistory(
  ctx: Pick<Context, 'db' | 'config'>,
  head: LogHead,
  signers: LogSigners,
): Promise<boolean> {
  const { instanceId, historyEnd } = head
  if (!isSettled(head.horizon, await readHorizons(ctx.db))) return false
  const page = { after: Number(head.cursor), end: historyEnd, limit: historyMax }
  const events = await listHistory(ctx.db, instanceId, page)
  const { leaves, last, unreadable } = await leavesUntilUnreadable(events)
  if (unreadable !== null && last === null) throw unreadable
  const isLast = unreadable === null && events.length < historyMax
  const changes = isLast ? { phase: 'states' as const, cursor: '' } : { cursor: String(last) }
  const prepared = await prepareAppend(ctx, head, leaves, signers, changes)
  await ctx.db.sqlTransaction((tx) => writeAppend(tx, prepared))
  return true
}

/** The leaves of entries before the first one that cannot be read, the id of the last of these, and what cannot be read. */
async function leavesUntilUnreadable(events: readonly LoggedTagEvent[]): Promise<{
  readonly leaves: readonly NewLeaf[]
  readonly last: number | null
  readonly unreadable: UnreadableError | null
}> {
  const giveTurn = turns()
  const leaves: NewLeaf[] = []
  let last: number | null = null
  for (const event of events) {
    await giveTurn()
    try {
      leaves.push(...leavesOfTagEvent(event))
    } catch (error) {
      if (error instanceof UnreadableError) return { leaves, last, unreadable: error }
      throw error
    }
    last = event.id
  }
  return { leaves, last, unreadable: null }
}

/*
 * How far the states are, as the cursor has it: `<repository id>/<tag>` after a tag, `<repository id>` at the end of a
 * repository, and after all of them `names:<path>:<tag>` after a reserved name.
 */
const namesBegin = 'names::'

/**
 * Adds the next piece of the states to the outbox: tags of a repository, or reserved names; after the last one, what ends the
 * first batch. Returns false when there is nothing to add.
 */
export async function addNextState(ctx: Pick<Context, 'db'>, { instanceId }: LogHead): Promise<boolean> {
  const before = await findLog(ctx.db, instanceId)
  if (before?.phase !== 'states') return false
  if (before.cursor.startsWith('names:')) await addNextNames(ctx, before)
  else await addNextTags(ctx, before)
  return true
}

async function addNextTags(ctx: Pick<Context, 'db'>, before: LogHead): Promise<void> {
  const [last = '', tag = null] = before.cursor.split('/')
  const id = tag === null ? await findNextRepository(ctx.db, before.instanceId, last) : last
  // A repository whose deletion began before its state was read: the names that it reserves are known when that has ended.
  if (id === null) await finishDeletions(ctx, {})
  await ctx.db.sqlTransaction(async (tx) => {
    const cursor = id === null ? namesBegin : await addTagsOf(tx, id, tag)
    if (!(await moveHead(tx, before, { ...before, cursor }))) throw new Overtaken()
  })
}

/** Adds the tags of a repository after `after`; before the first ones, its policy. Returns the cursor after them. */
async function addTagsOf(tx: SqlTransaction, id: string, after: string | null): Promise<string> {
  const repository = await lockRepositoryExclusively(tx, id)
  if (repository === null) return id
  if (after === null) {
    const { immutabilityMode, exemptTags } = repository
    await addToOutbox(tx, repository, { kind: 'POLICY_STATE', policy: { immutabilityMode, exemptTags } })
  }
  const rows = await listTagsAfter(tx, id, after ?? '', pieceMax)
  const names = rows.map(({ name }) => name)
  const openings = await listUnclosedOpeningsOf(tx, id, names)
  const closesAt = new Map(openings.map((opening) => [opening.tag, opening.closesAt.toISOString()]))
  const tags = rows.map(({ name, digest }) => ({ tag: name, digest, closesAt: closesAt.get(name) ?? null }))
  for (const some of inPieces(tags)) await addToOutbox(tx, repository, { kind: 'TAG_STATES', tags: some })
  return rows.length < pieceMax ? id : `${id}/${names.at(-1) ?? ''}`
}

/**
 * Adds the next reserved names. Whoever ends a reservation locks its row before it writes to the outbox, so that the row's
 * lock puts the two in order.
 */
async function addNextNames({ db }: Pick<Context, 'db'>, before: LogHead): Promise<void> {
  const { instanceId, cursor } = before
  const [, repositoryPath = '', tag = ''] = cursor.split(':')
  await db.sqlTransaction(async (tx) => {
    const names = await lockReservedNames(tx, instanceId, { repositoryPath, tag }, pieceMax)
    const last = names.at(-1)
    const ofLog = { id: '', instanceId, path: '' }
    for (const some of inPieces(names)) await addToOutbox(tx, ofLog, { kind: 'NAME_STATES', names: some })
    if (last === undefined) await addToOutbox(tx, ofLog, { kind: 'LOG_STARTED' })
    const next =
      last === undefined
        ? { phase: 'started' as const, cursor: '' }
        : { cursor: `names:${last.repositoryPath}:${last.tag}` }
    if (!(await moveHead(tx, before, { ...before, ...next }))) throw new Overtaken()
  })
}

function inPieces<T>(all: readonly T[]): T[][] {
  const count = Math.ceil(all.length / statesMax)
  return Array.from({ length: count }, (_, at) => all.slice(at * statesMax, (at + 1) * statesMax))
}
