import { type Vantage, instanceAddresses } from '@/lib/domain/instance-addresses'
import { AppError } from '@/lib/domain/errors'
import type { Db } from '@/lib/metadata/database'
import { type InstanceRow, type InstanceTotals, findInstance, getInstanceTotals } from '@/lib/metadata/instances'
import type { Context } from './context'
import type { Versioned } from './versions'

/** The sizes an instance is sold in by ACR; here they are labels. */
export const instanceSpecifications = ['Enterprise_Basic', 'Enterprise_Standard', 'Enterprise_Advanced'] as const

/** One of them. */
export type InstanceSpecification = (typeof instanceSpecifications)[number]

/** An instance as the console and the API show it. Times are UTC, ISO 8601. */
export interface InstanceDetails extends InstanceTotals {
  readonly id: string
  readonly name: string
  readonly regionId: string
  readonly specification: InstanceSpecification
  readonly status: 'RUNNING'
  readonly isDefault: boolean
  readonly endpoints: { internet: string; vpc: string }
  readonly registryHost: string
  readonly createdAt: string
  readonly updatedAt: string
}

/** The instance. Throws NOT_FOUND. */
export async function requireInstance(db: Db, id: string): Promise<InstanceRow> {
  const instance = await findInstance(db, id)
  if (instance === null) throw new AppError('NOT_FOUND')
  return instance
}

/** The instance with all that is shown of it, for a reader who reached the server at `requestHost`. */
export async function describeInstance(
  ctx: Context,
  row: InstanceRow,
  requestHost: string,
): Promise<Versioned<InstanceDetails>> {
  const totalsOf = await getInstanceTotals(ctx.db, [row.id])
  return {
    value: toInstanceDetails(row, totalsOf(row.id), { ...ctx.config, requestHost }),
    version: String(row.version),
  }
}

/** Joins what is shown of an instance. */
export function toInstanceDetails(row: InstanceRow, totals: InstanceTotals, vantage: Vantage): InstanceDetails {
  return {
    id: row.id,
    name: row.name,
    regionId: row.regionId,
    specification: row.specification as InstanceSpecification,
    status: 'RUNNING',
    isDefault: row.isDefault,
    ...instanceAddresses(row, vantage),
    ...totals,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  }
}
