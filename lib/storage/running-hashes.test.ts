import { describe, expect, it } from 'vitest'

import { RunningHashes, startHash } from './running-hashes'

describe('the running hashes', () => {
  it('start anew for an upload without bytes', () => {
    expect(new RunningHashes(2).take('a', 0)?.algorithm).toBe('sha256')
    expect(new RunningHashes(2).take('a', 1)).toBeNull()
  })

  it('give a hash back once, and only for the length it was kept with', () => {
    const hashes = new RunningHashes(2)
    const running = startHash('sha512')
    hashes.put('a', 3, running)
    expect(hashes.take('a', 3)).toMatchObject(running)
    expect(hashes.take('a', 3)).toBeNull()
    hashes.put('a', 3, running)
    expect(hashes.take('a', 4)).toBeNull()
    expect(hashes.take('a', 3)).toBeNull()
  })

  it('are of the algorithm that was chosen before the first byte', () => {
    const hashes = new RunningHashes(2)
    hashes.put('a', 0, startHash('sha512'))
    expect(hashes.take('a', 0)?.algorithm).toBe('sha512')
  })

  it('forget the upload that was used longest ago', () => {
    const hashes = new RunningHashes(2)
    const hash = () => startHash('sha256')
    hashes.put('a', 1, hash())
    hashes.put('b', 1, hash())
    hashes.put('a', 1, hashes.take('a', 1) ?? hash())
    hashes.put('c', 1, hash())
    expect(hashes.take('b', 1)).toBeNull()
    expect(hashes.take('a', 1)).not.toBeNull()
    expect(hashes.take('c', 1)).not.toBeNull()
  })

  it('forget a dropped upload', () => {
    const hashes = new RunningHashes(2)
    hashes.put('a', 1, startHash('sha256'))
    hashes.drop('a')
    expect(hashes.take('a', 1)).toBeNull()
  })
})
