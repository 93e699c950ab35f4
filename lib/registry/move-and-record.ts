import type { Principal } from '@/lib/domain/principal'
import type { SqlTransaction } from '@/lib/metadata/engine/database'
import { recordMove, recordWouldBeRefusal } from '@/lib/metadata/ledger'
import type { RepositoryForTraffic } from '@/lib/metadata/repositories'
import { type TagMove, type TagMoveResult, moveTag } from '@/lib/metadata/tags'

/** A move and how the ledger shows it. */
export interface StatedMove extends Omit<TagMove, 'movedBy'> {
  /** Whether it goes back to a digest that the tag had before. */
  readonly isRestore?: boolean
  /** What the ledger says of it: why, or where the content comes from. */
  readonly reason?: string | undefined
}

/**
 * Moves a tag as `moveTag` does, on behalf of `principal`, and records in the same transaction what happened: one entry
 * of the ledger, and another one where only mode `audit` let it through. Nothing is recorded of a move that changes
 * nothing or is refused. Throws as `moveTag`.
 */
export async function moveAndRecord(
  tx: SqlTransaction,
  principal: Principal,
  repository: RepositoryForTraffic,
  { isRestore = false, reason, ...move }: StatedMove,
): Promise<TagMoveResult> {
  const result = await moveTag(tx, repository, { ...move, movedBy: principal.name })
  if (result.outcome === 'refused' || result.outcome === 'unchanged') return result
  const { name: tag, digest, now } = move
  const previousDigest = result.outcome === 'moved' ? result.previousDigest : null
  const { endedReservation, opening, wouldBeRefused } = result
  const moved = { tag, previousDigest, digest, endedReservation, isRestore, reason, opening, now }
  await recordMove(tx, repository, principal, moved)
  if (wouldBeRefused !== undefined) await recordWouldBeRefusal(tx, repository, principal, wouldBeRefused, now)
  return result
}
