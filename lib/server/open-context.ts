import { access, constants, mkdir } from 'node:fs/promises'
import path from 'node:path'
import { assertKeysOpen, openSealedKeys, prepareKeys } from '@/lib/auth/keys'
import type { Config } from '@/lib/config'
import { type Logger, createLogger } from '@/lib/log'
import type { DatabaseLocation } from '@/lib/metadata/engine/database'
import { type OpenDatabase, openDatabase } from '@/lib/metadata/engine/open-database'
import { migrate } from '@/lib/metadata/engine/migrate'
import { SpaceReserve } from '@/lib/metadata/engine/space-reserve'
import { KeysError } from '@/lib/secrets/key-store'
import { type ProcessContext, createContext } from './create-context'
import { restrictAccess } from './restrict-access'
import { StartError } from './start-error'

/**
 * Opens everything that the process needs, and migrates the database. The parts in `given` are used instead of new
 * ones. Throws a StartError that names what failed.
 */
export async function openContext(config: Config, given: Partial<ProcessContext> = {}): Promise<ProcessContext> {
  if (config.usesDataDir) await openDataFolder(config.dataDir)
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
    const applied = await migrate(config.database, path.resolve('prisma'), {
      inspectKeys: (keys) => assertKeysOpen(config, keys),
      noteAhead: (migrations) =>
        log.warn({ migrations }, 'the database is of a newer version: replace this server soon'),
    })
    if (applied.length > 0) log.info({ migrations: applied }, 'the database was migrated')
  } catch (error) {
    if (error instanceof KeysError) throw new StartError(error.message)
    throw new StartError(`The database ${nameOf(config.database)} cannot be used: ${(error as Error).message}`)
  }
  const db = await openDatabase(config.database, () => reserve.beforeWrite())
  await openSharedKeys(config, db, log)
  return createContext(config, { log, reserve, db, ...given })
}

async function openDataFolder(dataDir: string): Promise<void> {
  try {
    await mkdir(dataDir, { recursive: true, mode: 0o700 })
    await access(dataDir, constants.R_OK | constants.W_OK | constants.X_OK)
  } catch (error) {
    throw new StartError(`STELE_DATA_DIR: ${dataDir} is not writable (${(error as NodeJS.ErrnoException).code})`)
  }
}

/** Makes sure of the keys that all servers over the database share, before anything is sealed or signed. */
async function openSharedKeys(config: Config, db: OpenDatabase, log: Logger): Promise<void> {
  try {
    const state = await prepareKeys(config, db)
    if (state === 'created in database') log.info('the keys of the servers were created in the database')
    if (state === 'moved to database') {
      log.info({ folder: `${config.dataDir}/keys` }, 'the keys were moved to the database: the folder can be removed')
    }
    if (state !== 'in folder' && !(await openSealedKeys(config, db).areCurrent())) {
      log.warn('the keys are still sealed with STELE_SECRET_KEY_PREVIOUS: `npm run stele -- keys reseal`')
    }
  } catch (error) {
    await db.close()
    throw error instanceof KeysError ? new StartError(error.message) : error
  }
}

/** The display name of the database, without the password in its address. */
function nameOf(location: DatabaseLocation): string {
  if (location.provider === 'sqlite') return location.file
  const { host, pathname } = new URL(location.url)
  return `${host}${pathname}`
}
