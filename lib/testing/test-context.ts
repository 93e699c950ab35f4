import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import * as argon2 from '@node-rs/argon2'
import { Attempts } from '@/lib/auth/guessing/attempts'
import { CredentialUses } from '@/lib/auth/use/credential-uses'
import { parseConfig } from '@/lib/config'
import { createLogger } from '@/lib/log'
import { Passwords } from '@/lib/secrets/passwords'
import type { ProcessContext } from '@/lib/server/create-context'
import { openContext } from '@/lib/server/open-context'
import { createMigratedDatabase } from './test-database'

/** The password of every test's administrator. */
export const administratorPassword = 'correct-horse-battery'

/** How many keys the attempts and the log-ons of a test remember: the space of the default takes as long as a test. */
const rememberedMax = 2_000

/** Each log has a timer and a listener of the process, for as long as that runs. */
const silent = createLogger('silent', 'json')

/** The context of one test. */
export interface TestContext {
  readonly ctx: ProcessContext
  /** Stops all jobs, closes the database and removes all files. */
  readonly close: () => Promise<void>
}

/**
 * Opens what `server.ts` opens for the settings in `env`, on a migrated, empty database of the test project's provider, in its
 * own folder. `fakes` replace parts of it.
 */
export async function openTestContext(
  env: Readonly<Record<string, string>> = {},
  fakes: Partial<ProcessContext> = {},
): Promise<TestContext> {
  const folder = await mkdtemp(path.join(tmpdir(), 'stele-test-'))
  const { location, drop } = await createMigratedDatabase(folder)
  const config = parseConfig({
    STELE_DATA_DIR: folder,
    STELE_LOG_LEVEL: 'silent',
    ...(location.provider === 'postgresql' && { DATABASE_URL: location.url }),
    ...env,
  })
  // One that no other test looks at.
  const log =
    config.logLevel === 'silent' ? silent.child({}) : createLogger(config.logLevel, config.logFormat ?? 'json')
  const ctx = await openContext(config, {
    log,
    credentialUses: new CredentialUses(fakes.log ?? log, rememberedMax),
    passwords: new Passwords(cheapArgon2),
    attempts: new Attempts(undefined, rememberedMax),
    ...fakes,
  })
  return {
    ctx,
    async close() {
      await ctx.jobs.stop()
      await ctx.pullBuffer.close()
      await ctx.db.close()
      await drop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** Real argon2id at the lowest cost that it has: most tests hash passwords, and few are about what that costs. */
const cheapArgon2 = {
  hash: (password, options) => argon2.hash(password, { ...options, memoryCost: 8, timeCost: 1 }),
  verify: argon2.verify,
} satisfies ConstructorParameters<typeof Passwords>[0]

/** Allows any number of failures, for tests of other features that fail often. */
export class UnlimitedAttempts extends Attempts {
  override guard<T>(_: unknown, check: () => Promise<T | null>): Promise<T | null> {
    return check()
  }

  override prove(_: unknown, verify: () => Promise<boolean>): Promise<boolean> {
    return verify()
  }
}

/** Hashes at no cost, for tests that send thousands of wrong secrets. */
export class PlainPasswords extends Passwords {
  override hash(password: string): Promise<string> {
    return Promise.resolve(`hash of ${password}`)
  }

  override verify(passwordHash: string | undefined, password: string): Promise<boolean> {
    return Promise.resolve(passwordHash === `hash of ${password}`)
  }
}
