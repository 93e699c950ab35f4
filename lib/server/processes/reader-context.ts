import type { Config } from '@/lib/config'
import { RememberedProofs } from '@/lib/auth/guessing/remembered-proofs'
import type { Context } from '@/lib/context'
import { WriterNeeded } from '@/lib/domain/writer-needed'
import { createLogger } from '@/lib/log'
import { openReadingDatabase } from '@/lib/metadata/engine/reading-database'
import { PullBuffer } from '@/lib/metadata/pull-buffer'
import { SpaceReserve } from '@/lib/metadata/engine/space-reserve'
import { type ProcessContext, createContext } from '@/lib/server/create-context'
import type { MainClient } from './main-client'

/**
 * Opens what a reader needs; the main process has migrated the database. SQLite has one writer, so the reader only reads;
 * PostgreSQL orders the writes of all.
 */
export async function openReaderContext(config: Config, main: MainClient): Promise<ProcessContext> {
  const { database } = config
  const log = createLogger(config.logLevel, config.logFormat ?? (process.stdout.isTTY ? 'text' : 'json'))
  const reserve = new SpaceReserve(database, config.reserveMib, log)
  const pullBuffer = new PullBuffer((pulls) => main.addPulls(pulls), log)
  if (database.provider === 'sqlite') {
    const db = openReadingDatabase(database.file, (name) => main.tryLock(name))
    const linkUpload: Context['linkUpload'] = (upload) => main.linkUpload(upload)
    return createContext(config, { log, reserve, db, pullBuffer, linkUpload, ...leftToMain() })
  }
  // Not loaded where it is not used: its client takes more memory than all else in a reader.
  const { openDatabase } = await import('@/lib/metadata/engine/open-database')
  return createContext(config, { log, reserve, db: await openDatabase(database), pullBuffer, ...leftToMain() })
}

/** Secrets are checked by the main process only, which also counts and records: it hears of each credential once a minute. */
function leftToMain(): Pick<Context, 'attempts' | 'failedLogOns' | 'credentialUses'> {
  const leave = () => Promise.reject(new WriterNeeded())
  return {
    attempts: new RememberedProofs(),
    failedLogOns: { record: leave, recordAlone: leave, recordLeftOut: leave },
    credentialUses: { note: () => undefined, logOn: () => Promise.resolve() },
  }
}
