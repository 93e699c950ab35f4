import type { Digest, DigestAlgorithm } from '@/lib/domain/digest'
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
    changeUpload: (id, version, change) =>
      db.sqlTransaction((tx) => changeStoredUpload(tx, { id, version, now: new Date() }, change)),
    publish: (id, version, object) =>
      db.sqlTransaction(async (tx) => {
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

function asIndexed(object: StoredObject): IndexedObject {
  return { ...object, digest: object.digest as Digest }
}
