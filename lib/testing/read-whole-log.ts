import { type Leaf, readLeaf } from '@/lib/domain/transparency/leaf'
import { edgeTiles, hashesOfLevel, tileOf } from '@/lib/domain/transparency/tiles'
import type { Database } from '@/lib/metadata/engine/database'
import { findLog, findTile, listEntries } from '@/lib/metadata/transparency-logs'
import { parseCheckpoint } from '@/lib/transparency/checkpoint'
import { hashLeaf } from '@/lib/transparency/hashes'
import { RightEdge } from '@/lib/transparency/tree'

/** All leaves of a log, after it was checked that head, checkpoint and tiles are those of exactly these leaves. */
export async function readWholeLog(db: Database, instanceId: string): Promise<Leaf[]> {
  const head = await findLog(db, instanceId)
  if (head === null) throw new Error('the instance has no log')
  const entries = await listEntries(db, instanceId, 0, 10_000_000)
  if (entries.length !== head.size) throw new Error(`${entries.length} leaves instead of ${head.size}`)
  const edge = RightEdge.empty()
  const full = new Map<string, Buffer>()
  for (const entry of entries) {
    edge.add(hashLeaf(Buffer.from(entry)), ({ level, index }, hashes) => {
      full.set(`${level}/${index}`, Buffer.concat(hashes))
    })
  }
  const root = Buffer.from(edge.root()).toString('base64')
  if (root !== head.root) throw new Error('the root is not that of the leaves')
  if (head.size > 0) {
    const checkpoint = parseCheckpoint(head.checkpoint)
    const signed = Buffer.from(checkpoint.root).toString('base64')
    if (checkpoint.size !== head.size || signed !== root) throw new Error('the checkpoint is not that of the head')
  }
  for (const { tile, hashes } of edge.partialTiles()) full.set(`${tile.level}/${tile.index}`, Buffer.concat(hashes))
  for (let level = 0; hashesOfLevel(head.size, level) > 0; level++) {
    for (let index = 0; tileOf(head.size, level, index) !== null; index++) {
      const stored = await findTile(db, instanceId, level, index)
      const expected = full.get(`${level}/${index}`)
      if (stored === null || expected?.equals(stored) !== true) throw new Error(`tile ${level}/${index} is not right`)
    }
  }
  if (edgeTiles(head.size).length === 0 && head.size % 256 !== 0) throw new Error('the log has no edge')
  return entries.map(readLeaf)
}
