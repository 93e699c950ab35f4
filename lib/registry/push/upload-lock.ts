import { AppError } from '@/lib/domain/errors'
import type { Context } from '@/lib/context'

/** Runs `work` while no other process on the same data writes to the upload. Throws UPLOAD_BUSY when one does. */
export async function withUploadLocked<T>(ctx: Context, id: string, work: () => Promise<T>): Promise<T> {
  const lock = await ctx.db.tryLock(`upload ${id}`)
  if (lock === null) throw new AppError('UPLOAD_BUSY', { detail: { upload: id.slice(0, 64) } })
  let result
  try {
    result = await work()
  } catch (error) {
    await lock.release().catch(() => undefined)
    throw error
  }
  await lock.release()
  return result
}
