import type { FileHandle } from 'node:fs/promises'
import { setImmediate } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { EarlySync } from './early-sync'

const mebibyte = 1024 * 1024

/** A file whose syncs end when they are told to. */
function slowFile() {
  const syncs: { resolve: () => void; reject: (error: Error) => void }[] = []
  const datasync = () => new Promise<void>((resolve, reject) => syncs.push({ resolve, reject }))
  return { handle: { datasync } as FileHandle, syncs }
}

it('begins one after each 8 MiB, but none while another runs, of any file', async () => {
  const [first, second] = [slowFile(), slowFile()]
  const [early, other] = [new EarlySync(first.handle, 0), new EarlySync(second.handle, 0)]
  early.advance(8 * mebibyte - 1)
  expect(first.syncs).toHaveLength(0)
  early.advance(8 * mebibyte)
  early.advance(20 * mebibyte)
  other.advance(20 * mebibyte)
  expect([first.syncs.length, second.syncs.length]).toEqual([1, 0])
  first.syncs[0]?.resolve()
  await early.end()
  early.advance(15 * mebibyte)
  expect(first.syncs).toHaveLength(1)
  other.advance(21 * mebibyte)
  expect(second.syncs).toHaveLength(1)
  second.syncs[0]?.resolve()
  await other.end()
  early.advance(21 * mebibyte)
  expect(first.syncs).toHaveLength(2)
  first.syncs[1]?.resolve()
  await early.end()
})

it('ends when its sync does, and never forgets a failure', async () => {
  const { handle, syncs } = slowFile()
  const early = new EarlySync(handle, 0)
  early.advance(8 * mebibyte)
  let hasEnded = false
  const end = early.end().finally(() => (hasEnded = true))
  const failed = expect(end).rejects.toThrow('a fault of the disk')
  await setImmediate()
  expect(hasEnded).toBe(false)
  syncs[0]?.reject(new Error('a fault of the disk'))
  await failed
  early.advance(16 * mebibyte)
  syncs[1]?.resolve()
  await expect(early.end()).rejects.toThrow('a fault of the disk')
})
