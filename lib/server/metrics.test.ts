import { tmpdir } from 'node:os'
import { setTimeout } from 'node:timers/promises'
import { beforeEach, describe, expect, test } from 'vitest'
import { TagRefusals } from '@/lib/limits/tag-refusals'
import type { MaintenanceRunRow } from '@/lib/metadata/maintenance-runs'
import type { Exchange } from './exchange'
import { Metrics, type MetricsSources } from './metrics'

const manifests = '/v2/{name}/manifests/{reference}'

const run: MaintenanceRunRow = {
  id: 1,
  kind: 'GARBAGE_COLLECTION',
  state: 'SUCCEEDED',
  options: { isDryRun: false, graceSeconds: 86_400 },
  startedBy: 'schedule',
  startedAt: new Date('2026-11-22T01:00:00.000Z'),
  endedAt: new Date('2026-11-22T01:00:02.500Z'),
  counts: {
    examinedBlobs: 30,
    examinedBytes: 30_000,
    removedLinks: 4,
    removedBlobs: 3,
    removedBytes: 3_000,
    removedUploads: 2,
  },
  failure: null,
}

const witness = { name: 'witness.example/one', behindLeaves: 3, behindSeconds: 4.5, isRefused: true }

let running: Set<Exchange>
let sources: MetricsSources

beforeEach(() => {
  running = new Set()
  sources = {
    running,
    connections: { read: () => ({ open: 3, receivedBytes: 1000, sentBytes: 2000 }) },
    dataDir: tmpdir(),
    pingDatabase: () => Promise.resolve(),
    countUploads: () => Promise.resolve(7),
    countOpenTags: () => Promise.resolve(2),
    measureLogs: () =>
      Promise.resolve({ leaves: 7, stalled: 1, lagSeconds: 0.5, checkpointAgeSeconds: null, witnesses: [witness] }),
    tagRefusals: new TagRefusals(),
    lastRuns: () => Promise.resolve([run]),
  }
})

function exchange(method: string, route: string | null, status: number, error: Exchange['error'] = null): Exchange {
  const fields = {
    door: 'registry',
    route,
    error,
    request: { method },
    response: { statusCode: status },
    durationMs: 30,
  }
  return fields as unknown as Exchange
}

async function read(metrics: Metrics): Promise<string[]> {
  return (await metrics.read()).text.split('\n')
}

describe('the metrics', () => {
  test('count requests by door, route, method and status, and how long they took', async () => {
    const metrics = new Metrics(sources)
    metrics.note(exchange('GET', manifests, 200))
    metrics.note(exchange('GET', manifests, 200))
    metrics.note(exchange('GET', null, 404, 'NOT_FOUND'))
    const lines = await read(metrics)
    const labels = `door="registry",route="${manifests}",method="GET"`
    expect(lines).toContain(`stele_http_requests_total{${labels},status="200"} 2`)
    expect(lines).toContain(`stele_http_requests_total{door="registry",route="unknown",method="GET",status="404"} 1`)
    expect(lines).toContain(`stele_http_request_duration_seconds_bucket{le="0.025",${labels}} 0`)
    expect(lines).toContain(`stele_http_request_duration_seconds_bucket{le="0.05",${labels}} 2`)
  })

  test('measure the transparency logs, and leave out what cannot be measured', async () => {
    const lines = await read(new Metrics(sources))
    expect(lines).toContain('stele_transparency_log_leaves 7')
    expect(lines).toContain('stele_transparency_log_lag_seconds 0.5')
    expect(lines.filter((line) => line.startsWith('stele_transparency_log_checkpoint_age_seconds'))).toEqual([])
    const labels = '{witness="witness.example/one"}'
    expect(lines).toContain(`stele_transparency_witness_behind_leaves${labels} 3`)
    expect(lines).toContain(`stele_transparency_witness_behind_seconds${labels} 4.5`)
    expect(lines).toContain(`stele_transparency_witness_refused${labels} 1`)
    const down = () => Promise.reject(new Error('down'))
    const without = await read(new Metrics({ ...sources, measureLogs: down }))
    expect(without.filter((line) => line.startsWith('stele_transparency'))).toEqual([])
  })

  test('count refused pushes by their reason, and nothing else as one', async () => {
    const metrics = new Metrics(sources)
    metrics.note(exchange('PUT', manifests, 409, 'TAG_IMMUTABLE'))
    metrics.note(exchange('PUT', manifests, 409, 'TAG_IMMUTABLE'))
    metrics.note(exchange('PUT', manifests, 404, 'MANIFEST_BLOB_UNKNOWN'))
    metrics.note(exchange('GET', manifests, 404, 'MANIFEST_UNKNOWN'))
    metrics.note(exchange('PUT', manifests, 201))
    const refused = (await read(metrics)).filter((line) => line.startsWith('stele_refused_pushes_total{'))
    expect(refused).toEqual([
      'stele_refused_pushes_total{reason="TAG_IMMUTABLE"} 2',
      'stele_refused_pushes_total{reason="MANIFEST_BLOB_UNKNOWN"} 1',
    ])
  })

  test('count the moves that immutability refused and those it let through, and the tags that are open', async () => {
    const tagRefusals = new TagRefusals()
    tagRefusals.note('refused', [{ reason: 'TAG_IMMUTABLE' }, { reason: 'TAG_IMMUTABLE' }, { reason: 'TAG_RESERVED' }])
    tagRefusals.note('audited', [{ reason: 'TAG_IMMUTABLE' }])
    const metrics = new Metrics({ ...sources, tagRefusals })
    await read(metrics)
    const lines = await read(metrics)
    expect(lines.filter((line) => line.startsWith('stele_tag_refusals_total{'))).toEqual([
      'stele_tag_refusals_total{reason="TAG_IMMUTABLE",effect="refused"} 2',
      'stele_tag_refusals_total{reason="TAG_IMMUTABLE",effect="audited"} 1',
      'stele_tag_refusals_total{reason="TAG_RESERVED",effect="refused"} 1',
      'stele_tag_refusals_total{reason="TAG_RESERVED",effect="audited"} 0',
    ])
    expect(lines).toContain('stele_tag_openings_open 2')
  })

  test('count what the server failed by the code of the failure', async () => {
    const metrics = new Metrics(sources)
    metrics.note(exchange('PUT', manifests, 503, 'UNAVAILABLE'))
    const lines = await read(metrics)
    expect(lines).toContain('stele_registry_failures_total{code="UNAVAILABLE"} 1')
    expect(lines.filter((line) => line.startsWith('stele_refused_pushes_total{'))).toEqual([])
  })

  test('have no label that a client makes up', async () => {
    const metrics = new Metrics(sources)
    metrics.note(exchange('PROPFIND', null, 405, 'METHOD_NOT_ALLOWED'))
    expect((await read(metrics)).join('\n')).toContain('method="other"')
  })

  test('show what is so at this moment', async () => {
    running.add(exchange('GET', manifests, 200))
    const lines = await read(new Metrics(sources))
    for (const line of [
      'stele_http_requests_running{door="registry"} 1',
      'stele_http_requests_running{door="console"} 0',
      'stele_http_connections_open 3',
      'stele_http_received_bytes_total 1000',
      'stele_http_sent_bytes_total 2000',
      'stele_uploads_open 7',
      'stele_database_up 1',
      'stele_maintenance_last_end_timestamp_seconds{kind="garbage_collection"} 1795309202.5',
      'stele_maintenance_last_duration_seconds{kind="garbage_collection"} 2.5',
      'stele_maintenance_last_success{kind="garbage_collection"} 1',
      'stele_maintenance_last_removed_bytes{kind="garbage_collection"} 3000',
    ]) {
      expect(lines).toContain(line)
    }
    const names = lines.map((line) => line.split(/[ {]/, 1)[0])
    for (const name of ['stele_data_free_bytes', 'process_cpu_seconds_total', 'nodejs_eventloop_lag_p99_seconds']) {
      expect(names).toContain(name)
    }
  })

  test('count the same bytes once, however often they are read', async () => {
    const metrics = new Metrics(sources)
    await metrics.read()
    expect(await read(metrics)).toContain('stele_http_received_bytes_total 1000')
  })

  test('say how long requests waited because the process was busy, since the last scrape', async () => {
    const worst = async (metrics: Metrics) => {
      const line = (await read(metrics)).find((line) => line.startsWith('stele_event_loop_delay_seconds{quantile="1"}'))
      return Number(line?.split(' ')[1])
    }
    const metrics = new Metrics(sources)
    await setTimeout(50)
    const end = performance.now() + 300
    while (performance.now() < end);
    await setTimeout(50)
    expect(await worst(metrics)).toBeGreaterThan(0.2)
    expect(await worst(metrics)).toBeLessThan(0.2)
  })

  test('are answered without those of a database that fails, and have them again when it does', async () => {
    let isUp = true
    const metrics = new Metrics({
      ...sources,
      pingDatabase: () => (isUp ? Promise.resolve() : Promise.reject(new Error('gone'))),
    })
    expect(await read(metrics)).toContain('stele_uploads_open 7')
    isUp = false
    const lines = await read(metrics)
    expect(lines).toContain('stele_database_up 0')
    const stale = /^stele_(?:uploads_open|tag_openings_open|database_ping_seconds|maintenance_last_\w+)[ {]/
    expect(lines.filter((line) => stale.test(line))).toEqual([])
    isUp = true
    expect(await read(metrics)).toContain('stele_uploads_open 7')
  })
})
