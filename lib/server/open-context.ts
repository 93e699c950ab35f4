import { access, constants, mkdir } from 'node:fs/promises'
import path from 'node:path'
import { Attempts } from '@/lib/auth/guessing/attempts'
import { FailedLogOns } from '@/lib/auth/guessing/failed-log-ons'
import { JobHost } from '@/lib/jobs/job-host'
import { CredentialUses } from '@/lib/auth/use/credential-uses'
import { Passwords } from '@/lib/secrets/passwords'
import { RegistryTokens } from '@/lib/secrets/registry-tokens'
import { openSecretBox } from '@/lib/secrets/secret-box'
import type { Config } from '@/lib/config'
import { AwaitedBodies } from '@/lib/limits/awaited-bodies'
import { ByteBudget } from '@/lib/limits/byte-budget'
import { TagRefusals } from '@/lib/limits/tag-refusals'
import { Turnstile, Turnstiles } from '@/lib/limits/turnstile'
import { createLogger } from '@/lib/log'
import type { DatabaseLocation } from '@/lib/metadata/engine/database'
import { type OpenDatabase, openDatabase } from '@/lib/metadata/engine/open-database'
import { migrate } from '@/lib/metadata/engine/migrate'
import { SpaceReserve } from '@/lib/metadata/engine/space-reserve'
import type { Context } from '@/lib/context'
import { openBlobStore } from '@/lib/storage/open-blob-store'
import { VerifiedBlobs } from '@/lib/storage/verified-blobs'
import { restrictAccess } from './restrict-access'
import { SpaceCounts } from '@/lib/metadata/space-counts'
import { StartError } from './start-error'

/** How many bytes of large manifests may be in memory at the same time: four of the largest. */
const manifestBytesMax = 16 * 1024 * 1024

/** How long a large manifest waits for its turn, in milliseconds. */
const manifestWaitMs = 30_000

/** The context of a process that owns the database and closes it at its end. */
export interface ProcessContext extends Context {
  readonly db: OpenDatabase
}

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
  const ctx: ProcessContext = {
    config,
    db: openDatabase(config.database, () => reserve.beforeWrite()),
    blobs: await openBlobStore(config.storage),
    verifiedBlobs: new VerifiedBlobs(),
    reserve,
    secrets: await openSecretBox(config.dataDir),
    registryTokens: new RegistryTokens(config.dataDir, config.tokenMinutes * 60),
    log,
    passwords: new Passwords(),
    attempts: new Attempts(),
    failedLogOns: new FailedLogOns(),
    credentialUses: new CredentialUses(log),
    manifestBytes: new ByteBudget(manifestBytesMax, manifestWaitMs),
    manifestTurns: new Turnstile({ atOnce: 1, waitingMax: 1000 }),
    contentTurns: new Turnstile({ atOnce: 1, waitingMax: 200 }),
    searchTurns: new Turnstiles({ atOnce: 1, waitingMax: 20 }),
    spaceCounts: new SpaceCounts(),
    awaitedBodies: new AwaitedBodies(),
    tagRefusals: new TagRefusals(),
    // What works in the background outlasts the context of the request that asked for it.
    jobs: new JobHost<Context>(() => ctx),
    ...given,
  }
  return ctx
}

/** The display name of the database, without the password in its address. */
function nameOf(location: DatabaseLocation): string {
  if (location.provider === 'sqlite') return location.file
  const { host, pathname } = new URL(location.url)
  return `${host}${pathname}`
}
