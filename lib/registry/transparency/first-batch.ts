import type { Context } from '@/lib/context'
import { findNextRepository, listHistory, lockReservedNames, readEnds } from '@/lib/metadata/log-sources'
import { listOpenings } from '@/lib/metadata/openings'
import type { SqlTransaction } from '@/lib/metadata/engine/database'
import { type NameState, addToOutbox } from '@/lib/metadata/outbox'
import { isSettled, readHorizons } from '@/lib/metadata/outbox-readers'
import { lockRepositoryExclusively } from '@/lib/metadata/repositories'
import { readTagPages } from '@/lib/metadata/tags'
import { type LogHead, findLog, insertLog, listInstancesWithoutLog, moveHead } from '@/lib/metadata/transparency-logs'
import { finishDeletions } from '@/lib/registry/finish-deletions'
import type { LogSigners } from '@/lib/secrets/log-keys'
import { Overtaken, prepareAppend, writeAppend } from './append-leaves'
import { leavesOfTagEvent, startedLeaf } from './make-leaves'

/*
 * What there was before a log: the ledger so far, then the state of every repository. The ledger is copied before anything
 * of the outbox is taken. The states go through the outbox, which puts them in order with what happens meanwhile: each
 * repository's are read and added under its lock. All of it goes on where a process left it.
 */

/** How many entries of the ledger one transaction copies. */
const historyMax = 500

/** Most open tags of a repository: each was opened by hand within the last day. */
const openingsMax = 100_000

/** How many tags or names one event of the outbox has. */
const statesMax = 100

/** Begins the logs of instances that have none: those from before the logs. */
export async function beginLogs({ db }: Pick<Context, 'db'>): Promise<void> {
  const ids = await listInstancesWithoutLog(db)
  if (ids.length === 0) return
  const ends = await readEnds(db)
  // After both: what has not ended by now, and began before, may still add entries below them.
  const horizon = String((await readHorizons(db)).next)
  for (const id of ids) await db.sqlTransaction((tx) => insertLog(tx, id, 'history', { ...ends, horizon }))
}

/** Writes the first leaf of a log that begins with its instance. */
export async function startLog(ctx: Pick<Context, 'db' | 'config'>, head: LogHead, signers: LogSigners): Promise<void> {
  const prepared = await prepareAppend(ctx, head, [startedLeaf(new Date())], signers, { phase: 'started' })
  await ctx.db.sqlTransaction((tx) => writeAppend(tx, prepared))
}

/**
 * Copies the next entries of the ledger so far. Returns false while a transaction has not ended that may still add one of
 * them.
 */
export async function copyHistory(
  ctx: Pick<Context, 'db' | 'config'>,
  head: LogHead,
  signers: LogSigners,
): Promise<boolean> {
  const { instanceId, historyEnd } = head
  if (!isSettled(head, await readHorizons(ctx.db))) return false
  const page = { after: Number(head.cursor), end: historyEnd, limit: historyMax }
  const events = await listHistory(ctx.db, instanceId, page)
  const isLast = events.length < historyMax
  const prepared = await prepareAppend(
    ctx,
    head,
    events.flatMap(leavesOfTagEvent),
    signers,
    isLast ? { phase: 'states', cursor: '' } : { cursor: String(events.at(-1)?.id) },
  )
  await ctx.db.sqlTransaction((tx) => writeAppend(tx, prepared))
  return true
}

/** Adds the state of the next repository to the outbox; after the last one, what ends the first batch. */
export async function addNextState(ctx: Pick<Context, 'db'>, { instanceId }: LogHead): Promise<void> {
  const before = await findLog(ctx.db, instanceId)
  if (before?.phase !== 'states') return
  const id = await findNextRepository(ctx.db, instanceId, before.cursor)
  if (id !== null) {
    await ctx.db.sqlTransaction(async (tx) => {
      await addStateOf(tx, id)
      if (!(await moveHead(tx, before, { ...before, cursor: id }))) throw new Overtaken()
    })
    return
  }
  // A repository whose deletion began before its state was read: the names that it reserves are known when that has ended.
  await finishDeletions(ctx, {})
  await ctx.db.sqlTransaction(async (tx) => {
    const names = await lockReservedNames(tx, instanceId, null)
    await addNames(tx, { id: '', instanceId, path: '' }, names)
    await addToOutbox(tx, { id: '', instanceId, path: '' }, { kind: 'LOG_STARTED' })
    if (!(await moveHead(tx, before, { ...before, phase: 'started', cursor: '' }))) throw new Overtaken()
  })
}

async function addStateOf(tx: SqlTransaction, id: string): Promise<void> {
  const repository = await lockRepositoryExclusively(tx, id)
  if (repository === null) return
  const { immutabilityMode, exemptTags } = repository
  await addToOutbox(tx, repository, { kind: 'POLICY_STATE', policy: { immutabilityMode, exemptTags } })
  const openings = await listOpenings(
    tx,
    { repositoryId: id, isUnclosed: true },
    { limit: openingsMax, descending: false, after: null },
  )
  const closesAt = new Map(openings.map((opening) => [opening.tag, opening.closesAt.toISOString()]))
  for await (const page of readTagPages(tx, id)) {
    const tags = page.map(({ name, digest }) => ({ tag: name, digest, closesAt: closesAt.get(name) ?? null }))
    for (const some of inPieces(tags)) await addToOutbox(tx, repository, { kind: 'TAG_STATES', tags: some })
  }
  await addNames(tx, repository, await lockReservedNames(tx, repository.instanceId, repository.path))
}

async function addNames(
  tx: SqlTransaction,
  repository: Parameters<typeof addToOutbox>[1],
  names: readonly NameState[],
): Promise<void> {
  for (const some of inPieces(names)) await addToOutbox(tx, repository, { kind: 'NAME_STATES', names: some })
}

function inPieces<T>(all: readonly T[]): T[][] {
  const count = Math.ceil(all.length / statesMax)
  return Array.from({ length: count }, (_, at) => all.slice(at * statesMax, (at + 1) * statesMax))
}
