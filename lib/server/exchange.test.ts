import { EventEmitter } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { type Exchange, Exchanges } from './exchange'

setFlagsFromString('--expose-gc')
const collectYoung = runInNewContext('gc') as (options: { readonly type: 'minor' }) => void
setFlagsFromString('--no-expose-gc')

const noRequest: unknown = {}

/** A response that has what a request leaves in memory with it. */
class Response extends EventEmitter {
  readonly left = new Array<number>(1000).fill(0.5)
}

function begin(exchanges: Exchanges) {
  const response = new Response()
  const exchange = exchanges.begin('registry', noRequest as IncomingMessage, response as unknown as ServerResponse)
  return { exchange, end: () => void response.emit('close') }
}

test('those that have not ended are running, and each ends once, in any order', () => {
  const ended: Exchange[] = []
  const exchanges = new Exchanges((exchange) => ended.push(exchange))
  const [a, b, c, d] = [begin(exchanges), begin(exchanges), begin(exchanges), begin(exchanges)]
  const running = () => new Set(exchanges.running)
  expect(running()).toEqual(new Set([a, b, c, d].map(({ exchange }) => exchange)))
  b.end()
  d.end()
  b.end()
  expect(running()).toEqual(new Set([a.exchange, c.exchange]))
  a.end()
  const e = begin(exchanges)
  expect(running()).toEqual(new Set([c.exchange, e.exchange]))
  c.end()
  e.end()
  expect([...exchanges.running]).toEqual([])
  expect(ended).toEqual([b, d, a, c, e].map(({ exchange }) => exchange))
})

test('what has ended is not kept until the next full collection', () => {
  const exchanges = new Exchanges(() => undefined)
  const oldBytes = () =>
    getHeapSpaceStatistics().find(({ space_name }) => space_name === 'old_space')?.space_used_size ?? NaN
  const running = Array.from({ length: 16 }, () => begin(exchanges))
  // Whatever holds the running ones is old from here on, as in a server that has run for a while.
  for (let time = 0; time < 3; time++) collectYoung({ type: 'minor' })
  const before = oldBytes()
  for (let round = 0; round < 5000; round++) {
    running.push(begin(exchanges))
    running.shift()?.end()
    if (round % 100 === 0) collectYoung({ type: 'minor' })
  }
  // 8 KB each: 40 MB went through.
  expect(oldBytes() - before).toBeLessThan(10 * 1024 * 1024)
})
