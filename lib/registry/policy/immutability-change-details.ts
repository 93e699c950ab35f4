import type { Principal } from '@/lib/domain/principal'
import { AppError, type ErrorCode } from '@/lib/domain/errors'
import type { ImmutabilityMode } from '@/lib/domain/immutability'
import type { ChangeCounts, ImmutabilityChangeRow } from '@/lib/metadata/immutability-changes'
import type { Source } from '@/lib/metadata/engine/database'
import { findVisiblePaths } from '@/lib/metadata/repository-listing'
import { viewerOf } from '@/lib/registry/authorize'

/** A change of many repositories as the console and the API show it, without its failures. Times are ISO 8601 text. */
export interface ImmutabilityChangeSummary extends ChangeCounts {
  readonly id: string
  readonly instanceId: string
  readonly immutability: { readonly mode?: ImmutabilityMode | undefined; readonly exemptTags?: string[] | undefined }
  readonly state: ImmutabilityChangeRow['state']
  readonly reason: string | null
  readonly startedBy: string
  readonly startedAt: string
  readonly endedAt: string | null
  /** Selected when it started, and not there, or no match, when it came to them. 0 while it runs. */
  readonly skipped: number
  readonly failure: string | null
}

/** A change of many repositories with the first repositories that could not be changed. */
export interface ImmutabilityChangeDetails extends ImmutabilityChangeSummary {
  readonly failures: {
    readonly repositoryId: string
    /** `<namespace>/<name>`; null when the reader may not pull from it, or it is gone. */
    readonly repository: string | null
    readonly code: ErrorCode
    readonly message: string
  }[]
}

/** Returns a change without its failures. */
export function toChangeSummary(row: ImmutabilityChangeRow): ImmutabilityChangeSummary {
  const { total, changed, unchanged, failed } = row.counts
  const { mode, exemptTags } = row.policy
  return {
    id: row.id,
    instanceId: row.instanceId,
    immutability: { mode, ...(exemptTags !== undefined && { exemptTags: [...exemptTags] }) },
    state: row.state,
    reason: row.reason,
    startedBy: row.actor,
    startedAt: row.startedAt.toISOString(),
    endedAt: row.endedAt?.toISOString() ?? null,
    total,
    changed,
    unchanged,
    failed,
    skipped: row.state === 'SUCCEEDED' ? Math.max(0, total - changed - unchanged - failed) : 0,
    failure: row.failure,
  }
}

/** Returns a change as a principal may see it: names of repositories only where it may pull. */
export async function describeChange(
  db: Source,
  principal: Principal,
  row: ImmutabilityChangeRow,
): Promise<ImmutabilityChangeDetails> {
  const ids = row.failures.map(({ repositoryId }) => repositoryId)
  const paths = await findVisiblePaths(db, viewerOf(principal), ids)
  const failures = row.failures.map(({ repositoryId, code }) => ({
    repositoryId,
    repository: paths.get(repositoryId) ?? null,
    code: code as ErrorCode,
    message: new AppError(code as ErrorCode).message,
  }))
  return { ...toChangeSummary(row), failures }
}
