import type { FileHandle } from 'node:fs/promises'

import { describe, expect, it } from 'vitest'

import { BatchWriter } from './batch-writer'

const mebibyte = 1024 * 1024

/** A file in memory whose writes are answered by `answer`: how many of the offered bytes it takes. */
function fakeFile(answer: (offered: number) => number | Promise<number>) {
  const content: Buffer[] = []
  const calls: { buffers: number; bytes: number; position: number }[] = []
  const writev = async (buffers: Uint8Array[], position: number) => {
    const all = Buffer.concat(buffers)
    calls.push({ buffers: buffers.length, bytes: all.length, position })
    const bytesWritten = await answer(all.length)
    content.push(all.subarray(0, bytesWritten))
    return { bytesWritten, buffers }
  }
  // Only writev is called; a FileHandle has thirty more members.
  const handle = { writev } as unknown as FileHandle
  return { handle, calls, content: () => Buffer.concat(content).toString('latin1') }
}

describe('a batch writer', () => {
  it('writes small chunks together, at the position it was given', async () => {
    const file = fakeFile((offered) => offered)
    const writer = new BatchWriter(file.handle, 100, () => mebibyte)
    for (const text of ['ab', 'c', 'def']) await writer.add([Buffer.from(text)])
    expect(await writer.flush()).toBe(106)
    expect(file.calls).toEqual([{ buffers: 3, bytes: 6, position: 100 }])
    expect(file.content()).toBe('abcdef')
  })

  it('never collects more than one batch while another is written', async () => {
    let finishWrite = () => {}
    const file = fakeFile((offered) => new Promise((resolve) => (finishWrite = () => resolve(offered))))
    const writer = new BatchWriter(file.handle, 0, () => mebibyte)
    await writer.add([Buffer.alloc(mebibyte)]) // being written
    let taken = false
    const second = writer.add([Buffer.alloc(mebibyte)])?.then(() => (taken = true)) // collected, waits for the first
    await new Promise(setImmediate)
    expect(taken).toBe(false)
    finishWrite()
    await second
    expect(file.calls.map((call) => call.position)).toEqual([0, mebibyte])
    finishWrite()
    expect(await writer.flush()).toBe(2 * mebibyte)
  })

  it('writes at most 64 chunks at once', async () => {
    const file = fakeFile((offered) => offered)
    const writer = new BatchWriter(file.handle, 0, () => mebibyte)
    for (let n = 0; n < 130; n++) await writer.add([Buffer.from('x')])
    await writer.flush()
    expect(file.calls.map((call) => call.buffers)).toEqual([64, 64, 2])
  })

  it('goes on where a write stopped short, within a chunk or between two', async () => {
    const takes = [1, 2, 1, 100]
    const file = fakeFile((offered) => Math.min(offered, takes.shift() ?? offered))
    const writer = new BatchWriter(file.handle, 0, () => mebibyte)
    for (const text of ['abc', 'de', 'fg']) await writer.add([Buffer.from(text)])
    expect(await writer.flush()).toBe(7)
    expect(file.content()).toBe('abcdefg')
    expect(file.calls.map((call) => call.position)).toEqual([0, 1, 3, 4])
  })

  it('throws a failed write at the next batch and ever after, and writes nothing behind it', async () => {
    const file = fakeFile(() => Promise.reject(new Error('disk full')))
    const writer = new BatchWriter(file.handle, 0, () => mebibyte)
    await writer.add([Buffer.alloc(mebibyte)])
    await expect(writer.add([Buffer.alloc(mebibyte)])).rejects.toThrow('disk full')
    await expect(writer.flush()).rejects.toThrow('disk full')
    expect(file.calls).toHaveLength(1)
  })
})
