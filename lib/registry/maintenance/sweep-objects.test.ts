import { expect, test, vi } from 'vitest'
import type { BlobStore } from '@/lib/storage/blob-store'
import { openTestContext } from '@/lib/testing/test-context'
import { sweepObjects } from './sweep-objects'

const { signal } = new AbortController()
const now = new Date('2026-11-29T12:00:00Z')

test('what was in use within the longer of the two times is not swept, and one process sweeps at a time', async () => {
  const sweep = vi.fn(() => Promise.resolve())
  const blobs = { sweep } as Partial<BlobStore> as BlobStore
  const { ctx, close } = await openTestContext({ STELE_GC_GRACE_HOURS: '2', STELE_UPLOAD_EXPIRY_HOURS: '5' }, { blobs })
  await sweepObjects(ctx, signal, now)
  expect(sweep.mock.calls).toEqual([[new Date('2026-11-29T07:00:00Z'), signal]])

  const lock = await ctx.db.tryLock('sweep of objects')
  await sweepObjects(ctx, signal, now)
  await lock?.release()
  expect(sweep).toHaveBeenCalledTimes(1)
  await sweepObjects(ctx, signal, now)
  expect(sweep).toHaveBeenCalledTimes(2)
  await close()
})

test('a folder needs none', async () => {
  const { ctx, close } = await openTestContext()
  await sweepObjects(ctx, signal, now)
  await close()
})
