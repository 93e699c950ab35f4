import type { UploadTools } from './upload-writer'

/**
 * Removes from the bucket what nothing has needed since `cutoff`: objects that were dropped, objects that neither a blob
 * nor an upload has, and multipart uploads that no upload has. The index decides: an object is in it before anybody could
 * rely on it, so what is not in it after such a time never will be.
 */
export async function sweep({ bucket, index }: UploadTools, cutoff: Date, signal: AbortSignal): Promise<void> {
  for (let isMore = true; isMore && !signal.aborted;) {
    const keys = await index.listDropped(cutoff)
    // The objects first: after a crash the rows still name them.
    for (const key of keys) await bucket.delete(key)
    if (keys.length > 0) await index.forgetDropped(keys)
    isMore = keys.length > 0
  }
  for await (const page of bucket.listObjects()) {
    if (signal.aborted) return
    const keys = page.filter(({ changedAt }) => changedAt < cutoff).map(({ key }) => key)
    const known = await index.listKnown(keys)
    for (const key of keys) if (!known.has(key)) await bucket.delete(key)
  }
  for await (const page of bucket.listMultiparts()) {
    if (signal.aborted) return
    const old = page.filter(({ startedAt }) => startedAt < cutoff)
    const known = await index.listKnown(old.map(({ key }) => key))
    for (const multipart of old) if (!known.has(multipart.key)) await bucket.abortMultipart(multipart)
  }
}
