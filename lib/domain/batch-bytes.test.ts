import { expect, test } from 'vitest'
import { batchBytesOf } from './batch-bytes'

const kibibyte = 1024

test('a few bodies have large batches, more of them share a limit, and each keeps a small one', () => {
  const sizes = [1, 4, 5, 8, 16, 32, 1000].map((bodies) => Math.floor(batchBytesOf(bodies) / kibibyte))
  expect(sizes).toEqual([1024, 1024, 204, 128, 64, 64, 64])
})
