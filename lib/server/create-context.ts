import { Attempts } from '@/lib/auth/guessing/attempts'
import { FailedLogOns } from '@/lib/auth/guessing/failed-log-ons'
import { openKeys } from '@/lib/auth/keys'
import { JobHost } from '@/lib/jobs/job-host'
import { CredentialUses } from '@/lib/auth/use/credential-uses'
import { LogKeys } from '@/lib/secrets/log-keys'
import { Passwords } from '@/lib/secrets/passwords'
import { RegistryTokens } from '@/lib/secrets/registry-tokens'
import { openSecretBox } from '@/lib/secrets/secret-box'
import type { Config } from '@/lib/config'
import { AwaitedBodies } from '@/lib/limits/awaited-bodies'
import { ByteBudget } from '@/lib/limits/byte-budget'
import { TagRefusals } from '@/lib/limits/tag-refusals'
import { Turnstile, Turnstiles } from '@/lib/limits/turnstile'
import { Addressees } from '@/lib/metadata/addressees'
import type { OpenDatabase } from '@/lib/metadata/engine/open-database'
import { PullBuffer } from '@/lib/metadata/pull-buffer'
import { storePulls } from '@/lib/metadata/pull-counts'
import { Pulls } from '@/lib/metadata/pulls'
import type { Context } from '@/lib/context'
import { openBlobStore } from '@/lib/storage/open-blob-store'
import { linkUpload } from '@/lib/registry/push/link-upload'
import { VerifiedBlobs } from '@/lib/storage/verified-blobs'
import { SpaceCounts } from '@/lib/metadata/space-counts'
import { createObjectIndex } from './object-index'

/** How many bytes of large manifests may be in memory at the same time: four of the largest. */
const manifestBytesMax = 16 * 1024 * 1024

/** How long a large manifest waits for its turn, in milliseconds. */
const manifestWaitMs = 30_000

/** The context of a process that owns the database and closes it at its end. */
export interface ProcessContext extends Context {
  readonly db: OpenDatabase
}

/** The parts of a context that are opened before it. Others, when given, are used instead of new ones. */
export type OpenedParts = Pick<ProcessContext, 'db' | 'log' | 'reserve'> & Partial<ProcessContext>

/** Makes the context of a process around an open, migrated database. */
export async function createContext(config: Config, opened: OpenedParts): Promise<ProcessContext> {
  const keys = openKeys(config, opened.db.inline)
  const ctx: ProcessContext = {
    config,
    pulls: new Pulls(opened.db.direct),
    addressees: new Addressees(opened.db.direct),
    pullBuffer: new PullBuffer(async (pulls) => {
      // Each would use a little of the space that is left.
      opened.reserve.assertRoomForContent()
      await storePulls(opened.db, pulls)
    }, opened.log),
    blobs: await openBlobStore(config.storage, () => createObjectIndex(opened.db)),
    verifiedBlobs: new VerifiedBlobs(),
    secrets: await openSecretBox(keys),
    registryTokens: new RegistryTokens(keys, config.tokenMinutes * 60),
    logKeys: new LogKeys(keys),
    passwords: new Passwords(),
    // Not made where they are not used: they take megabytes at once.
    attempts: opened.attempts ?? new Attempts(),
    failedLogOns: new FailedLogOns(),
    credentialUses: opened.credentialUses ?? new CredentialUses(opened.log),
    manifestBytes: new ByteBudget(manifestBytesMax, manifestWaitMs),
    manifestTurns: new Turnstile({ atOnce: 1, waitingMax: 1000 }),
    contentTurns: new Turnstile({ atOnce: 1, waitingMax: 200 }),
    searchTurns: new Turnstiles({ atOnce: 1, waitingMax: 20 }),
    spaceCounts: new SpaceCounts(),
    awaitedBodies: new AwaitedBodies(),
    tagRefusals: new TagRefusals(),
    linkUpload: (upload) => linkUpload(ctx, upload),
    // What works in the background outlasts the context of the request that asked for it.
    jobs: new JobHost<Context>(() => ctx),
    ...opened,
  }
  return ctx
}

/** The context of the registry's door: what `/v2` reads takes microseconds, less than the way to a thread and back. */
export function contextOfRegistry(ctx: ProcessContext): Context {
  return { ...ctx, db: ctx.db.inline }
}
