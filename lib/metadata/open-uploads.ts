import type { Db } from './engine/database'

/** How many uploads are begun and neither finished nor dropped, in all repositories. */
export async function countUploads(db: Db): Promise<number> {
  return db.upload.count()
}
