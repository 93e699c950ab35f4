import type { Attempts } from '@/lib/auth/guessing/attempts'
import type { FailedLogOns } from '@/lib/auth/guessing/failed-log-ons'
import type { CredentialUses } from '@/lib/auth/use/credential-uses'
import type { AwaitedBodies } from '@/lib/limits/awaited-bodies'
import type { ByteBudget } from '@/lib/limits/byte-budget'
import type { TagRefusals } from '@/lib/limits/tag-refusals'
import type { Turnstile, Turnstiles } from '@/lib/limits/turnstile'
import type { JobHost } from '@/lib/jobs/job-host'
import type { LogKeys } from '@/lib/secrets/log-keys'
import type { Passwords } from '@/lib/secrets/passwords'
import type { RegistryTokens } from '@/lib/secrets/registry-tokens'
import type { SecretBox } from '@/lib/secrets/secret-box'
import type { Config } from './config'
import type { Logger } from './log'
import type { Addressees } from '@/lib/metadata/addressees'
import type { Database } from '@/lib/metadata/engine/database'
import type { PullBuffer } from '@/lib/metadata/pull-buffer'
import type { Pulls } from '@/lib/metadata/pulls'
import type { SpaceCounts } from '@/lib/metadata/space-counts'
import type { SpaceReserve } from '@/lib/metadata/engine/space-reserve'
import type { FinishedUpload } from '@/lib/metadata/uploads'
import type { BlobStore } from '@/lib/storage/blob-store'
import type { VerifiedBlobs } from '@/lib/storage/verified-blobs'

/** Everything that a use case needs from the process. `server.ts` creates it once. */
export interface Context {
  readonly config: Config
  readonly db: Database
  /** Finds what a pull needs in one statement. */
  readonly pulls: Pick<Pulls, 'findManifest' | 'findBlob'>
  /** Finds what the addresses in requests of container clients name. */
  readonly addressees: Pick<Addressees, 'findInstance' | 'findRepository'>
  /** Counts pulls. */
  readonly pullBuffer: PullBuffer
  readonly blobs: BlobStore
  /** Remembers which blobs need not be verified when they are pulled. */
  readonly verifiedBlobs: VerifiedBlobs
  /** Keeps space for the administration of a server whose disk is full. */
  readonly reserve: SpaceReserve
  readonly secrets: SecretBox
  readonly registryTokens: RegistryTokens
  /** The keys that sign the checkpoints of transparency logs. */
  readonly logKeys: LogKeys
  readonly log: Logger
  /** Hashes and verifies passwords. */
  readonly passwords: Passwords
  /** Limits guessing. */
  readonly attempts: Pick<Attempts, 'guard' | 'prove'>
  /** Records failed log-ons. */
  readonly failedLogOns: Pick<FailedLogOns, 'record' | 'recordAlone' | 'recordLeftOut'>
  /** Records uses of credentials. */
  readonly credentialUses: Pick<CredentialUses, 'note' | 'logOn'>
  /** Bounds the memory of large manifests that are being pushed. */
  readonly manifestBytes: ByteBudget
  /** Bounds how long large manifests that are being pushed keep other requests waiting. */
  readonly manifestTurns: Turnstile
  /** Bounds how long large manifests and configs that are shown keep other requests waiting. */
  readonly contentTurns: Turnstile
  /** Bounds the searches that each caller has under way. */
  readonly searchTurns: Turnstiles
  /** Counts how much room repositories and instances take. */
  readonly spaceCounts: SpaceCounts
  /** Requests that send their body when they are asked to. */
  readonly awaitedBodies: AwaitedBodies
  /** Counts the moves of tags that the immutability rule refuses. */
  readonly tagRefusals: TagRefusals
  /** Links the stored bytes of an upload to its repository, as `lib/registry/push/link-upload.ts` does and says. */
  readonly linkUpload: (upload: FinishedUpload) => Promise<void>
  /** Runs background jobs and scheduled jobs. */
  readonly jobs: JobHost<Context>
}

// On `globalThis`, because the server's bundle and Next's are two copies of this module in one process; two
// contexts would be two SQLite connections that block each other.
const key = Symbol.for('stele.context')

/** Sets the context that `getContext` returns, in every bundle of this process. */
export function setContext(context: Context): void {
  Object.assign(globalThis, { [key]: context })
}

/** Returns the process's context. Throws outside `server.ts`'s process: pages and route handlers run only there. */
export function getContext(): Context {
  const context = (globalThis as { [key]?: Context })[key]
  if (context === undefined) throw new Error('no context: this code runs only inside server.ts')
  return context
}
