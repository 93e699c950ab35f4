import type { Context } from '@/lib/context'
import { AppError } from '@/lib/domain/errors'
import { addressedInstance } from '@/lib/domain/instance-host'
import type { Principal } from '@/lib/domain/principal'
import { type EntryBundle, type Tile, tileWidth, writeEntries } from '@/lib/domain/transparency/tiles'
import { type LoggedInstance, findDefaultInstance, findLoggedInstances } from '@/lib/metadata/instances'
import { findServedLog } from '@/lib/metadata/served-checkpoints'
import { findTile, listEntries } from '@/lib/metadata/transparency-logs'
import { hashBytes } from '@/lib/transparency/hashes'
import { authorize } from '@/lib/registry/authorize'

/** A part of a log. */
export interface LogPart {
  readonly bytes: Uint8Array
  /** Whether everybody may read the log. */
  readonly isPublic: boolean
}

/**
 * The checkpoint of a log, as it was signed and cosigned: text. `name` is the name or the id of an instance. Throws
 * NOT_FOUND, and what `openLog` throws; an anonymous caller learns of no instance whose log is not public.
 */
export async function readCheckpoint(
  ctx: Pick<Context, 'db' | 'config'>,
  principal: Principal,
  host: string,
  name: string,
): Promise<LogPart> {
  const { id, isPublic } = await openLog(ctx, principal, host, name)
  const served = await findServedLog(ctx.db, id)
  if (served === null || served.checkpoint === '') throw new AppError('NOT_FOUND')
  return { bytes: Buffer.from(served.checkpoint + served.cosignatures), isPublic }
}

/** A tile or a bundle of leaves, in the width that is asked for. Throws as `readCheckpoint` does. */
export async function readLogTile(
  ctx: Pick<Context, 'db' | 'config'>,
  principal: Principal,
  host: string,
  name: string,
  part: Tile | EntryBundle,
): Promise<LogPart> {
  const { id, isPublic } = await openLog(ctx, principal, host, name)
  const bytes = await readPart(ctx, id, part)
  if (bytes === null) throw new AppError('NOT_FOUND')
  return { bytes, isPublic }
}

/** What is stored of a tile or a bundle, or null when the log does not have all of it. */
async function readPart(
  { db }: Pick<Context, 'db'>,
  id: string,
  { level, index, width }: Tile | EntryBundle,
): Promise<Uint8Array | null> {
  if (level !== 'entries') {
    const hashes = await findTile(db, id, level, index)
    return hashes === null || hashes.length < width * hashBytes ? null : hashes.subarray(0, width * hashBytes)
  }
  const entries = await listEntries(db, id, index * tileWidth, width)
  return entries.length < width ? null : writeEntries(entries.map((entry) => Buffer.from(entry)))
}

/**
 * The instance of this name or id, if the principal may read its log: everybody, where it is public; otherwise whoever may
 * pull from the whole instance. Throws as `authorize` does. Reads no models: processes that only read have none.
 */
export async function openLog(
  ctx: Pick<Context, 'db' | 'config'>,
  principal: Principal,
  host: string,
  name: string,
): Promise<{ readonly id: string; readonly isPublic: boolean }> {
  const found = await findNamed(ctx, host, name)
  try {
    if (found === null) throw new AppError('NOT_FOUND')
    const { id, isLogPublic: isPublic } = found
    if (!isPublic) await authorize(ctx, principal, 'pull', { instanceId: id })
    return { id, isPublic }
  } catch (error) {
    if (principal.kind === 'anonymous' && AppError.is(error) && error.code === 'NOT_FOUND') {
      throw new AppError('UNAUTHORIZED')
    }
    throw error
  }
}

/**
 * The instance of a name or an id. Of several regions with an instance of that name, it is the one that the host names,
 * or else the default instance.
 */
async function findNamed(
  { db, config }: Pick<Context, 'db' | 'config'>,
  host: string,
  name: string,
): Promise<LoggedInstance | null> {
  const named = await findLoggedInstances(db, name)
  const [first = null, ...others] = named
  if (others.length === 0) return first
  const addressed = addressedInstance(host, config.domain)
  if (addressed !== null && addressed !== 'default') {
    return named.find(({ regionId }) => regionId === addressed.regionId) ?? null
  }
  const byDefault = await findDefaultInstance(db)
  return named.find(({ id }) => id === byDefault?.id) ?? null
}
