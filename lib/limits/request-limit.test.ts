import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { AppError } from '@/lib/domain/errors'
import { RequestLimit } from './request-limit'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

test('a caller has so many requests in a minute, and takes none from others', async () => {
  const limit = new RequestLimit(3)
  const take = async (caller: string) => {
    try {
      await limit.take(caller)
      return 'in'
    } catch (error) {
      const { code, headers } = AppError.from(error)
      return `${code} ${headers['Retry-After']}`
    }
  }
  for (let i = 0; i < 3; i++) expect(await take('one')).toBe('in')
  vi.advanceTimersByTime(10_000)
  expect(await take('one')).toBe('TOO_MANY_REQUESTS 50')
  expect(await take('other')).toBe('in')
  vi.advanceTimersByTime(50_001)
  expect(await take('one')).toBe('in')
})
