import { beforeEach, describe, expect, test, vi } from 'vitest'
import { createLogger } from '@/lib/log'
import { CredentialUses } from './credential-uses'

const log = createLogger('silent')
let uses: CredentialUses

beforeEach(() => (uses = new CredentialUses(log)))

describe('the last use of a credential', () => {
  test('is noted once by a burst of requests, to the minute, and again when that has ended', async () => {
    const touch = vi.fn(() => Promise.resolve())
    const credential = { id: 'one', lastUsedAt: null }
    for (let n = 0; n < 3; n++) uses.note(credential, touch)
    uses.note({ id: 'another', lastUsedAt: null }, touch)
    expect(touch).toHaveBeenCalledTimes(2)
    const [minute] = touch.mock.calls[0] as unknown as [Date]
    expect(minute.getTime() % 60_000).toBe(0)
    await vi.waitFor(() => {
      uses.note(credential, touch)
      expect(touch).toHaveBeenCalledTimes(3)
    })
  })

  test('of this minute is not noted again', () => {
    const touch = vi.fn(() => Promise.resolve())
    uses.note({ id: 'one', lastUsedAt: new Date() }, touch)
    expect(touch).not.toHaveBeenCalled()
  })

  test('that cannot be noted is logged', async () => {
    const warn = vi.spyOn(log, 'warn')
    const err = new Error('away')
    uses.note({ id: 'one', lastUsedAt: null }, () => Promise.reject(err))
    await vi.waitFor(() => expect(warn).toHaveBeenCalledWith({ err, credential: 'one' }, expect.any(String)))
  })
})

test('a log-on is recorded once in ten minutes, and again where that failed', async () => {
  const record = vi.fn(() => Promise.resolve())
  record.mockRejectedValueOnce(new Error('the disk is full'))
  await expect(uses.logOn('key', record)).rejects.toThrow('the disk is full')
  for (let n = 0; n < 3; n++) await uses.logOn('key', record)
  await uses.logOn('another key', record)
  expect(record).toHaveBeenCalledTimes(3)
})
