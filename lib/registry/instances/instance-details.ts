import { type Vantage, instanceAddresses } from '@/lib/domain/instance-addresses'
import type { Principal } from '@/lib/domain/principal'
import { type Permission, permissionOfRank } from '@/lib/domain/access'
import { AppError } from '@/lib/domain/errors'
import type { ImmutabilityMode, ImmutabilityRule } from '@/lib/domain/immutability'
import type { Source } from '@/lib/metadata/engine/database'
import { type InstanceRow, findInstance } from '@/lib/metadata/instances'
import { type InstanceTotals, getInstanceTotals } from '@/lib/metadata/totals'
import { listRanks } from '@/lib/metadata/access'
import { viewerOf } from '@/lib/registry/authorize'
import type { Context } from '@/lib/context'
import type { Versioned } from '@/lib/registry/versions'

/** The sizes that ACR sells instances in; here they are only labels. */
export const instanceSpecifications = ['Enterprise_Basic', 'Enterprise_Standard', 'Enterprise_Advanced'] as const

/** One of the specifications. */
export type InstanceSpecification = (typeof instanceSpecifications)[number]

/** An instance as the console and the API show it. Times are UTC, ISO 8601. */
export interface InstanceDetails extends InstanceTotals {
  readonly id: string
  readonly name: string
  readonly regionId: string
  readonly specification: InstanceSpecification
  readonly status: 'RUNNING'
  readonly isDefault: boolean
  readonly allowAnonymousPull: boolean
  readonly isLogPublic: boolean
  /** The policy of new repositories, unless their namespace has its own default. */
  readonly defaultImmutability: { mode: ImmutabilityMode; exemptTags: string[] }
  readonly endpoints: { internet: string; vpc: string; path: string | null }
  readonly registryHost: string
  readonly registryAddress: string
  readonly userNamePrefix: string
  readonly createdAt: string
  readonly updatedAt: string
  /** The reader's permission on the whole instance; null when the reader may only see that it exists. */
  readonly access: Permission | null
}

/** Returns the instance. Throws NOT_FOUND. */
export async function requireInstance(db: Source, id: string): Promise<InstanceRow> {
  const instance = await findInstance(db, id)
  if (instance === null) throw new AppError('NOT_FOUND')
  return instance
}

/** The policy that new repositories of the instance get, unless their namespace has its own default. */
export function defaultOf({ defaultImmutabilityMode, defaultExemptTags }: InstanceRow): ImmutabilityRule {
  return { immutabilityMode: defaultImmutabilityMode, exemptTags: defaultExemptTags }
}

/** Returns the details of instances, as shown to a principal who reached the server at `requestHost`. */
export async function describeInstances(
  ctx: Context,
  principal: Principal,
  rows: readonly InstanceRow[],
  requestHost: string,
): Promise<InstanceDetails[]> {
  const viewer = viewerOf(principal)
  const ids = rows.map((row) => row.id)
  const [totalsOf, rankOf] = await Promise.all([
    getInstanceTotals(ctx.db, viewer, ids),
    listRanks(ctx.db, viewer, 'instance', ids),
  ])
  const vantage = { ...ctx.config, requestHost }
  return rows.map((row) => toInstanceDetails(row, totalsOf(row.id), vantage, permissionOfRank(rankOf(row.id))))
}

/** Returns the details of an instance, as shown to a principal who reached the server at `requestHost`. */
export async function describeInstance(
  ctx: Context,
  principal: Principal,
  row: InstanceRow,
  requestHost: string,
): Promise<Versioned<InstanceDetails>> {
  const [value] = await describeInstances(ctx, principal, [row], requestHost)
  return { value: value as InstanceDetails, version: String(row.version) }
}

function toInstanceDetails(
  row: InstanceRow,
  totals: InstanceTotals,
  vantage: Vantage,
  access: Permission | null,
): InstanceDetails {
  return {
    id: row.id,
    name: row.name,
    regionId: row.regionId,
    specification: row.specification as InstanceSpecification,
    status: 'RUNNING',
    isDefault: row.isDefault,
    allowAnonymousPull: row.allowAnonymousPull,
    isLogPublic: row.isLogPublic,
    defaultImmutability: { mode: row.defaultImmutabilityMode, exemptTags: [...row.defaultExemptTags] },
    ...instanceAddresses(row, vantage),
    ...totals,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
    access,
  }
}
