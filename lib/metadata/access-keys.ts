import type { Source, SqlSource, Transaction } from './engine/database'
import { Prisma } from './generated/sqlite/client'
import { type Slice, inOrder } from './engine/listing'
import type { User } from './users'

/** An access key as it is stored. */
interface SealedAccessKey {
  readonly sealedSecret: string
  readonly lastUsedAt: Date | null
}

/** The access key with what its secret is compared with, and its user; or null. Only lib/auth asks for it. */
export async function findSealedAccessKey(
  source: SqlSource,
  id: string,
): Promise<(SealedAccessKey & { readonly user: User; readonly isDisabled: boolean }) | null> {
  const [row] = await source.read.$queryRaw<(User & SealedAccessKey & { keyIsDisabled: boolean })[]>`
    SELECT u."id", u."name", u."displayName", u."isDisabled", u."role",
      k."sealedSecret", k."isDisabled" AS "keyIsDisabled", k."lastUsedAt"
    FROM "AccessKey" k JOIN "User" u ON u."id" = k."userId" WHERE k."id" = ${id}`
  if (row === undefined) return null
  const { sealedSecret, keyIsDisabled, lastUsedAt, ...user } = row
  return { user, sealedSecret, isDisabled: keyIsDisabled, lastUsedAt }
}

/** Adds an access key. The database refuses an id that is taken (`isUniqueViolation`). */
export async function insertAccessKey(
  tx: Transaction,
  key: { readonly id: string; readonly userId: string; readonly sealedSecret: string },
): Promise<void> {
  await tx.prisma.accessKey.create({ data: key })
}

/** An access key as stored, without its secret. */
export interface AccessKeyRow {
  readonly id: string
  readonly userId: string
  readonly isDisabled: boolean
  readonly createdAt: Date
  readonly lastUsedAt: Date | null
}

/** The user's access key of that id, or null. */
export async function findAccessKey(db: Source, userId: string, id: string): Promise<AccessKeyRow | null> {
  return db.prisma.accessKey.findFirst({ where: { id, userId }, omit: { sealedSecret: true } })
}

/** Access keys of a user by when they were made. */
export async function listAccessKeys(db: Source, userId: string, slice: Slice): Promise<AccessKeyRow[]> {
  return db.read.$queryRaw<AccessKeyRow[]>`
    SELECT "id", "userId", "isDisabled", "createdAt", "lastUsedAt" FROM "AccessKey" WHERE "userId" = ${userId}
    ${inOrder(Prisma.sql`"createdAt"`, Prisma.sql`"id"`, slice)}`
}

/** How many access keys a user has, disabled ones too. */
export async function countAccessKeys(db: Source, userId: string): Promise<number> {
  return db.prisma.accessKey.count({ where: { userId } })
}

/** Disables or enables an access key; returns whether that changed it. */
export async function setAccessKeyDisabled(tx: Transaction, id: string, isDisabled: boolean): Promise<boolean> {
  const { count } = await tx.prisma.accessKey.updateMany({
    where: { id, isDisabled: !isDisabled },
    data: { isDisabled },
  })
  return count > 0
}

/** Deletes an access key; returns whether it was there. */
export async function deleteAccessKey(tx: Transaction, id: string): Promise<boolean> {
  const { count } = await tx.prisma.accessKey.deleteMany({ where: { id } })
  return count > 0
}

/** Notes that an access key was used at `minute`, unless a later use is noted. */
export async function touchAccessKey(db: Source, id: string, minute: Date): Promise<void> {
  await db.prisma.accessKey.updateMany({
    where: { id, OR: [{ lastUsedAt: null }, { lastUsedAt: { lt: minute } }] },
    data: { lastUsedAt: minute },
  })
}

/** User name of an access key's owner; the key is there. */
export async function findAccessKeyOwnerName(tx: Transaction, id: string): Promise<string> {
  const { user } = await tx.prisma.accessKey.findUniqueOrThrow({
    where: { id },
    select: { user: { select: { name: true } } },
  })
  return user.name
}
