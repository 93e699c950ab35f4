import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createLogger } from '@/lib/log'
import { PullBuffer, type PullCount, pullsKeptMs } from './pull-buffer'

const log = createLogger('silent')
const digest = `sha256:${'1'.repeat(64)}`

let taken: PullCount[][]
let handOver: (pulls: readonly PullCount[]) => Promise<void>
let buffer: PullBuffer

beforeEach(() => {
  vi.useFakeTimers()
  taken = []
  handOver = (pulls) => {
    taken.push([...pulls])
    return Promise.resolve()
  }
  buffer = new PullBuffer((pulls) => handOver(pulls), log)
})
afterEach(() => vi.useRealTimers())

const pull = (reference: string, count = 1, subjectId = 'usr-1') => ({
  subjectId,
  repositoryId: 'crr-1',
  reference,
  count,
})

test('pulls of a few seconds are handed over together, and without pulls there is nothing to do', async () => {
  for (let n = 0; n < 3; n++) buffer.notePull('usr-1', 'crr-1', 'v1')
  buffer.notePull('', 'crr-1', 'v1')
  buffer.notePull('usr-1', 'crr-1', digest)
  expect(taken).toEqual([])
  await vi.advanceTimersByTimeAsync(pullsKeptMs)
  expect(taken).toEqual([[pull('v1', 3), pull('v1', 1, ''), pull(digest)]])
  await vi.advanceTimersByTimeAsync(10 * pullsKeptMs)
  expect(taken).toHaveLength(1)
  expect(vi.getTimerCount()).toBe(0)
})

test('a manifest that is pulled by digest after its tag was asked for is a pull of the tag', async () => {
  buffer.noteAsked('usr-1', 'crr-1', 'v1', digest)
  await vi.advanceTimersByTimeAsync(pullsKeptMs * 1.5)
  buffer.notePull('usr-1', 'crr-1', digest)
  buffer.notePull('usr-2', 'crr-1', digest)
  buffer.notePull('usr-1', 'crr-2', digest)
  await vi.advanceTimersByTimeAsync(pullsKeptMs)
  expect(taken.flat().map(({ subjectId, repositoryId, reference }) => [subjectId, repositoryId, reference])).toEqual([
    ['usr-1', 'crr-1', 'v1'],
    ['usr-2', 'crr-1', digest],
    ['usr-1', 'crr-2', digest],
  ])
  await vi.advanceTimersByTimeAsync(pullsKeptMs * 2)
  buffer.notePull('usr-1', 'crr-1', digest)
  await buffer.close()
  expect(taken.at(-1)).toEqual([pull(digest)])
})

test('what could not be handed over is handed over with what comes next', async () => {
  handOver = () => Promise.reject(new Error('away'))
  const warn = vi.spyOn(log, 'warn')
  buffer.notePull('usr-1', 'crr-1', 'v1')
  await vi.advanceTimersByTimeAsync(pullsKeptMs * 3)
  expect(warn).toHaveBeenCalledTimes(1)
  buffer.notePull('usr-1', 'crr-1', 'v1')
  handOver = (pulls) => Promise.resolve(void taken.push([...pulls]))
  await vi.advanceTimersByTimeAsync(pullsKeptMs)
  expect(taken).toEqual([[pull('v1', 2)]])
})

test('pulls that come while counts are handed over are counted', async () => {
  let finish = () => {}
  handOver = (pulls) => {
    taken.push([...pulls])
    return new Promise((resolve) => (finish = resolve))
  }
  buffer.notePull('usr-1', 'crr-1', 'v1')
  const first = buffer.flush()
  buffer.notePull('usr-1', 'crr-1', 'v1')
  finish()
  await first
  const second = buffer.close()
  await vi.waitFor(() => expect(taken).toHaveLength(2))
  finish()
  await second
  expect(taken).toEqual([[pull('v1')], [pull('v1')]])
})

test('however many different things are pulled, a bounded number of counts is kept, and the rest is reported', async () => {
  handOver = () => Promise.reject(new Error('away'))
  const warn = vi.spyOn(log, 'warn')
  for (let n = 0; n < 25_000; n++) buffer.notePull('usr-1', 'crr-1', `v${n}`)
  for (let n = 0; n < 25_000; n++) buffer.noteAsked('usr-1', 'crr-1', `v${n}`, `${digest}${n}`)
  await vi.advanceTimersByTimeAsync(pullsKeptMs)
  handOver = (pulls) => Promise.resolve(void taken.push([...pulls]))
  await vi.advanceTimersByTimeAsync(pullsKeptMs)
  expect(taken.flat()).toHaveLength(10_000)
  expect(warn).toHaveBeenCalledWith({ pulls: 15_000 }, expect.any(String))
})

test('counts of another process are added', async () => {
  buffer.add([pull('v1', 2), pull('v2', 1)])
  buffer.notePull('usr-1', 'crr-1', 'v1')
  await buffer.close()
  expect(taken).toEqual([[pull('v1', 3), pull('v2', 1)]])
})
