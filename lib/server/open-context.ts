import { access, constants, mkdir } from 'node:fs/promises'
import path from 'node:path'
import type { Config } from '@/lib/config'
import { createLogger } from '@/lib/log'
import type { DatabaseLocation } from '@/lib/metadata/engine/database'
import { openDatabase } from '@/lib/metadata/engine/open-database'
import { migrate } from '@/lib/metadata/engine/migrate'
import { SpaceReserve } from '@/lib/metadata/engine/space-reserve'
import { type ProcessContext, createContext } from './create-context'
import { restrictAccess } from './restrict-access'
import { StartError } from './start-error'

/**
 * Opens everything that the process needs, and migrates the database. The parts in `given` are used instead of new
 * ones. Throws a StartError that names what failed.
 */
export async function openContext(config: Config, given: Partial<ProcessContext> = {}): Promise<ProcessContext> {
  try {
    await mkdir(config.dataDir, { recursive: true, mode: 0o700 })
    await access(config.dataDir, constants.R_OK | constants.W_OK | constants.X_OK)
  } catch (error) {
    throw new StartError(`STELE_DATA_DIR: ${config.dataDir} is not writable (${(error as NodeJS.ErrnoException).code})`)
  }
  const log = given.log ?? createLogger(config.logLevel, config.logFormat ?? (process.stdout.isTTY ? 'text' : 'json'))
  for (const accessible of await restrictAccess(config)) {
    log.warn(
      { path: accessible },
      'other users may access this path: change its mode, or its owner to the server’s user',
    )
  }
  const reserve = new SpaceReserve(config.database, config.reserveMib, log)
  // SQLite writes a little even when it opens a migrated database.
  reserve.beforeWrite()
  try {
    const applied = await migrate(config.database, path.resolve('prisma'))
    if (applied.length > 0) log.info({ migrations: applied }, 'the database was migrated')
  } catch (error) {
    throw new StartError(`The database ${nameOf(config.database)} cannot be used: ${(error as Error).message}`)
  }
  const db = openDatabase(config.database, () => reserve.beforeWrite())
  return createContext(config, { log, reserve, db, ...given })
}

/** The display name of the database, without the password in its address. */
function nameOf(location: DatabaseLocation): string {
  if (location.provider === 'sqlite') return location.file
  const { host, pathname } = new URL(location.url)
  return `${host}${pathname}`
}
