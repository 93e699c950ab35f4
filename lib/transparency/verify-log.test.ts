import { describe, expect, test } from 'vitest'
import { TagHistory } from '@/lib/testing/tag-history'
import { TestLog } from '@/lib/testing/test-log'
import { verifyLog } from './verify-log'

function verify(log: TestLog) {
  return verifyLog(log, { key: log.key, witnesses: [], older: [] })
}

describe('a log that keeps the rule is good', () => {
  test.each([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])('whatever happened, seed %i', async (seed) => {
    const log = await TestLog.of(new TagHistory(seed).run(2000))
    const { violations } = await verify(log)
    expect(violations).toEqual([])
  })
})
