import { expect, test } from 'vitest'
import { Turnstile, Turnstiles } from './turnstile'

/** Work that ends when told to. */
function held() {
  let end = () => {}
  const ended = new Promise<void>((resolve) => (end = resolve))
  let hasBegun = false
  const work = () => {
    hasBegun = true
    return ended
  }
  return { work, end, hasBegun: () => hasBegun }
}

test('no more than its limit are inside, and the next enters when one leaves', async () => {
  const turnstile = new Turnstile({ atOnce: 2, waitingMax: 10 })
  const [a, b, c] = [held(), held(), held()]
  const passing = [turnstile.pass(a.work), turnstile.pass(b.work), turnstile.pass(c.work)]
  expect([a, b, c].map((one) => one.hasBegun())).toEqual([true, true, false])
  b.end()
  await passing[1]
  expect(c.hasBegun()).toBe(true)
  a.end()
  c.end()
  await Promise.all(passing)
})

test('whoever fails makes room too', async () => {
  const turnstile = new Turnstile({ atOnce: 1, waitingMax: 10 })
  await expect(turnstile.pass(() => Promise.reject(new Error('no')))).rejects.toThrow('no')
  expect(await turnstile.pass(() => Promise.resolve(1))).toBe(1)
})

test('beyond the queue’s limit one is sent away at once', async () => {
  const turnstile = new Turnstile({ atOnce: 1, waitingMax: 1 })
  const inside = held()
  const passing = [turnstile.pass(inside.work), turnstile.pass(() => Promise.resolve())]
  await expect(turnstile.pass(() => Promise.resolve())).rejects.toMatchObject({ code: 'UNAVAILABLE' })
  inside.end()
  await Promise.all(passing)
})

test('each key has a turnstile of its own, and none is kept when nobody is inside', async () => {
  const turnstiles = new Turnstiles({ atOnce: 1, waitingMax: 1 })
  const [a, again, b] = [held(), held(), held()]
  const passing = [turnstiles.pass('a', a.work), turnstiles.pass('a', again.work), turnstiles.pass('b', b.work)]
  expect([a, again, b].map((one) => one.hasBegun())).toEqual([true, false, true])
  await expect(turnstiles.pass('a', () => Promise.resolve())).rejects.toMatchObject({ code: 'UNAVAILABLE' })
  for (const one of [a, again, b]) one.end()
  await Promise.all(passing)
  expect(turnstiles.size).toBe(0)
})
