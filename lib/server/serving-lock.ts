import { mkdir } from 'node:fs/promises'
import path from 'node:path'
import type { Config } from '@/lib/config'
import { type LockMode, type ProcessLock, lockForProcess } from '@/lib/metadata/engine/process-lock'
import { StartError } from './start-error'

/**
 * Keeps other servers from the data folder, and from the database if that is a SQLite file, until this process ends or
 * the returned function is called. Servers over one PostgreSQL database share the folder. Throws a StartError when
 * another server has it. The process that a server was started as takes these locks. Where nothing is in the folder, it is
 * left alone.
 *
 * Only a server takes locks: `npm run stele` works beside it.
 */
export function takeServerLocks(config: Config): Promise<() => void> {
  return takeLocks(config, 'server')
}

/**
 * The same for the process that writes, which a supervisor may start again: a main process that outlives its supervisor by
 * a moment still keeps another server's away.
 */
export function takeWritingLocks(config: Config): Promise<() => void> {
  return takeLocks(config, 'serving')
}

async function takeLocks({ dataDir, usesDataDir, database }: Config, of: 'server' | 'serving'): Promise<() => void> {
  if (!usesDataDir) return () => undefined
  const mode: LockMode = database.provider === 'sqlite' ? 'exclusive' : 'shared'
  await mkdir(dataDir, { recursive: true, mode: 0o700 }).catch(rethrowAs('STELE_DATA_DIR', dataDir))
  const locks = [takeLock('STELE_DATA_DIR', dataDir, path.join(dataDir, `${of}.lock`), mode)]
  const release = () => {
    for (const lock of locks) lock.release()
  }
  if (database.provider === 'sqlite') {
    const file = of === 'server' ? `${database.file}.server.lock` : `${database.file}.lock`
    try {
      locks.push(takeLock('DATABASE_URL', database.file, file, mode))
    } catch (error) {
      release()
      throw error
    }
  }
  return release
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
