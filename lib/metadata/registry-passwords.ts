import type { Transaction } from './database'

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
