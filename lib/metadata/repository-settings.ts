import { AppError } from '@/lib/domain/errors'
import type { ImmutabilityRule } from '@/lib/domain/immutability'
import type { Source, Transaction } from './engine/database'
import { isUniqueViolation } from './engine/failures'
import { type PolicySource, parseExemptTags, storeExemptTags } from './immutability-policies'
import { addToOutbox } from './outbox'

/** A repository as stored. */
export interface RepositoryRow extends ImmutabilityRule {
  readonly id: string
  readonly instanceId: string
  readonly namespaceId: string
  readonly name: string
  /** `<namespace>/<name>`. */
  readonly path: string
  readonly type: 'PUBLIC' | 'PRIVATE'
  readonly immutabilitySource: PolicySource
  readonly summary: string
  readonly description: string
  readonly version: number
  readonly createdAt: Date
  readonly updatedAt: Date
  readonly updatedBy: string
}

/** What may change of a repository. */
export type RepositorySettings = Pick<RepositoryRow, 'type' | keyof ImmutabilityRule | 'summary' | 'description'>

/** A repository as a statement reads it. */
export type StoredRepositoryRow = Omit<RepositoryRow, 'exemptTags' | 'immutabilitySource'> & {
  readonly exemptTags: string
  readonly immutabilitySource: string
}

/** Returns the repository of a row that a statement read. */
export function toRepositoryRow(stored: StoredRepositoryRow): RepositoryRow {
  return {
    ...stored,
    exemptTags: parseExemptTags(stored.exemptTags),
    immutabilitySource: stored.immutabilitySource as PolicySource,
  }
}

/** The repository with its settings, or null. */
export async function findRepository(db: Source, id: string): Promise<RepositoryRow | null> {
  const row = await db.prisma.repository.findUnique({ where: { id, isDeleted: false }, omit: { isDeleted: true } })
  return row === null ? null : toRepositoryRow(row)
}

/** Adds a repository, and its policy to the outbox. Throws ALREADY_EXISTS when its namespace has one of that name. */
export async function insertRepository(
  tx: Transaction,
  repository: Omit<RepositoryRow, 'version' | 'createdAt' | 'updatedAt'>,
): Promise<RepositoryRow> {
  try {
    const data = { ...repository, exemptTags: storeExemptTags(repository.exemptTags) }
    const row = toRepositoryRow(await tx.prisma.repository.create({ data, omit: { isDeleted: true } }))
    const { immutabilityMode, exemptTags } = row
    await addToOutbox(tx, row, { kind: 'POLICY_CHANGED', former: null, immutabilityMode, exemptTags })
    return row
  } catch (error) {
    if (!isUniqueViolation(error)) throw error
    const message = `the namespace has a repository ${repository.name}`
    throw new AppError('ALREADY_EXISTS', { message, fields: [{ path: 'name', message }], cause: error })
  }
}

/**
 * Changes a repository that still has `version`; null when it has not. This also changes
 * the immutability policy: the update orders the change against pushes, which lock the row (`lockRepository`).
 */
export async function updateRepository(
  tx: Transaction,
  { id, version }: { readonly id: string; readonly version: number },
  {
    exemptTags,
    ...changes
  }: Partial<RepositorySettings> & {
    readonly immutabilitySource?: PolicySource
    readonly updatedBy: string
  },
): Promise<RepositoryRow | null> {
  const stored = exemptTags === undefined ? {} : { exemptTags: storeExemptTags(exemptTags) }
  const data = { ...changes, ...stored, version: { increment: 1 } }
  const { count } = await tx.prisma.repository.updateMany({ where: { id, version, isDeleted: false }, data })
  return count === 0 ? null : findRepository(tx, id)
}
