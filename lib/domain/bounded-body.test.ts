import { describe, expect, test } from 'vitest'
import { readBoundedBody } from './bounded-body'

const limit = { maxBytes: 8, code: 'PAYLOAD_TOO_LARGE' } as const

/** A body that says how much of it was asked for, and what became of it. */
function bodyOf(parts: readonly string[], declaredBytes: number | null = null, failure?: Error) {
  const state = { asked: 0 }
  async function* chunks() {
    for (const part of parts) {
      state.asked += 1
      yield await Promise.resolve(Buffer.from(part))
    }
    if (failure !== undefined) throw failure
  }
  return { body: { declaredBytes, chunks: chunks() }, state }
}

describe('readBoundedBody', () => {
  test.each([
    ['nothing', []],
    ['one chunk', ['12345678']],
    ['several chunks', ['1234', '', '56', '78']],
  ])('reads %s up to the limit', async (_, parts) => {
    const read = await readBoundedBody(bodyOf(parts).body, limit)
    expect(Buffer.from(read).toString()).toBe(parts.join(''))
  })

  test('refuses a declared length above the limit without reading anything', async () => {
    const { body, state } = bodyOf(['1'], 9)
    await expect(readBoundedBody(body, limit)).rejects.toMatchObject({
      code: 'PAYLOAD_TOO_LARGE',
      detail: { limitBytes: 8 },
    })
    expect(state.asked).toBe(0)
  })

  test('stops at the chunk that is too much, whatever was declared', async () => {
    const { body, state } = bodyOf(['12345678', '9', '0'], 8)
    await expect(readBoundedBody(body, { ...limit, code: 'MANIFEST_TOO_LARGE' })).rejects.toMatchObject({
      code: 'MANIFEST_TOO_LARGE',
    })
    expect(state.asked).toBe(2)
  })

  test('a body that fails ended early', async () => {
    const failure = new Error('aborted')
    await expect(readBoundedBody(bodyOf(['1234'], 8, failure).body, limit)).rejects.toMatchObject({
      code: 'UPLOAD_INCOMPLETE',
      cause: failure,
    })
  })

  test('a body that is not whole in time is refused, and its connection ends', async () => {
    async function* never() {
      yield await Promise.resolve(Buffer.from('1234'))
      await new Promise(() => undefined)
    }
    const reading = readBoundedBody({ declaredBytes: 8, chunks: never() }, { ...limit, timeoutMs: 20 })
    await expect(reading).rejects.toMatchObject({ code: 'REQUEST_TIMEOUT', headers: { Connection: 'close' } })
    const read = await readBoundedBody(bodyOf(['12']).body, { ...limit, timeoutMs: 20 })
    expect(Buffer.from(read).toString()).toBe('12')
  })
})
