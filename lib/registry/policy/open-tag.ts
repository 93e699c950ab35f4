import type { Context } from '@/lib/context'
import { AppError } from '@/lib/domain/errors'
import { createId } from '@/lib/domain/ids'
import { isProtected } from '@/lib/domain/immutability'
import { endOfOpening } from '@/lib/domain/openings'
import { type Principal, systemPrincipal } from '@/lib/domain/principal'
import { insertAuditEvent } from '@/lib/metadata/audit-events'
import type { SqlTransaction } from '@/lib/metadata/engine/database'
import { recordDecision } from '@/lib/metadata/ledger'
import { findUnclosedOpening, insertOpening } from '@/lib/metadata/openings'
import { type RepositoryForTraffic, lockRepositoryExclusively } from '@/lib/metadata/repositories'
import { findTag } from '@/lib/metadata/tags'
import { findReservation } from '@/lib/metadata/tombstones'
import { authorize, authorizeAdministrator } from '@/lib/registry/authorize'
import { type OpeningDetails, describeOpening } from './opening-details'
import { recordClosing } from './record-closing'

/** What an administrator asks for. */
interface NewOpening {
  readonly tag: string
  readonly reason: string
  readonly minutes: number
}

const administratorsOnly = 'only an administrator can open an immutable tag'

/**
 * Lets a protected tag be overwritten for some minutes, by everybody who may push there. It can be deleted no more than
 * before, and its name stays reserved where it is. A push sees the opening once this has returned.
 *
 * Throws NOT_FOUND for the repository and the tag, DENIED for a caller that is not an administrator, TAG_NOT_PROTECTED
 * when it can be overwritten anyway, TAG_RESERVED when a former repository reserved its name, and ALREADY_OPEN.
 */
export async function openTag(
  ctx: Context,
  principal: Principal,
  repositoryId: string,
  { tag, reason, minutes }: NewOpening,
): Promise<OpeningDetails> {
  await authorize(ctx, principal, 'manage', { repositoryId })
  authorizeAdministrator(ctx, principal, administratorsOnly)
  return ctx.db.sqlTransaction(async (tx) => {
    const repository = await lockRepositoryExclusively(tx, repositoryId)
    if (repository === null) throw new AppError('NOT_FOUND')
    const opensAt = new Date()
    const digest = await requireClosedTag(tx, repository, tag, opensAt)
    const opening = await insertOpening(tx, {
      ...{ id: createId('opening'), repositoryId, tag, reason },
      ...{ opensAt, closesAt: new Date(opensAt.getTime() + minutes * 60_000), openedBy: principal.name },
    })
    const { closesAt } = opening
    await recordDecision(tx, repository, principal, { kind: 'OPENED', tag, digest, reason, now: opensAt, closesAt })
    await insertAuditEvent(tx, principal, {
      action: 'CREATE',
      target: { type: 'TAG_OPENING', id: opening.id, name: `${repository.path}:${tag}` },
      instanceId: repository.instanceId,
      before: null,
      after: { closesAt: closesAt.toISOString(), minutes },
      reason,
    })
    return describeOpening(opening, opensAt)
  })
}

/** Returns the digest of a tag that only an opening can let move. Records the end of an earlier opening. */
async function requireClosedTag(
  tx: SqlTransaction,
  repository: RepositoryForTraffic,
  tag: string,
  now: Date,
): Promise<string> {
  const current = await findTag(tx, repository.id, tag)
  if (current === null) throw new AppError('NOT_FOUND', { message: `${repository.path} has no tag ${tag}` })
  const reservation = await findReservation(tx, repository, tag)
  if (reservation?.isOfFormerRepository === true) {
    throw new AppError('TAG_RESERVED', {
      message: 'A deleted repository of this path reserved the name. Release it first: an opening does not.',
    })
  }
  if (!isProtected(repository, tag)) throw new AppError('TAG_NOT_PROTECTED')
  const former = await findUnclosedOpening(tx, repository.id, tag)
  if (former === null) return current.digest
  const end = endOfOpening(former, now)
  if (end === null) {
    throw new AppError('ALREADY_OPEN', { detail: { openingId: former.id, closesAt: former.closesAt.toISOString() } })
  }
  await recordClosing(tx, repository, systemPrincipal, former, { ...end, by: null })
  return current.digest
}
