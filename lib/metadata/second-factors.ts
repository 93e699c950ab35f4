import type { Source, Transaction } from './engine/database'

/** A second factor as stored. */
export interface StoredSecondFactor {
  readonly sealedSecret: string
  /** Null until a code has shown that the app has the secret: until then the factor does not count. */
  readonly confirmedAt: Date | null
}

/** The second factor of a user, confirmed or not; null when there is none. */
export async function findSecondFactor(db: Source, userId: string): Promise<StoredSecondFactor | null> {
  return db.prisma.secondFactor.findUnique({ where: { userId }, select: { sealedSecret: true, confirmedAt: true } })
}

/** Adds an unconfirmed second factor; replaces another that is not confirmed. */
export async function putUnconfirmedSecondFactor(
  tx: Transaction,
  factor: { readonly userId: string; readonly sealedSecret: string; readonly createdAt: Date },
): Promise<void> {
  await tx.prisma.secondFactor.deleteMany({ where: { userId: factor.userId, confirmedAt: null } })
  await tx.prisma.secondFactor.create({ data: factor })
}

/** Makes a second factor count from now on. */
export async function confirmSecondFactor(tx: Transaction, userId: string, confirmedAt: Date): Promise<void> {
  await tx.prisma.secondFactor.update({ where: { userId }, data: { confirmedAt } })
}

/** Uses up the codes of a time step and all earlier ones; returns false when this one was already used up. */
export async function spendStep(tx: Transaction, userId: string, step: number): Promise<boolean> {
  const { count } = await tx.prisma.secondFactor.updateMany({
    where: { userId, OR: [{ lastStep: null }, { lastStep: { lt: step } }] },
    data: { lastStep: step },
  })
  return count > 0
}

/** Deletes a user's second factor and its recovery codes; returns whether there was a confirmed one. */
export async function deleteSecondFactor(tx: Transaction, userId: string): Promise<boolean> {
  await tx.prisma.recoveryCode.deleteMany({ where: { userId } })
  const { count } = await tx.prisma.secondFactor.deleteMany({ where: { userId, confirmedAt: { not: null } } })
  await tx.prisma.secondFactor.deleteMany({ where: { userId } })
  return count > 0
}

/** Gives a user these recovery codes in place of all others. */
export async function replaceRecoveryCodes(
  tx: Transaction,
  userId: string,
  codeHashes: readonly string[],
): Promise<void> {
  await tx.prisma.recoveryCode.deleteMany({ where: { userId } })
  await tx.prisma.recoveryCode.createMany({ data: codeHashes.map((codeHash) => ({ userId, codeHash })) })
}

/** Uses up a recovery code; returns false when the user has none of that hash. */
export async function spendRecoveryCode(tx: Transaction, userId: string, codeHash: string): Promise<boolean> {
  const { count } = await tx.prisma.recoveryCode.deleteMany({ where: { userId, codeHash } })
  return count > 0
}

/** How many recovery codes a user has left. */
export async function countRecoveryCodes(db: Source, userId: string): Promise<number> {
  return db.prisma.recoveryCode.count({ where: { userId } })
}
