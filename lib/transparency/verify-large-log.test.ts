import { expect, test } from 'vitest'
import { TagHistory } from '@/lib/testing/tag-history'
import { logLeaves } from '@/lib/testing/log-leaves'
import { TestLog } from '@/lib/testing/test-log'
import { verifyLog } from './verify-log'

const size = logLeaves(20_000)

test(`a log of ${size} leaves is verified tile by tile`, { timeout: 600_000 }, async ({ annotate }) => {
  const log = await TestLog.of(new TagHistory(2).run(size, Math.ceil(size / 20)).slice(0, size))
  let waiting = 0
  let most = 0
  const source = {
    async read(name: string) {
      most = Math.max(most, (waiting += 1))
      const bytes = await log.read(name)
      waiting -= 1
      return bytes
    },
  }
  const started = performance.now()
  const report = await verifyLog(source, { keys: [log.key], witnesses: [], older: [] })
  const seconds = (performance.now() - started) / 1000
  expect(report.violations).toEqual([])
  // However large the log is, it reads no more than this ahead.
  expect(most).toBeLessThanOrEqual(32)
  await annotate(`${report.tags} tags of ${report.repositories} repositories: ${seconds.toFixed(1)} s`)
})
