import type { Context } from '@/lib/context'
import type { Job } from '@/lib/jobs/job'
import { auditHeadJob, leftOutLogOnsJob } from '@/lib/registry/audit/keep-audit'
import { deletionsJob } from '@/lib/registry/finish-deletions'
import { totalsJob } from '@/lib/registry/maintenance/check-totals'
import { eventsJob } from '@/lib/registry/figures/count-events'
import { storageJob } from '@/lib/registry/figures/measure-storage'
import { garbageCollectionJob } from '@/lib/registry/maintenance/garbage-collection-job'
import { reserveJob } from '@/lib/registry/maintenance/keep-reserve'
import { scrubJob } from '@/lib/registry/maintenance/scrub-job'
import { noncesJob } from '@/lib/registry/maintenance/sweep-nonces'
import { objectsJob } from '@/lib/registry/maintenance/sweep-objects'
import { outboxJob } from '@/lib/registry/maintenance/sweep-outbox'
import { openingsJob } from '@/lib/registry/policy/watch-openings'
import { immutabilityChangesJob } from '@/lib/registry/policy/continue-immutability-changes'
import { transparencyJob } from '@/lib/registry/transparency/sequence-logs'
import { witnessJob } from '@/lib/registry/transparency/witness-job'
import { keptAnswersJob } from '@/lib/registry/run-once'
import { postToWitness } from './post-to-witness'

/** All that the server does by the clock. */
export const jobs: readonly Job<Context>[] = [
  garbageCollectionJob,
  scrubJob,
  deletionsJob,
  openingsJob(),
  immutabilityChangesJob,
  auditHeadJob,
  leftOutLogOnsJob,
  keptAnswersJob,
  outboxJob,
  noncesJob,
  objectsJob,
  reserveJob,
  totalsJob,
  transparencyJob(),
  witnessJob(postToWitness),
  eventsJob(),
  storageJob(),
]
