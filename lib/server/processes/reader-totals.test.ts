import { Counter, Gauge, Registry } from 'prom-client'
import { expect, test } from 'vitest'
import type { MetricsOfProcess, ReadersReport } from './messages'
import { ReaderTotals } from './reader-totals'

/** The metrics of a reader that has answered so many requests and has so many connections. */
async function metricsOf(requests: number, connections: number): Promise<MetricsOfProcess> {
  const registry = new Registry()
  const registers = [registry]
  new Counter({ name: 'requests_total', help: 'Requests.', registers }).inc(requests)
  new Gauge({ name: 'connections_open', help: 'Connections.', registers }).set(connections)
  return registry.getMetricsAsJSON()
}

/** The sum of a metric. */
function sumOf(all: readonly MetricsOfProcess[], name: string): number {
  const values = all.flat().flatMap((metric) => (metric.name === name ? valuesOf(metric) : []))
  return values.reduce((sum, value) => sum + value, 0)
}

function valuesOf(metric: object): number[] {
  return (metric as { values: { value: number }[] }).values.map(({ value }) => value)
}

test('what readers have counted stays in the sums when they end, and what they had open does not', async () => {
  let report: ReadersReport = { running: [], metrics: [] }
  const totals = new ReaderTotals(() => Promise.resolve(report))
  const read = async () => {
    const all = await totals.read()
    return [sumOf(all, 'requests_total'), sumOf(all, 'connections_open')]
  }
  expect(await read()).toEqual([0, 0])

  const [first, second] = [await metricsOf(10, 1), await metricsOf(5, 2)]
  const both = [
    { reader: 1, metrics: first },
    { reader: 2, metrics: second },
  ]
  report = { running: [1, 2], metrics: both }
  expect(await read()).toEqual([15, 3])

  // One that is only late.
  report = { running: [1, 2], metrics: both.slice(1) }
  expect(await read()).toEqual([15, 3])

  report = { running: [2, 3], metrics: [...both.slice(1), { reader: 3, metrics: await metricsOf(1, 1) }] }
  expect(await read()).toEqual([16, 3])
  expect(await read()).toEqual([16, 3])

  report = { running: [], metrics: [] }
  expect(await read()).toEqual([16, 0])
})
