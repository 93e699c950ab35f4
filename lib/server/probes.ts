import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Readiness } from './readiness'
import { dataPolicy } from './security-headers'

/** The metrics, as they are read. */
export interface MetricsText {
  readonly type: string
  readonly text: string
}

/** The data that the probes answer with. */
export interface ProbeSources {
  readonly readiness: () => Promise<Readiness>
  /** The metrics in Prometheus format, and their content type; null when the process that has them does not answer. */
  readonly metrics: () => Promise<MetricsText | null>
  /** The bearer token for reading the metrics; null: the metrics are off. */
  readonly metricsToken: string | null
}

/** Answers a request to the path of a probe. Returns false for any other path. */
export type ProbeHandler = (request: IncomingMessage, response: ServerResponse) => boolean

/**
 * Answers `/healthz`, `/readyz` and `/metrics` before everything else, also while the server starts: monitoring must
 * not depend on what it monitors. Probes are not logged or counted, because they come every few seconds and would
 * dominate.
 */
export function createProbes(sources: ProbeSources): ProbeHandler {
  const probes: Readonly<Record<string, (request: IncomingMessage, response: ServerResponse) => Promise<void> | void>> =
    {
      '/healthz': (_, response) => answerJson(response, 200, { status: 'alive' }),
      '/readyz': async (_, response) => {
        const { status, failing } = await sources.readiness()
        answerJson(response, status === 'ready' ? 200 : 503, { status, failing })
      },
      '/metrics': (request, response) => answerMetrics(sources, request, response),
    }
  return (request, response) => {
    const [path = ''] = (request.url ?? '').split('?', 1)
    const probe = Object.hasOwn(probes, path) ? probes[path] : undefined
    if (probe === undefined) return false
    response.setHeader('Cache-Control', 'no-store')
    response.setHeader('X-Content-Type-Options', 'nosniff')
    response.setHeader('Content-Security-Policy', dataPolicy)
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.setHeader('Allow', 'GET, HEAD')
      answerJson(response, 405, { error: 'only GET and HEAD are allowed' })
    } else {
      void probe(request, response)
    }
    return true
  }
}

async function answerMetrics(sources: ProbeSources, request: IncomingMessage, response: ServerResponse) {
  if (sources.metricsToken === null) {
    answerJson(response, 404, { error: 'metrics are off: set STELE_METRICS_TOKEN' })
  } else if (!presents(request, sources.metricsToken)) {
    response.setHeader('WWW-Authenticate', 'Bearer realm="Stele metrics"')
    answerJson(response, 401, { error: 'the bearer token of STELE_METRICS_TOKEN is required' })
  } else {
    const metrics = await sources.metrics()
    if (metrics !== null) answer(response, 200, metrics.type, metrics.text)
    else answerJson(response, 503, { error: 'the main process does not answer' })
  }
}

function presents(request: IncomingMessage, token: string): boolean {
  const presented = /^Bearer +(\S+) *$/i.exec(request.headers.authorization ?? '')?.[1]
  return presented !== undefined && timingSafeEqual(hash(presented), hash(token))
}

/** A comparison in constant time needs texts of equal length. */
function hash(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

function answerJson(response: ServerResponse, status: number, body: object): void {
  answer(response, status, 'application/json', `${JSON.stringify(body)}\n`)
}

function answer(response: ServerResponse, status: number, type: string, text: string): void {
  // Node leaves out the body for HEAD.
  response.writeHead(status, { 'Content-Type': type, 'Content-Length': Buffer.byteLength(text) }).end(text)
}
