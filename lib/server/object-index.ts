import type { Digest, DigestAlgorithm } from '@/lib/domain/digest'
import { AppError } from '@/lib/domain/errors'
import { WriterNeeded } from '@/lib/domain/writer-needed'
import type { SqlSource, SqlTransaction } from '@/lib/metadata/engine/database'
import type { OpenDatabase } from '@/lib/metadata/engine/open-database'
import {
  type StoredObject,
  dropStoredObject,
  ensureBucketOwner,
  findStoredObject,
  forgetDroppedKeys,
  listDroppedKeys,
  listKnownKeys,
  listStoredObjects,
  putStoredObject,
} from '@/lib/metadata/stored-objects'
import {
  changeStoredUpload,
  deleteStoredUpload,
  endStoredUpload,
  findStoredUpload,
  findStoredUploadSize,
  insertStoredUpload,
  listStoredUploads,
} from '@/lib/metadata/stored-uploads'
import type { OuterTransaction } from '@/lib/storage/blob-store'
import type { IndexedObject, ObjectIndex } from '@/lib/storage/s3/object-index'

/** The index of an S3 store, in the database: what the storage needs of it, without knowing it. */
export function createObjectIndex(db: OpenDatabase): ObjectIndex {
  // One row each: microseconds. Pages are read on threads.
  const direct: SqlSource = db.inline
  const transact = <T>(within: OuterTransaction | undefined, work: (tx: SqlTransaction) => Promise<T>): Promise<T> =>
    within === undefined ? db.sqlTransaction(work) : work(within as SqlTransaction)
  return {
    assertMayWrite() {
      if (!db.mayWrite) throw new WriterNeeded()
    },
    owner: () => db.sqlTransaction(ensureBucketOwner),
    async findObject(digest, within) {
      const object = await findStoredObject((within as SqlTransaction | undefined) ?? direct, digest)
      return object === null ? null : asIndexed(object)
    },
    listObjects: async (after) => (await listStoredObjects(db, after)).map(asIndexed),
    dropObject: (digest, isCorrupt, within) =>
      transact(within, (tx) => dropStoredObject(tx, digest, { isCorrupt, now: new Date() })),

    createUpload: (id, algorithm) =>
      db.sqlTransaction((tx) => insertStoredUpload(tx, { id, algorithm, now: new Date() })),
    async findUpload(id) {
      const upload = await findStoredUpload(direct, id)
      return upload === null ? null : { ...upload, algorithm: upload.algorithm as DigestAlgorithm }
    },
    findUploadSize: (id) => findStoredUploadSize(direct, id),
    listUploads: (after) => listStoredUploads(db, after),
    changeUpload: (id, version, { begunAt, ...change }) =>
      db.sqlTransaction((tx) => {
        assertRecent(begunAt)
        return changeStoredUpload(tx, { id, version, now: new Date() }, change)
      }),
    publish: (id, version, object, begunAt) =>
      db.sqlTransaction(async (tx) => {
        assertRecent(begunAt)
        const outcome = await endStoredUpload(tx, id, version)
        if (outcome === 'done') await putStoredObject(tx, { ...object, publishedAt: new Date() })
        return outcome
      }),
    removeUpload: (id) => db.sqlTransaction((tx) => deleteStoredUpload(tx, id)),

    listDropped: (cutoff) => listDroppedKeys(db, cutoff),
    forgetDropped: (keys) => db.sqlTransaction((tx) => forgetDroppedKeys(tx, keys)),
    listKnown: (keys) => listKnownKeys(db, keys),
  }
}

/**
 * How old an object may be when it is first named, in milliseconds: half of what the sweep waits at least. Asked in the
 * transaction, because one in which a process stands still is ended by PostgreSQL; on SQLite, the sweep stands still too.
 */
const unnamedMaxMs = 30 * 60_000

function assertRecent(begunAt: Date | undefined): void {
  if (begunAt === undefined || Date.now() - begunAt.getTime() < unnamedMaxMs) return
  throw new AppError('UNAVAILABLE', { cause: new Error('the process stood still while it stored an object') })
}

function asIndexed(object: StoredObject): IndexedObject {
  return { ...object, digest: object.digest as Digest }
}
