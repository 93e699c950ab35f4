import { afterEach, beforeEach, expect, test, vi } from 'vitest'

beforeEach(() => {
  vi.resetModules()
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

test('a person is at a page for a minute after opening it, and after each press of a key or the pointer', async () => {
  const heard = new Map<string, () => void>()
  vi.stubGlobal('window', {})
  vi.stubGlobal('addEventListener', (type: string, listener: () => void) => heard.set(type, listener))
  const { isAttended } = await import('./attended')
  expect(isAttended()).toBe(true)
  for (const type of ['pointerdown', 'pointermove', 'keydown', 'wheel']) {
    vi.advanceTimersByTime(60_000)
    expect(isAttended()).toBe(false)
    heard.get(type)?.()
    expect(isAttended()).toBe(true)
    vi.advanceTimersByTime(59_999)
    expect(isAttended()).toBe(true)
  }
})

test('a person who comes back after a minute is noticed at the first press or move, and once', async () => {
  const heard = new Map<string, () => void>()
  vi.stubGlobal('window', {})
  vi.stubGlobal('addEventListener', (type: string, listener: () => void) => heard.set(type, listener))
  const { onReturn } = await import('./attended')
  const listener = vi.fn()
  const end = onReturn(listener)
  vi.advanceTimersByTime(59_999)
  heard.get('pointermove')?.()
  expect(listener).not.toHaveBeenCalled()
  vi.advanceTimersByTime(60_000)
  heard.get('pointermove')?.()
  heard.get('keydown')?.()
  expect(listener).toHaveBeenCalledOnce()
  end()
  vi.advanceTimersByTime(60_000)
  heard.get('pointermove')?.()
  expect(listener).toHaveBeenCalledOnce()
})

test('what no person asked for is no use of the session, also right after they pressed a key', async () => {
  const { isAttended, unattended } = await import('./attended')
  expect(isAttended()).toBe(true)
  expect(unattended(() => isAttended())).toBe(false)
  expect(isAttended()).toBe(true)
  expect(() =>
    unattended(() => {
      throw new Error('failed')
    }),
  ).toThrow('failed')
  expect(isAttended()).toBe(true)
})
