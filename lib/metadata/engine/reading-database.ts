import Sqlite from 'better-sqlite3'
import { WriterNeeded } from '@/lib/domain/writer-needed'
import type { Database, Models } from './database'
import type { OpenDatabase } from './open-database'
import { SqliteReads } from './sqlite-statements'

/** How long a read waits while another process recovers the database after a crash, in milliseconds. */
const recoveryTimeoutMs = 2_000

/**
 * Opens the migrated SQLite database in `file` for a process that only reads: another process of the same server writes,
 * and keeps the locks, which `tryLock` asks it for. There are no models, whose client alone takes more memory than all
 * else here.
 */
export function openReadingDatabase(file: string, tryLock: Database['tryLock']): OpenDatabase {
  const connection = new Sqlite(file, { readonly: true, fileMustExist: true, timeout: recoveryTimeoutMs })
  return new ReadingDatabase(connection, tryLock)
}

class ReadingDatabase implements OpenDatabase {
  readonly provider = 'sqlite'
  readonly mayWrite = false
  readonly read: SqliteReads
  readonly tryLock: Database['tryLock']
  readonly #connection: Sqlite.Database

  constructor(connection: Sqlite.Database, tryLock: Database['tryLock']) {
    this.tryLock = tryLock
    this.#connection = connection
    this.read = new SqliteReads(connection)
  }

  /** All it is asked is `/v2`'s. */
  get inline(): this {
    return this
  }

  get direct(): SqliteReads {
    return this.read
  }

  get prisma(): Models {
    throw new WriterNeeded()
  }

  transaction(): Promise<never> {
    return Promise.reject(new WriterNeeded())
  }

  sqlTransaction(): Promise<never> {
    return Promise.reject(new WriterNeeded())
  }

  close(): Promise<void> {
    this.#connection.close()
    return Promise.resolve()
  }
}
