import type { Database, SqlSource } from './engine/database'
import type { User } from './users'

/** Credentials for an instance's registry. Only lib/auth reads them: they contain hashes. */

/** A user, and what their registry password of an instance is verified against; null while none is set. */
export interface UserCredential {
  readonly user: Pick<User, 'id' | 'name' | 'isDisabled' | 'role'>
  readonly passwordHash: string | null
  readonly lastUsedAt: Date | null
}

/** A robot, and what its secret is verified against. */
export interface RobotCredential {
  readonly id: string
  /** Without the prefix of robots' user names. */
  readonly name: string
  readonly secretHash: string
  readonly isDisabled: boolean
  readonly expiresAt: Date | null
  readonly lastUsedAt: Date | null
}

/** A temporary token, and the user who made it. */
export interface TemporaryTokenCredential {
  readonly id: string
  readonly user: Pick<User, 'id' | 'name' | 'isDisabled' | 'role'>
  readonly expiresAt: Date
  readonly revokedAt: Date | null
  readonly lastUsedAt: Date | null
}

type UserColumns = Pick<User, 'name' | 'isDisabled' | 'role'> & { readonly userId: string }

type UserCredentialRow = UserColumns & Omit<UserCredential, 'user'>

type TemporaryTokenRow = UserColumns & Omit<TemporaryTokenCredential, 'user'>

// Requests run these: templates without SQL fragments are the cheapest, so each is written out.

/** The user of that name, at an instance; or null. */
export async function findUserCredential(
  source: SqlSource,
  instanceId: string,
  name: string,
): Promise<UserCredential | null> {
  const [row] = await source.read.$queryRaw<UserCredentialRow[]>`
    SELECT u."id" AS "userId", u."name", u."isDisabled", u."role", p."passwordHash", p."lastUsedAt"
    FROM "User" u LEFT JOIN "RegistryPassword" p ON p."userId" = u."id" AND p."instanceId" = ${instanceId}
    WHERE u."name" = ${name}`
  return row === undefined ? null : withUser(row)
}

/** The user of that id, at an instance; or null. */
export async function findUserCredentialById(
  source: SqlSource,
  instanceId: string,
  userId: string,
): Promise<UserCredential | null> {
  const [row] = await source.read.$queryRaw<UserCredentialRow[]>`
    SELECT u."id" AS "userId", u."name", u."isDisabled", u."role", p."passwordHash", p."lastUsedAt"
    FROM "User" u LEFT JOIN "RegistryPassword" p ON p."userId" = u."id" AND p."instanceId" = ${instanceId}
    WHERE u."id" = ${userId}`
  return row === undefined ? null : withUser(row)
}

/** The robot of that name, of an instance; or null. */
export async function findRobotCredential(
  source: SqlSource,
  instanceId: string,
  name: string,
): Promise<RobotCredential | null> {
  const [row] = await source.read.$queryRaw<RobotCredential[]>`
    SELECT "id", "name", "secretHash", "isDisabled", "expiresAt", "lastUsedAt"
    FROM "Robot" WHERE "instanceId" = ${instanceId} AND "name" = ${name}`
  return row ?? null
}

/** The robot of that id, if it is of the instance; or null. */
export async function findRobotCredentialById(
  source: SqlSource,
  instanceId: string,
  id: string,
): Promise<RobotCredential | null> {
  const [row] = await source.read.$queryRaw<RobotCredential[]>`
    SELECT "id", "name", "secretHash", "isDisabled", "expiresAt", "lastUsedAt"
    FROM "Robot" WHERE "id" = ${id} AND "instanceId" = ${instanceId}`
  return row ?? null
}

/** The temporary token with that hash, of an instance; or null. */
export async function findTemporaryTokenCredential(
  source: SqlSource,
  instanceId: string,
  tokenHash: string,
): Promise<TemporaryTokenCredential | null> {
  const [row] = await source.read.$queryRaw<TemporaryTokenRow[]>`
    SELECT t."id", u."id" AS "userId", u."name", u."isDisabled", u."role", t."expiresAt", t."revokedAt", t."lastUsedAt"
    FROM "TemporaryToken" t JOIN "User" u ON u."id" = t."userId"
    WHERE t."tokenHash" = ${tokenHash} AND t."instanceId" = ${instanceId}`
  return row === undefined ? null : withUser(row)
}

/** The temporary token of that id, if it is of the instance; or null. */
export async function findTemporaryTokenCredentialById(
  source: SqlSource,
  instanceId: string,
  id: string,
): Promise<TemporaryTokenCredential | null> {
  const [row] = await source.read.$queryRaw<TemporaryTokenRow[]>`
    SELECT t."id", u."id" AS "userId", u."name", u."isDisabled", u."role", t."expiresAt", t."revokedAt", t."lastUsedAt"
    FROM "TemporaryToken" t JOIN "User" u ON u."id" = t."userId"
    WHERE t."id" = ${id} AND t."instanceId" = ${instanceId}`
  return row === undefined ? null : withUser(row)
}

function withUser<T extends UserColumns>({ userId, name, isDisabled, role, ...rest }: T) {
  return { user: { id: userId, name, isDisabled, role }, ...rest }
}

/** Which credential of an instance's registry was used. */
export type UsedCredential =
  | { readonly kind: 'password'; readonly userId: string; readonly instanceId: string }
  | { readonly kind: 'robot' | 'temporaryToken'; readonly id: string }

/** Records when a credential was last used, and a robot's address. Never replaces a later time. */
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
