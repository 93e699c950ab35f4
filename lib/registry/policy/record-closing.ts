import type { OpeningEnd } from '@/lib/domain/openings'
import type { Actor } from '@/lib/metadata/audit-events'
import type { SqlTransaction } from '@/lib/metadata/engine/database'
import { recordClosing as recordInLedger } from '@/lib/metadata/ledger'
import { type OpeningRow, closeOpening } from '@/lib/metadata/openings'
import type { RepositoryForTraffic } from '@/lib/metadata/repositories'
import { findTag } from '@/lib/metadata/tags'

/** How, when and by whom an opening ended. */
interface Closing {
  readonly at: Date
  readonly how: OpeningEnd
  /** Null: by itself. */
  readonly by: string | null
}

/**
 * Records the end of an opening, in its row and in the ledger; returns whether it was not recorded before. The
 * transaction must hold the repository exclusively.
 */
export async function recordClosing(
  tx: SqlTransaction,
  repository: RepositoryForTraffic,
  actor: Actor,
  opening: OpeningRow,
  closing: Closing,
): Promise<boolean> {
  if (!(await closeOpening(tx, opening.id, closing))) return false
  const digest = (await findTag(tx, repository.id, opening.tag))?.digest ?? null
  await recordInLedger(tx, repository, actor, { tag: opening.tag, how: closing.how, digest, now: new Date() })
  return true
}
