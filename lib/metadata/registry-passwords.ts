import type { Db, Transaction } from './database'

/** Sets the password a user logs on to an instance's registry with; what was set before is worth nothing from then on. */
export async function putRegistryPassword(
  tx: Transaction,
  {
    userId,
    instanceId,
    passwordHash,
  }: { readonly userId: string; readonly instanceId: string; readonly passwordHash: string },
): Promise<void> {
  const set = { passwordHash, updatedAt: new Date(), lastUsedAt: null }
  await tx.registryPassword.upsert({
    where: { userId_instanceId: { userId, instanceId } },
    create: { userId, instanceId, ...set },
    update: set,
  })
}

/** Whose registry password, and for which instance. */
export interface RegistryPasswordOwner {
  readonly userId: string
  readonly instanceId: string
}

/** When a user's registry password of an instance was set and last used, both null while there is none. */
export async function findRegistryPasswordTimes(
  db: Db,
  { userId, instanceId }: RegistryPasswordOwner,
): Promise<{ readonly setAt: Date | null; readonly lastUsedAt: Date | null }> {
  const found = await db.registryPassword.findUnique({
    where: { userId_instanceId: { userId, instanceId } },
    select: { updatedAt: true, lastUsedAt: true },
  })
  return { setAt: found?.updatedAt ?? null, lastUsedAt: found?.lastUsedAt ?? null }
}

/** Takes a user's registry password of an instance away; answers whether there was one. */
export async function deleteRegistryPassword(
  tx: Transaction,
  { userId, instanceId }: RegistryPasswordOwner,
): Promise<boolean> {
  const { count } = await tx.registryPassword.deleteMany({ where: { userId, instanceId } })
  return count > 0
}
