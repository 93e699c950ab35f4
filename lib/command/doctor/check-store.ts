import { access, constants } from 'node:fs/promises'
import type { Config } from '@/lib/config'
import type { Database } from '@/lib/metadata/engine/database'
import { findBucketOwner } from '@/lib/metadata/stored-objects'
import { type S3Findings, examineS3 } from '@/lib/storage/s3/examine'
import { type Finding, bad, good, judgeClock, reasonOf } from './finding'

/** Checks where blobs are stored, by doing there what the servers do. `db`: null when it has no tables yet. */
export async function checkStore({ storage }: Config, db: Database | null): Promise<Finding[]> {
  if (storage.driver === 'filesystem') {
    try {
      await access(storage.dataDir, constants.R_OK | constants.W_OK | constants.X_OK)
      return [good('store', `blobs are in the folder ${storage.dataDir}, which all servers must share`)]
    } catch (error) {
      const reason = `the folder ${storage.dataDir} cannot be written to: ${reasonOf(error)}`
      return [bad('store', reason, 'create it, or set STELE_DATA_DIR')]
    }
  }
  let found: S3Findings
  try {
    found = await examineS3(storage)
  } catch (error) {
    return [
      bad(
        'store',
        `${storage.endpoint} does not answer: ${reasonOf(error)}`,
        'check STELE_S3_ENDPOINT and the network',
      ),
    ]
  }
  const failed = found.actions.filter(({ error }) => error !== null)
  return [
    ...failed.map(({ permission, error }) => judgeAction(permission, error, storage.bucket)),
    ...(failed.length === 0
      ? [good('store', `bucket ${storage.bucket}: all ${found.actions.length} actions work`)]
      : []),
    judgeClock('store', found.aheadMs),
    await judgeOwner(found.owner, db),
    found.expiry === null
      ? good('store rules', 'no rule of the bucket that removes objects can be seen')
      : bad('store rules', found.expiry, 'remove the rule: garbage collection removes what is not needed'),
  ]
}

function judgeAction(permission: string, error: Error | null, bucket: string): Finding {
  const code = (error as { code?: string } | null)?.code
  const text = `${permission}: ${reasonOf(error)}`
  const remedies: Readonly<Record<string, string>> = {
    NoSuchBucket: `create the bucket ${bucket}, or correct STELE_S3_BUCKET`,
    InvalidAccessKeyId: 'correct AWS_ACCESS_KEY_ID, or where else the credentials come from',
    SignatureDoesNotMatch: 'correct AWS_SECRET_ACCESS_KEY and STELE_S3_REGION',
    RequestTimeTooSkewed: 'set the clock of this machine by NTP',
  }
  return bad(
    'store',
    text,
    remedies[code ?? ''] ?? `allow ${permission.replace(/ .*/, '')} on the bucket (docs/operations.md)`,
  )
}

async function judgeOwner(owner: string | null, db: Database | null): Promise<Finding> {
  if (owner === null) return good('store owner', 'the bucket, under this prefix, belongs to no database yet')
  const ours = db === null ? null : await findBucketOwner(db)
  if (owner === ours) return good('store owner', 'the bucket belongs to this database')
  return bad(
    'store owner',
    'the bucket, under this prefix, belongs to another database: pushes would be refused',
    'choose another STELE_S3_BUCKET or STELE_S3_PREFIX, or the DATABASE_URL that it belongs to',
  )
}
