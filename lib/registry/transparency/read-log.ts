import type { Context } from '@/lib/context'
import { AppError } from '@/lib/domain/errors'
import type { Principal } from '@/lib/domain/principal'
import { type EntryBundle, type Tile, tileWidth, writeEntries } from '@/lib/domain/transparency/tiles'
import { findServedLog } from '@/lib/metadata/served-checkpoints'
import { findTile, listEntries } from '@/lib/metadata/transparency-logs'
import { hashBytes } from '@/lib/transparency/hashes'
import { openLog } from './open-log'

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
