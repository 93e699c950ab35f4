import type { Context } from '@/lib/context'
import type { Principal } from '@/lib/domain/principal'
import type { ServedEntry, ServedKind, ServedPage, ServedProgress } from '@/lib/domain/transparency/served'
import { findOldestHeld } from '@/lib/metadata/held-events'
import { type LoggedTagEvent, listHistory } from '@/lib/metadata/log-sources'
import { measureReader } from '@/lib/metadata/outbox-readers'
import { listServedPolicies, listServedTags } from '@/lib/metadata/served-state'
import { findLog, transparencyReader } from '@/lib/metadata/transparency-logs'
import { UnreadableError, leavesOfTagEvent } from './make-leaves'
import { openLog } from './open-log'
import type { LogPart } from './read-log'

/** How many rows a page has. */
const pageMax = 1000

/** The highest id of the ledger. */
const idMax = 2 ** 31 - 1

/**
 * A page of what an instance serves by its database, as JSON (`lib/domain/transparency/served.ts`): what its log is compared
 * with. `after` is the `next` of the page before, or empty. Whoever may read the log may read it: the log has all of it, too.
 * Throws as `readCheckpoint` does.
 */
export async function readServedPage(
  ctx: Pick<Context, 'db' | 'config'>,
  principal: Principal,
  host: string,
  name: string,
  { kind, after }: { readonly kind: ServedKind; readonly after: string },
): Promise<LogPart> {
  const { id, isPublic } = await openLog(ctx, principal, host, name)
  const page =
    kind === 'tags'
      ? await tags(ctx, id, after)
      : kind === 'policies'
        ? await policies(ctx, id, after)
        : await ledger(ctx, id, after)
  return { bytes: Buffer.from(JSON.stringify(page)), isPublic }
}

/** How far the log of an instance is, as JSON. Throws as `readCheckpoint` does. */
export async function readServedProgress(
  ctx: Pick<Context, 'db' | 'config'>,
  principal: Principal,
  host: string,
  name: string,
): Promise<LogPart> {
  const { id, isPublic } = await openLog(ctx, principal, host, name)
  const { last, takenTo } = await measureReader(ctx.db, transparencyReader, id)
  // After the reader: what it has passed and did not hold is taken.
  const held = await findOldestHeld(ctx.db, id)
  const log = await findLog(ctx.db, id)
  const progress: ServedProgress = {
    last,
    takenTo: held === null ? takenTo : Math.min(takenTo, held.id - 1),
    // Read last: with so many leaves the log has what it has taken. Witnesses may delay the checkpoint that has them.
    size: log?.size ?? 0,
    stalled: log === null || log.stalled === '' ? null : log.stalled,
  }
  return { bytes: Buffer.from(JSON.stringify(progress)), isPublic }
}

type Source = Pick<Context, 'db'>

async function policies({ db }: Source, instanceId: string, after: string): Promise<ServedPage<'policies'>> {
  const rows = await listServedPolicies(db, instanceId, after, pageMax)
  const items = rows.map(({ repository, repositoryId, immutabilityMode: mode, exemptTags }) => ({
    ...{ repository, repositoryId },
    policy: { mode, exemptTags: [...exemptTags] },
  }))
  return { items, next: rows.length < pageMax ? null : (rows.at(-1)?.repositoryId ?? null) }
}

async function tags({ db }: Source, instanceId: string, after: string): Promise<ServedPage<'tags'>> {
  // Neither has a slash.
  const [repositoryId = '', tag = ''] = after.split('/')
  const items = await listServedTags(db, instanceId, { repositoryId, tag }, pageMax)
  const last = items.length < pageMax ? undefined : items.at(-1)
  return { items, next: last === undefined ? null : `${last.repositoryId}/${last.tag}` }
}

async function ledger({ db }: Source, instanceId: string, after: string): Promise<ServedPage<'ledger'>> {
  const first = /^\d{1,10}$/.test(after) ? Number(after) : 0
  const rows = await listHistory(db, instanceId, { after: first, end: idMax, limit: pageMax })
  const next = rows.length < pageMax ? null : String(rows.at(-1)?.id ?? 0)
  return { items: rows.map((row) => ({ id: row.id, leaf: leafOf(row) })), next }
}

function leafOf(row: LoggedTagEvent): ServedEntry['leaf'] {
  try {
    return leavesOfTagEvent(row)[0]?.entry ?? null
  } catch (error) {
    if (error instanceof UnreadableError) return null
    throw error
  }
}
