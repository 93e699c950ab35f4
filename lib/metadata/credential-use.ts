import type { Database } from './engine/database'

/** Which credential of an instance's registry was used. */
export type UsedCredential =
  | { readonly kind: 'password'; readonly userId: string; readonly instanceId: string }
  | { readonly kind: 'robot' | 'temporaryToken'; readonly id: string }

/** Notes when a credential was used last, and by a robot from where. Never a time before the one that is noted. */
export async function noteCredentialUse(
  db: Database,
  used: UsedCredential,
  { at, address }: { readonly at: Date; readonly address: string },
): Promise<void> {
  await db.sqlTransaction(async (tx) => {
    if (used.kind === 'password') {
      await tx.$executeRaw`
        UPDATE "RegistryPassword" SET "lastUsedAt" = ${at}
        WHERE "userId" = ${used.userId} AND "instanceId" = ${used.instanceId}
          AND ("lastUsedAt" IS NULL OR "lastUsedAt" < ${at})`
    } else if (used.kind === 'robot') {
      await tx.$executeRaw`
        UPDATE "Robot" SET "lastUsedAt" = ${at}, "lastUsedAddress" = ${address}
        WHERE "id" = ${used.id} AND ("lastUsedAt" IS NULL OR "lastUsedAt" < ${at})`
    } else {
      await tx.$executeRaw`
        UPDATE "TemporaryToken" SET "lastUsedAt" = ${at}
        WHERE "id" = ${used.id} AND ("lastUsedAt" IS NULL OR "lastUsedAt" < ${at})`
    }
  })
}
