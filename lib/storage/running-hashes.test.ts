import { createHash } from 'node:crypto'

import { describe, expect, it } from 'vitest'

import { RunningHashes } from './running-hashes'

describe('the running hashes', () => {
  it('start anew for an upload without bytes', () => {
    expect(new RunningHashes(2).take('a', 0)).not.toBeNull()
    expect(new RunningHashes(2).take('a', 1)).toBeNull()
  })

  it('give a hash back once, and only for the length it was kept with', () => {
    const hashes = new RunningHashes(2)
    const hash = createHash('sha256').update('abc')
    hashes.put('a', 3, hash)
    expect(hashes.take('a', 3)).toBe(hash)
    expect(hashes.take('a', 3)).toBeNull()
    hashes.put('a', 3, hash)
    expect(hashes.take('a', 4)).toBeNull()
    expect(hashes.take('a', 3)).toBeNull()
  })

  it('forget the upload that was used longest ago', () => {
    const hashes = new RunningHashes(2)
    const hash = () => createHash('sha256').update('x')
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
    hashes.put('a', 1, createHash('sha256').update('x'))
    hashes.drop('a')
    expect(hashes.take('a', 1)).toBeNull()
  })
})
