import { mkdir } from 'node:fs/promises'
import path from 'node:path'
import type { Config } from '@/lib/config'
import { type LockMode, type ProcessLock, lockForProcess } from '@/lib/metadata/engine/process-lock'
import { StartError } from './start-error'

/**
 * Keeps other servers from the data folder, and from the database if that is a SQLite file, until this process ends or
 * the returned function is called. Servers over one PostgreSQL database share the folder. Throws a StartError when
 * another server has it.
 *
 * Only a server takes these locks: `npm run stele` works beside it.
 */
export async function takeServingLocks({ dataDir, database }: Config): Promise<() => void> {
  const mode: LockMode = database.provider === 'sqlite' ? 'exclusive' : 'shared'
  await mkdir(dataDir, { recursive: true, mode: 0o700 }).catch(rethrowAs('STELE_DATA_DIR', dataDir))
  const locks = [takeLock('STELE_DATA_DIR', dataDir, path.join(dataDir, 'serving.lock'), mode)]
  if (database.provider === 'sqlite') {
    try {
      locks.push(takeLock('DATABASE_URL', database.file, `${database.file}.lock`, mode))
    } catch (error) {
      for (const lock of locks) lock.release()
      throw error
    }
  }
  return () => {
    for (const lock of locks) lock.release()
  }
}

function takeLock(variable: string, name: string, file: string, mode: LockMode): ProcessLock {
  let lock
  try {
    lock = lockForProcess(file, mode)
  } catch (error) {
    return rethrowAs(variable, name)(error)
  }
  if (lock !== null) return lock
  throw new StartError(
    `${variable}: another running server uses ${name}: stop that server, or set another folder for this one ` +
      '(only servers over one PostgreSQL database can share a folder: docs/postgresql.md)',
  )
}

function rethrowAs(variable: string, name: string): (error: unknown) => never {
  return (error) => {
    throw new StartError(`${variable}: ${name} is not writable (${String((error as { code?: unknown }).code)})`)
  }
}
