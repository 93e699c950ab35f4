import { randomBytes } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { afterEach, expect, test } from 'vitest'
import { parseConfig } from '@/lib/config'
import { type TestContext, openTestContext } from '@/lib/testing/test-context'
import { openContext } from './open-context'
import { StartError } from './start-error'

let opened: TestContext

afterEach(() => opened.close())

test.each([
  ['another STELE_SECRET_KEY', randomBytes(32).toString('base64'), /^STELE_SECRET_KEY: .* sealed with another one/],
  ['none', '', /^STELE_SECRET_KEY: is required, because the keys of this database are in it/],
])('a server with %s than its database has does not start, and says so in one line', async (_, secretKey, message) => {
  const right = randomBytes(32).toString('base64')
  opened = await openTestContext({ STELE_SECRET_KEY: right })
  const { config } = opened.ctx
  expect(await readdir(config.dataDir)).not.toContain('keys')
  const { database, dataDir } = config
  const settings = {
    STELE_DATA_DIR: dataDir,
    STELE_LOG_LEVEL: 'silent',
    STELE_SECRET_KEY: secretKey,
    ...(database.provider === 'postgresql' && { DATABASE_URL: database.url }),
  }
  const failure = await openContext(parseConfig(settings)).catch((error: unknown) => error)
  expect(failure).toBeInstanceOf(StartError)
  expect((failure as Error).message).toMatch(message)
  expect((failure as Error).message).not.toContain('\n')
  expect(await readdir(dataDir)).not.toContain('keys')
})
