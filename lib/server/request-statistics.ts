import { Counter, type Histogram, type MetricValueWithName, type Registry } from 'prom-client'
import type { Exchange } from './exchange'

/** Upper bounds of the latency buckets, in seconds: from a cached manifest to a large layer over a slow connection. */
const buckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300]

/** Methods with their own value of the label `method`. */
const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])

const requestsName = 'stele_http_requests_total'
const durationsName = 'stele_http_request_duration_seconds'
const labelNames = ['door', 'route', 'method'] as const

type Label = (typeof labelNames)[number]

/** The counts of requests with the same labels. */
interface Series {
  readonly labels: Readonly<Record<Label, string>>
  readonly byStatus: Map<number, number>
  /** Number of requests in each bucket; the last element counts those above all buckets. */
  readonly perBucket: Float64Array
  seconds: number
}

/**
 * Counts and durations of requests. They are counted in plain fields and converted to metrics on a scrape: the
 * library's own counters would make a small request a tenth more expensive.
 */
export class RequestStatistics {
  readonly #series = new Map<string, Map<string, Series>>()

  constructor(registry: Registry) {
    const registers = [registry]
    const list = () => this.#list()
    new Counter({
      name: requestsName,
      help: 'Completed requests.',
      labelNames: [...labelNames, 'status'],
      registers,
      collect() {
        this.reset()
        for (const { labels, byStatus } of list()) {
          for (const [status, count] of byStatus) this.inc({ ...labels, status }, count)
        }
      },
    })
    const durations = {
      name: durationsName,
      get: () => ({
        name: durationsName,
        help: 'Time from the head of a request to the end of its response.',
        type: 'histogram',
        aggregator: 'sum',
        values: list().flatMap(valuesOf),
      }),
    }
    // Metrics of the library do their own counting; this object has only what the library's registry needs to print it.
    registry.registerMetric(durations as unknown as Histogram)
  }

  /** Counts a completed request. */
  note({ door, route, request, response, durationMs }: Exchange): void {
    const series = this.#find(door, route ?? 'unknown', request.method ?? '')
    const seconds = durationMs / 1000
    let bucket = 0
    while (bucket < buckets.length && seconds > (buckets[bucket] ?? 0)) bucket++
    series.perBucket[bucket] = (series.perBucket[bucket] ?? 0) + 1
    series.seconds += seconds
    series.byStatus.set(response.statusCode, (series.byStatus.get(response.statusCode) ?? 0) + 1)
  }

  #find(door: string, route: string, givenMethod: string): Series {
    const method = methods.has(givenMethod) ? givenMethod : 'other'
    // Except `unknown`, no route belongs to two doors.
    const key = route === 'unknown' ? door : route
    let byMethod = this.#series.get(key)
    if (byMethod === undefined) this.#series.set(key, (byMethod = new Map<string, Series>()))
    let series = byMethod.get(method)
    if (series === undefined) {
      const perBucket = new Float64Array(buckets.length + 1)
      series = { labels: { door, route, method }, byStatus: new Map(), perBucket, seconds: 0 }
      byMethod.set(method, series)
    }
    return series
  }

  #list(): Series[] {
    return [...this.#series.values()].flatMap((byMethod) => [...byMethod.values()])
  }
}

function valuesOf({ labels, perBucket, seconds }: Series): MetricValueWithName<Label | 'le'>[] {
  let count = 0
  const values = [...buckets, '+Inf'].map((le, bucket) => {
    count += perBucket[bucket] ?? 0
    return { labels: { le, ...labels }, value: count, metricName: `${durationsName}_bucket` }
  })
  return [
    ...values,
    { labels, value: seconds, metricName: `${durationsName}_sum` },
    { labels, value: count, metricName: `${durationsName}_count` },
  ]
}
