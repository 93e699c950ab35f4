import { setImmediate } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { Turns } from './turns'

test('work runs in order, one piece at a time, with a turn of the event loop before each', async () => {
  const turns = new Turns()
  const events: string[] = []
  const work = (name: string) =>
    turns.run(async () => {
      events.push(`${name} starts`)
      await Promise.resolve()
      events.push(`${name} ends`)
      return name
    })
  const others = (async () => {
    for (let turn = 0; turn < 2; turn++) events.push(await setImmediate('turn'))
  })()
  expect(await Promise.all([work('a'), work('b')])).toEqual(['a', 'b'])
  await others
  expect(events).toEqual(['turn', 'a starts', 'a ends', 'turn', 'b starts', 'b ends'])
})

test('work that fails does not stop what comes after it', async () => {
  const turns = new Turns()
  const broken = turns.run(() => Promise.reject(new Error('broken')))
  const next = turns.run(() => Promise.resolve('done'))
  await expect(broken).rejects.toThrow('broken')
  expect(await next).toBe('done')
})
