import type { SqlSource } from './engine/database'
import type { Sql } from './engine/listing'
import { Prisma } from './generated/sqlite/client'

/**
 * Joins to the digests of the table `from` what is above each in its repository, by two ways (`leaving."way"`): 1, the
 * manifests that name it (`parent."parentDigest"`); 2, its subject (`referrer."subjectDigest"`). For a recursive
 * statement, of which PostgreSQL allows one recursive term only, so it has both.
 *
 * On PostgreSQL as subqueries with OFFSET, which run for each digest: when it has planned the statement for a repository
 * of average size, it would read all references of a large one into a hash table.
 */
export function joinAbove({ provider }: Pick<SqlSource, 'provider'>, repositoryId: string, from: Sql): Sql {
  const ways = Prisma.sql`CROSS JOIN (SELECT 1 AS "way" UNION ALL SELECT 2) AS leaving`
  if (provider === 'sqlite') {
    return Prisma.sql`${ways}
      LEFT JOIN "ManifestReference" AS parent ON leaving."way" = 1
        AND parent."repositoryId" = ${repositoryId} AND parent."childDigest" = ${from}."digest"
      LEFT JOIN "Manifest" AS referrer ON leaving."way" = 2
        AND referrer."repositoryId" = ${repositoryId} AND referrer."digest" = ${from}."digest"`
  }
  return Prisma.sql`${ways}
    LEFT JOIN LATERAL (
      SELECT p."parentDigest" FROM "ManifestReference" p
      WHERE leaving."way" = 1 AND p."repositoryId" = ${repositoryId} AND p."childDigest" = ${from}."digest"
      OFFSET 0) AS parent ON TRUE
    LEFT JOIN LATERAL (
      SELECT m."subjectDigest" FROM "Manifest" m
      WHERE leaving."way" = 2 AND m."repositoryId" = ${repositoryId} AND m."digest" = ${from}."digest"
      OFFSET 0) AS referrer ON TRUE`
}
