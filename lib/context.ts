import type { Attempts } from '@/lib/auth/guessing/attempts'
import type { FailedLogOns } from '@/lib/auth/guessing/failed-log-ons'
import type { CredentialUses } from '@/lib/auth/use/credential-uses'
import type { JobHost } from '@/lib/jobs/job-host'
import type { Passwords } from '@/lib/secrets/passwords'
import type { RegistryTokens } from '@/lib/secrets/registry-tokens'
import type { SecretBox } from '@/lib/secrets/secret-box'
import type { Config } from './config'
import type { Logger } from './log'
import type { Database } from '@/lib/metadata/engine/database'
import type { BlobStore } from '@/lib/storage/blob-store'

/** All that a use case needs of the process. Made once by `server.ts`. */
export interface Context {
  readonly config: Config
  readonly db: Database
  readonly blobs: BlobStore
  readonly secrets: SecretBox
  readonly registryTokens: RegistryTokens
  readonly log: Logger
  /** Hashes and verifies passwords. */
  readonly passwords: Passwords
  /** Limits guessing. */
  readonly attempts: Attempts
  /** Records failed log-ons. */
  readonly failedLogOns: FailedLogOns
  /** Notes when credentials were used. */
  readonly credentialUses: CredentialUses
  /** Starts work in the background, and does what is due by the clock. */
  readonly jobs: JobHost<Context>
}

// On `globalThis`, because the server's bundle and Next's are two copies of this module in one process; two
// contexts would be two SQLite connections that block each other.
const key = Symbol.for('stele.context')

/** Makes `context` the one that `getContext` answers, in every bundle of this process. */
export function setContext(context: Context): void {
  Object.assign(globalThis, { [key]: context })
}

/** The process's context. Throws outside `server.ts`'s process: pages and route handlers only run there. */
export function getContext(): Context {
  const context = (globalThis as { [key]?: Context })[key]
  if (context === undefined) throw new Error('no context: this code runs only inside server.ts')
  return context
}
