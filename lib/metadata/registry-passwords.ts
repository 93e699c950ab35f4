import type { Source, Transaction } from './engine/database'
import { deleteRefreshTokens } from './refresh-tokens'

/** Sets the password a user logs on to an instance's registry with; the former one stops working. */
export async function putRegistryPassword(
  tx: Transaction,
  {
    userId,
    instanceId,
    passwordHash,
  }: { readonly userId: string; readonly instanceId: string; readonly passwordHash: string },
): Promise<void> {
  const set = { passwordHash, updatedAt: new Date(), lastUsedAt: null }
  await tx.prisma.registryPassword.upsert({
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
  db: Source,
  { userId, instanceId }: RegistryPasswordOwner,
): Promise<{ readonly setAt: Date | null; readonly lastUsedAt: Date | null }> {
  const found = await db.prisma.registryPassword.findUnique({
    where: { userId_instanceId: { userId, instanceId } },
    select: { updatedAt: true, lastUsedAt: true },
  })
  return { setAt: found?.updatedAt ?? null, lastUsedAt: found?.lastUsedAt ?? null }
}

/** Deletes a user's registry password of an instance; returns whether there was one. */
export async function deleteRegistryPassword(
  tx: Transaction,
  { userId, instanceId }: RegistryPasswordOwner,
): Promise<boolean> {
  const { count } = await tx.prisma.registryPassword.deleteMany({ where: { userId, instanceId } })
  return count > 0
}

/**
 * Deletes a user's registry passwords that have the same hash as the console password: the first start sets both to the
 * same. Call it before changing the console password: otherwise the former one still works at the registry. Returns how
 * many.
 */
export async function deleteSharedRegistryPasswords(tx: Transaction, userId: string): Promise<number> {
  const user = await tx.prisma.user.findUnique({ where: { id: userId }, select: { passwordHash: true } })
  const passwordHash = user?.passwordHash ?? null
  if (passwordHash === null) return 0
  const shared = await tx.prisma.registryPassword.findMany({
    where: { userId, passwordHash },
    select: { instanceId: true },
  })
  for (const { instanceId } of shared) {
    await deleteRegistryPassword(tx, { userId, instanceId })
    await deleteRefreshTokens(tx, { userId, instanceId })
  }
  return shared.length
}
