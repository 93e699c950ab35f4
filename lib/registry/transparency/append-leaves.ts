import type { Context } from '@/lib/context'
import { instanceHosts } from '@/lib/domain/instance-host'
import type { SqlSource, SqlTransaction } from '@/lib/metadata/engine/database'
import { findInstanceHostParts } from '@/lib/metadata/instances'
import {
  type LeafRow,
  type LogHead,
  type NextHead,
  type TileRow,
  findTile,
  insertLeaves,
  moveHead,
  putTile,
} from '@/lib/metadata/transparency-logs'
import type { LogSigners } from '@/lib/secrets/log-keys'
import { hashBytes, hashLeaf } from '@/lib/transparency/hashes'
import { type TileReader, append } from '@/lib/transparency/tree'
import type { NewLeaf } from './make-leaves'
import { signCheckpoint } from './sign-checkpoint'

/** Thrown when another process has moved a log, or the reader, meanwhile: nothing was written. */
export class Overtaken extends Error {}

/** What an append writes, in one transaction. */
export interface PreparedAppend {
  readonly head: LogHead
  readonly next: NextHead
  readonly leaves: readonly LeafRow[]
  readonly tiles: readonly TileRow[]
}

/**
 * Works out what leaves make of a log, signed; with no leaves, only of its head. `changes` are those of the head that do not
 * follow from the leaves. Nothing is written yet. Throws a TileError when the stored tiles are not those of the head.
 */
export async function prepareAppend(
  { db, config }: Pick<Context, 'db' | 'config'>,
  head: LogHead,
  leaves: readonly NewLeaf[],
  signers: LogSigners,
  changes: Partial<Pick<NextHead, 'phase' | 'cursor'>> = {},
): Promise<PreparedAppend> {
  const { phase, cursor } = head
  const rows = leaves.map((leaf, at) => ({ ...leaf, leafIndex: head.size + at }))
  const hashes = rows.map(({ entry }) => hashLeaf(Buffer.from(entry)))
  const before = head.size === 0 ? undefined : Buffer.from(head.root, 'base64')
  const { size, root, tiles } = await append(head.size, hashes, tileReader(db, head.instanceId), before)
  const now = new Date()
  const origin = head.origin === '' ? await originOf(db, head.instanceId, config.domain) : head.origin
  const isSame = leaves.length === 0 && (head.signedWith === signers.id || size === 0)
  const { checkpoint, signedWith, signedAt } = isSame
    ? head
    : { checkpoint: signCheckpoint({ origin, size, root }, signers), signedWith: signers.id, signedAt: now }
  return {
    head,
    next: {
      ...{ size, root: Buffer.from(root).toString('base64'), origin, checkpoint, signedWith, signedAt },
      ...{ phase, cursor },
      ...changes,
    },
    leaves: rows,
    tiles: tiles.map(({ tile, bytes }) => ({ level: tile.level, tileIndex: tile.index, hashes: bytes })),
  }
}

/** Writes what was prepared. Throws Overtaken: then the transaction must roll back. */
export async function writeAppend(tx: SqlTransaction, { head, next, leaves, tiles }: PreparedAppend): Promise<void> {
  if (!(await moveHead(tx, head, next))) throw new Overtaken()
  await insertLeaves(tx, head.instanceId, leaves)
  for (const tile of tiles) await putTile(tx, head.instanceId, tile)
}

/** Reads the stored tiles of a log. A tile may have become wider since its size was read. */
export function tileReader(source: SqlSource, instanceId: string): TileReader {
  return {
    read: (tiles) =>
      Promise.all(
        tiles.map(async ({ level, index, width }) => {
          const hashes = await findTile(source, instanceId, level, index)
          return (hashes ?? new Uint8Array()).subarray(0, width * hashBytes)
        }),
      ),
  }
}

/** The name of a log that begins: the host name of its instance, which it keeps when the instance gets another one. */
async function originOf(source: SqlSource, instanceId: string, domain: string): Promise<string> {
  const parts = await findInstanceHostParts(source, instanceId)
  return parts === null ? instanceId : instanceHosts(parts, domain).internet
}
