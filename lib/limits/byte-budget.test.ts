import { afterEach, describe, expect, test, vi } from 'vitest'
import { ByteBudget } from './byte-budget'

/** Work that ends when it is told to, and notes when it runs. */
function work(budget: ByteBudget, bytes: number) {
  const state = { isRunning: false, end: () => {}, done: Promise.resolve() }
  state.done = budget.run(bytes, async () => {
    state.isRunning = true
    await new Promise<void>((resolve) => (state.end = resolve))
    state.isRunning = false
  })
  return state
}
const settle = () => new Promise(setImmediate)

afterEach(() => vi.useRealTimers())

describe('ByteBudget', () => {
  test('runs what fits, and the rest in order as bytes become free', async () => {
    const budget = new ByteBudget(10, 1000)
    const [first, second, third, small] = [work(budget, 6), work(budget, 4), work(budget, 7), work(budget, 1)]
    await settle()
    expect([first, second, third, small].map(({ isRunning }) => isRunning)).toEqual([true, true, false, false])
    second.end()
    await settle()
    // The small one would fit, but the third came first.
    expect([third.isRunning, small.isRunning]).toEqual([false, false])
    first.end()
    await settle()
    expect([third.isRunning, small.isRunning]).toEqual([true, true])
    third.end()
    small.end()
    await Promise.all([first.done, second.done, third.done, small.done])
  })

  test('takes more than the whole budget as all of it', async () => {
    const budget = new ByteBudget(10, 1000)
    expect(await budget.run(50, () => Promise.resolve('done'))).toBe('done')
  })

  test('gives the bytes back when the work fails', async () => {
    const budget = new ByteBudget(10, 1000)
    await expect(budget.run(10, () => Promise.reject(new Error('broken')))).rejects.toThrow('broken')
    expect(await budget.run(10, () => Promise.resolve('done'))).toBe('done')
  })

  test('refuses with UNAVAILABLE what waited too long, and lets those behind it go on', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const budget = new ByteBudget(10, 1000)
    const first = work(budget, 5)
    const late = work(budget, 6)
    const refused = expect(late.done).rejects.toMatchObject({ code: 'UNAVAILABLE' })
    vi.advanceTimersByTime(500)
    const behind = work(budget, 5)
    await settle()
    expect(behind.isRunning).toBe(false)
    vi.advanceTimersByTime(500)
    await refused
    await settle()
    expect([late.isRunning, behind.isRunning]).toEqual([false, true])
    first.end()
    behind.end()
    await Promise.all([first.done, behind.done])
  })
})
