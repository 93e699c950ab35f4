import { Counter, type Histogram, type MetricValueWithName, type Registry } from 'prom-client'
import type { Exchange } from './exchange'

/** Upper ends of the latencies' buckets, in seconds: from a cached manifest to a large layer over a slow line. */
const buckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300]

/** Methods that have a value of the label `method` of their own. */
const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])

const requestsName = 'stele_http_requests_total'
const durationsName = 'stele_http_request_duration_seconds'
const labelNames = ['door', 'route', 'method'] as const

type Label = (typeof labelNames)[number]

/** What is known of the requests with the same labels. */
interface Series {
  readonly labels: Readonly<Record<Label, string>>
  readonly byStatus: Map<number, number>
  /** How many fell into each bucket, and into none at the end. */
  readonly perBucket: Float64Array
  seconds: number
}

/**
 * How many requests there were and how long they took. Counted in plain fields and made metrics when somebody reads them:
 * the library's own counters would cost a small request a tenth more.
 */
export class RequestStatistics {
  readonly #series = new Map<string, Map<string, Series>>()

  constructor(registry: Registry) {
    const registers = [registry]
    const list = () => this.#list()
    new Counter({
      name: requestsName,
      help: 'Requests that have ended.',
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
        help: 'From the head of a request to the end of its answer.',
        type: 'histogram',
        values: list().flatMap(valuesOf),
      }),
    }
    // A metric of the library counts by itself; this is as much of one as its registry needs to print it.
    registry.registerMetric(durations as unknown as Histogram)
  }

  /** Counts a request that has ended. */
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
    // The same route is never of two doors, but for `unknown`.
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
