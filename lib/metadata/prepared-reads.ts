import Sqlite, { type Statement } from 'better-sqlite3'
import { AppError } from '@/lib/domain/errors'

/**
 * The few reads that every push and pull makes, as prepared statements on a read-only SQLite connection: a tenth of the
 * cost of the same read through Prisma (docs/decisions/0007-prepared-reads.md). Like any read outside a transaction
 * they see the last commit, and a failure is UNAVAILABLE.
 *
 * Each has its equal in Prisma, in the function that uses it, for transactions and other databases; a test holds the
 * two together.
 */
export class PreparedReads {
  readonly #connection: Sqlite.Database

  /** The user of a name, with the hash of the password. */
  readonly user: Read<
    [name: string],
    { id: string; name: string; role: 'ADMINISTRATOR' | 'MEMBER'; passwordHash: string }
  >
  /** The id of the instance of a region and name. */
  readonly instanceId: Read<[regionId: string, name: string], { id: string }>
  /** The id of the default instance. */
  readonly defaultInstanceId: Read<[], { id: string }>
  /** A repository by instance and path; `tagImmutability` is 0 or 1. */
  readonly repository: Read<
    [instanceId: string, path: string],
    { id: string; instanceId: string; path: string; tagImmutability: number }
  >
  /** A manifest by repository and digest. */
  readonly manifest: Read<[repositoryId: string, digest: string], ManifestRow>
  /** The manifest that a tag of a repository points at. */
  readonly manifestOfTag: Read<[repositoryId: string, tag: string], ManifestRow>
  /** Whether a repository links to a blob. */
  readonly blobLink: Read<[repositoryId: string, digest: string], { digest: string }>
  /** Whether a repository has an upload open. */
  readonly upload: Read<[id: string, repositoryId: string], { id: string }>

  constructor(file: string) {
    this.#connection = new Sqlite(file, { readonly: true, fileMustExist: true })
    const manifest = 'm."digest", m."mediaType", m."content", m."sizeBytes"'
    this.user = this.#prepare('SELECT "id", "name", "role", "passwordHash" FROM "User" WHERE "name" = ?')
    this.instanceId = this.#prepare('SELECT "id" FROM "Instance" WHERE "regionId" = ? AND "name" = ?')
    this.defaultInstanceId = this.#prepare('SELECT "id" FROM "Instance" WHERE "isDefault" LIMIT 1')
    this.repository = this.#prepare(
      'SELECT "id", "instanceId", "path", "tagImmutability" FROM "Repository" WHERE "instanceId" = ? AND "path" = ?',
    )
    this.manifest = this.#prepare(`SELECT ${manifest} FROM "Manifest" m WHERE m."repositoryId" = ? AND m."digest" = ?`)
    this.manifestOfTag = this.#prepare(
      `SELECT ${manifest} FROM "Tag" t
       JOIN "Manifest" m ON m."repositoryId" = t."repositoryId" AND m."digest" = t."digest"
       WHERE t."repositoryId" = ? AND t."name" = ?`,
    )
    this.blobLink = this.#prepare('SELECT "digest" FROM "RepositoryBlob" WHERE "repositoryId" = ? AND "digest" = ?')
    this.upload = this.#prepare('SELECT "id" FROM "Upload" WHERE "id" = ? AND "repositoryId" = ?')
  }

  /** Ends the connection; nothing may be read after it. */
  close(): void {
    this.#connection.close()
  }

  #prepare<Parameters extends unknown[], Row>(sql: string): Read<Parameters, Row> {
    const statement: Statement<Parameters, Row> = this.#connection.prepare(sql)
    return (...parameters) => {
      try {
        return statement.get(...parameters) ?? null
      } catch (error) {
        throw new AppError('UNAVAILABLE', { cause: error })
      }
    }
  }
}

/** One read: a row, or null. */
export type Read<Parameters extends unknown[], Row> = (...parameters: Parameters) => Row | null

interface ManifestRow {
  digest: string
  mediaType: string
  content: Buffer
  sizeBytes: number
}
