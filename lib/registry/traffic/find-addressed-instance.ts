import type { AddressedPath } from '@/lib/domain/instance-path'
import { type InstanceForTraffic, findInstanceForTraffic } from '@/lib/metadata/instances'
import type { Context } from '@/lib/context'

export type { InstanceForTraffic }

/** Returns the instance that an address names; null when there is none of that name and region. */
export async function findAddressedInstance(
  ctx: Context,
  instance: AddressedPath['instance'],
): Promise<InstanceForTraffic | null> {
  return instance === null ? null : ctx.addressees.findInstance(instance)
}

/** Returns the instance with this id, which a token names; null when there is none. */
export async function findInstanceOfToken(ctx: Context, id: string): Promise<InstanceForTraffic | null> {
  return findInstanceForTraffic(ctx.db, id)
}
