import type { Principal } from '@/lib/domain/principal'
import { AppError, type ErrorCode } from '@/lib/domain/errors'
import { judgeMove } from '@/lib/domain/immutability'
import { endOfOpening } from '@/lib/domain/openings'
import { findUnclosedOpening } from '@/lib/metadata/openings'
import { findTag } from '@/lib/metadata/tags'
import { findReservation } from '@/lib/metadata/tombstones'
import { authorize } from '@/lib/registry/authorize'
import type { Context } from '@/lib/context'
import { requireRepository } from '@/lib/registry/repositories/repository-details'

/** What the policy would say to a push. */
interface ImmutabilityCheck {
  readonly allowed: boolean
  /** Why not; if it is allowed, what mode `audit` would warn of. */
  readonly code?: ErrorCode
  readonly message?: string
  /** What the tag points at, or the digest that its name is reserved for. */
  readonly currentDigest?: string
}

/**
 * Says whether the immutability policy takes a push of `digest` to `tag` now; without a digest, of one that the tag
 * never had. Of an append-only tag it says what a push gets that keeps all entries. It changes and reserves nothing:
 * another push may come first. Throws NOT_FOUND.
 */
export async function checkImmutability(
  ctx: Context,
  principal: Principal,
  repositoryId: string,
  { tag, digest = '' }: { readonly tag: string; readonly digest?: string | undefined },
): Promise<ImmutabilityCheck> {
  await authorize(ctx, principal, 'push', { repositoryId })
  const repository = await requireRepository(ctx.db, repositoryId)
  const current = (await findTag(ctx.db, repositoryId, tag))?.digest ?? null
  const reservation = await findReservation(ctx.db, repository, tag)
  const opening = await findUnclosedOpening(ctx.db, repositoryId, tag)
  const isOpened = opening !== null && endOfOpening(opening, new Date()) === null
  const verdict = judgeMove(repository, tag, current, digest, { reservation, isAppended: true, isOpened })
  const reason = verdict.kind === 'refused' ? verdict.reason : verdict.wouldBeRefused
  const known = current ?? (reason === undefined ? undefined : reservation?.digest)
  return {
    allowed: verdict.kind === 'allowed',
    ...(reason !== undefined && { code: reason, message: new AppError(reason).message }),
    ...(known !== undefined && { currentDigest: known }),
  }
}
