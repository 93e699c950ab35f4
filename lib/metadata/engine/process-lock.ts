import Sqlite from 'better-sqlite3'
import { createPrivateFile } from './private-file'

/** Whether other processes may hold the lock at the same time. */
export type LockMode = 'exclusive' | 'shared'

/** How long to wait for a process that is about to end, in milliseconds. */
const waitMs = 250

/**
 * Takes a lock on `file` until this process ends, however it ends; returns null when another process has it. The file is
 * created, and stays empty. Throws the system's or SQLite's error when the file cannot be opened or locked.
 *
 * Node.js cannot lock a file, but SQLite can: with a lock of the kernel, which ends with its process even after `kill
 * -9`, and which also holds between two containers on one machine. Nothing else may open the file: closing a second
 * descriptor of it would drop the lock.
 */
export function lockForProcess(file: string, mode: LockMode): ProcessLock | null {
  createPrivateFile(file)
  const connection = new Sqlite(file, { timeout: waitMs })
  try {
    // Neither writes: an open transaction is the lock.
    connection.exec(mode === 'exclusive' ? 'BEGIN EXCLUSIVE' : 'BEGIN; SELECT * FROM sqlite_master')
    return new ProcessLock(connection)
  } catch (error) {
    connection.close()
    if ((error as { code?: unknown }).code === 'SQLITE_BUSY') return null
    throw error
  }
}

/** A lock that is held for as long as this object is referenced. */
export class ProcessLock {
  readonly #connection: Sqlite.Database

  constructor(connection: Sqlite.Database) {
    this.#connection = connection
  }

  /** Ends the lock before the process ends. */
  release(): void {
    this.#connection.close()
  }
}
