import type Sqlite from 'better-sqlite3'
import type { Client } from 'pg'
import { technicalTagOf } from '@/lib/domain/content-kind'
import { versionKey } from '@/lib/domain/version-key'

/*
 * The part of a migration that SQL cannot say: what the name of a tag gives its row (docs/decisions/0025-version-keys.md).
 */

/** The migration that adds the columns. */
export const tagOrdersMigration = '20261128224034_tag_orders'

/** Rows of one statement on PostgreSQL. */
const pageSize = 5000

/** Fills the columns of all tags. */
export function fillTagsOfSqlite(db: Sqlite.Database): void {
  db.function('stele_version_key', { deterministic: true }, (name) => versionKey(String(name)))
  db.function('stele_is_technical', { deterministic: true }, (name) => Number(technicalTagOf(String(name)) !== null))
  db.exec(`UPDATE "Tag" SET "versionKey" = stele_version_key("name"), "isTechnical" = stele_is_technical("name")`)
}

/** Fills the columns of all tags, in pages. */
export async function fillTagsOfPostgresql(client: Client): Promise<void> {
  for (let last = { repositoryId: '', name: '' }; ;) {
    const { rows } = await client.query<typeof last>(
      `SELECT "repositoryId", "name" FROM "Tag" WHERE ("repositoryId", "name") > ($1, $2)
       ORDER BY "repositoryId", "name" LIMIT ${pageSize}`,
      [last.repositoryId, last.name],
    )
    const end = rows.at(-1)
    if (end === undefined) return
    await client.query(
      `UPDATE "Tag" SET "versionKey" = given."versionKey", "isTechnical" = given."isTechnical"
       FROM unnest($1::text[], $2::text[], $3::text[], $4::boolean[])
         AS given("repositoryId", "name", "versionKey", "isTechnical")
       WHERE "Tag"."repositoryId" = given."repositoryId" AND "Tag"."name" = given."name"`,
      [
        rows.map(({ repositoryId }) => repositoryId),
        rows.map(({ name }) => name),
        rows.map(({ name }) => versionKey(name)),
        rows.map(({ name }) => technicalTagOf(name) !== null),
      ],
    )
    last = end
  }
}
