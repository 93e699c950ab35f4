import { type IncomingHttpHeaders, request } from 'node:http'
import { text } from 'node:stream/consumers'
import { z } from 'zod'
import { type Phase, isEnding } from '@/lib/server/phase'
import { type ProbeHandler, createProbes } from '@/lib/server/probes'
import type { Readiness } from '@/lib/server/readiness'

/** How long the main process may take to answer a probe, in milliseconds. Longer than its own checks and metrics take. */
const answerMaxMs = 4_000

const readiness = z.object({
  status: z.enum(['ready', 'starting', 'stopping', 'failing']),
  failing: z.array(z.enum(['database', 'storage'])),
})

interface ProbeAnswer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
}

/**
 * Creates what answers the probes that a reader gets. It lives as long as it answers; it is ready when the main process
 * is, which it asks. Without one, or with one that hangs, the server is not ready, and has no metrics: at once, because
 * whoever probes has no patience.
 */
export function createReaderProbes(
  relaySocket: string,
  phase: Phase,
  metricsToken: string | null,
  maxMs = answerMaxMs,
): ProbeHandler {
  return createProbes({
    async readiness(): Promise<Readiness> {
      if (isEnding(phase)) return { status: 'stopping', failing: [] }
      const answer = await ask(relaySocket, '/readyz', {}, maxMs)
      return answer === null ? { status: 'failing', failing: ['main'] } : readiness.parse(JSON.parse(answer.text))
    },
    async metrics() {
      const answer = await ask(relaySocket, '/metrics', { authorization: `Bearer ${metricsToken}` }, maxMs)
      return answer?.status === 200 ? { type: answer.headers['content-type'] ?? '', text: answer.text } : null
    },
    metricsToken,
  })
}

/** Asks the main process; null when it does not answer in time. */
async function ask(
  socketPath: string,
  path: string,
  headers: Record<string, string>,
  maxMs: number,
): Promise<ProbeAnswer | null> {
  const signal = AbortSignal.timeout(maxMs)
  return new Promise((resolve) => {
    const sent = request({ socketPath, path, headers, signal, agent: false }, (answer) => {
      text(answer).then(
        (read) => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text: read }),
        () => resolve(null),
      )
    })
    sent.on('error', () => resolve(null)).end()
  })
}
