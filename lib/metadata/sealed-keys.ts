import type { SqlSource, SqlTransaction } from './engine/database'
import { lockName } from './engine/locks'

/** A key of the servers, sealed; what it means is lib/secrets' concern. */
export interface SealedKeyRow {
  readonly name: string
  readonly version: number
  readonly sealedWith: string
  readonly sealed: string
}

/** The sealed key of this name, or null. */
export async function findSealedKey(source: SqlSource, name: string): Promise<SealedKeyRow | null> {
  const [row] = await source.read.$queryRaw<SealedKeyRow[]>`
    SELECT "name", "version", "sealedWith", "sealed" FROM "SealedKey" WHERE "name" = ${name}`
  return row ?? null
}

/** All sealed keys. */
export function listSealedKeys(source: SqlSource): Promise<SealedKeyRow[]> {
  return source.read.$queryRaw<SealedKeyRow[]>`SELECT "name", "version", "sealedWith", "sealed" FROM "SealedKey"`
}

/** The same, when no other transaction changes them until this one ends. */
export async function lockSealedKeys(tx: SqlTransaction): Promise<SealedKeyRow[]> {
  await lockName(tx, 'sealed keys')
  return listSealedKeys(tx)
}

/** Writes a key in place of the one that has its name. */
export async function putSealedKey(tx: SqlTransaction, key: SealedKeyRow, changedAt: Date): Promise<void> {
  const { name, version, sealedWith, sealed } = key
  await tx.$executeRaw`
    INSERT INTO "SealedKey" ("name", "version", "sealedWith", "sealed", "changedAt")
    VALUES (${name}, ${version}, ${sealedWith}, ${sealed}, ${changedAt})
    ON CONFLICT ("name") DO UPDATE SET "version" = excluded."version", "sealedWith" = excluded."sealedWith",
      "sealed" = excluded."sealed", "changedAt" = excluded."changedAt"`
}

/** One access key and one second factor, where there are any: what a sealing key must be able to open. */
export async function findSealedSamples(source: SqlSource): Promise<{
  readonly accessKey: { readonly id: string; readonly sealedSecret: string } | null
  readonly secondFactor: { readonly userId: string; readonly sealedSecret: string } | null
}> {
  const { read } = source
  const [accessKey] = await read.$queryRaw<{ id: string; sealedSecret: string }[]>`
    SELECT "id", "sealedSecret" FROM "AccessKey" ORDER BY "id" LIMIT 1`
  const [secondFactor] = await read.$queryRaw<{ userId: string; sealedSecret: string }[]>`
    SELECT "userId", "sealedSecret" FROM "SecondFactor" ORDER BY "userId" LIMIT 1`
  return { accessKey: accessKey ?? null, secondFactor: secondFactor ?? null }
}
