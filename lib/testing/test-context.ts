import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Attempts } from '@/lib/auth/guessing/attempts'
import { parseConfig } from '@/lib/config'
import { Passwords } from '@/lib/secrets/passwords'
import { type ProcessContext, openContext } from '@/lib/server/open-context'
import { createTestDatabase } from './test-database'

/** A context of a test's own. */
export interface TestContext {
  readonly ctx: ProcessContext
  /** Stops all jobs, closes the database and removes all files. */
  readonly close: () => Promise<void>
}

/**
 * Opens what `server.ts` opens for the settings in `env`, over an empty database of the provider that the test's project
 * says, in a folder of its own. `fakes` take the place of what would be opened.
 */
export async function openTestContext(
  env: Readonly<Record<string, string>> = {},
  fakes: Partial<ProcessContext> = {},
): Promise<TestContext> {
  const folder = await mkdtemp(path.join(tmpdir(), 'stele-test-'))
  const { location, drop } = await createTestDatabase(folder)
  const config = parseConfig({
    STELE_DATA_DIR: folder,
    STELE_LOG_LEVEL: 'silent',
    ...(location.provider === 'postgresql' && { DATABASE_URL: location.url }),
    ...env,
  })
  const ctx = await openContext(config, fakes)
  return {
    ctx,
    async close() {
      await ctx.jobs.stop()
      await ctx.db.close()
      await drop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** Lets any number of failures pass. For tests of other questions that fail often. */
export class UnlimitedAttempts extends Attempts {
  override guard<T>(_: unknown, check: () => Promise<T | null>): Promise<T | null> {
    return check()
  }
}

/** Hashes that cost nothing. For tests that show thousands of wrong secrets. */
export class PlainPasswords extends Passwords {
  override hash(password: string): Promise<string> {
    return Promise.resolve(`hash of ${password}`)
  }

  override verify(passwordHash: string | undefined, password: string): Promise<boolean> {
    return Promise.resolve(passwordHash === `hash of ${password}`)
  }

  override isRemembered(): boolean {
    return false
  }
}
