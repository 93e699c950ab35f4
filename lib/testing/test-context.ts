import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Attempts } from '@/lib/auth/guessing/attempts'
import { parseConfig } from '@/lib/config'
import { Passwords } from '@/lib/secrets/passwords'
import type { ProcessContext } from '@/lib/server/create-context'
import { openContext } from '@/lib/server/open-context'
import { createMigratedDatabase } from './test-database'

/** The password of every test's administrator. */
export const administratorPassword = 'correct-horse-battery'

/** How many keys the attempts of a test remember: the space of the default takes as long as a test. */
const rememberedMax = 2_000

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
  const ctx = await openContext(config, {
    passwords: new TestPasswords(),
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

let administratorHash: Promise<string> | undefined

/** Hashes the administrator's password once for all tests of a file: most create an administrator before each test. */
class TestPasswords extends Passwords {
  override hash(password: string): Promise<string> {
    return password === administratorPassword ? (administratorHash ??= super.hash(password)) : super.hash(password)
  }
}

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
