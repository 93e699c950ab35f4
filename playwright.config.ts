import { availableParallelism } from 'node:os'
import { defineConfig, devices } from '@playwright/test'
import type { WorkerOptions } from './e2e/fixtures'
import { findBrowser } from './scripts/lib/browser.mjs'

/** With `E2E_STORAGE=s3`, all tests of the registry run over an S3 store, instead of those that depend on it. */
const isAllOverS3 = process.env['E2E_STORAGE'] === 's3'

/** What depends most on where blobs are kept: uploads, ranges, mounts, lost and refusing storage, starts and stops. */
const dependOnStorage = /\/(?:blobs|wire|faults|attacks-content|attacks-storage|operation)\.spec\.ts$/

const ci = process.env['CI'] === 'true'
const executablePath = findBrowser()

export default defineConfig<object, WorkerOptions>({
  testDir: 'e2e',
  outputDir: 'test-results/e2e',
  globalSetup: './e2e/global-setup.ts',
  reporter: 'list',
  fullyParallel: true,
  // Many tests wait for a client, a timeout or a server that starts: one more than the cores keeps those busy.
  workers: availableParallelism() + 1,
  forbidOnly: ci,
  // A retried test is a bug; on CI its trace is worth more than the time.
  retries: ci ? 1 : 0,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  use: {
    trace: 'retain-on-failure',
    screenshot: 'only-on-failure',
    locale: 'en-US',
  },
  projects: [
    { name: 'registry', testDir: 'e2e/registry', use: { storage: isAllOverS3 ? 's3' : 'filesystem' } },
    ...(isAllOverS3
      ? []
      : [
          { name: 'registry-s3', testDir: 'e2e/registry', testMatch: dependOnStorage, use: { storage: 's3' as const } },
        ]),
    { name: 'acr', testDir: 'e2e/acr' },
    { name: 'machines', testDir: 'e2e/machines' },
    {
      name: 'console',
      testDir: 'e2e/console',
      use: {
        ...devices['Desktop Chrome'],
        launchOptions: {
          ...(executablePath === null ? {} : { executablePath }),
          args: [
            // Chromium's sandbox refuses to run as root.
            ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
            // Nothing but the server under test is to be talked to.
            ...['--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run'],
            ...['--disable-quic', '--disable-gpu'],
          ],
        },
      },
    },
  ],
})
