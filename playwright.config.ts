import { availableParallelism } from 'node:os'
import { defineConfig, devices } from '@playwright/test'
import type { WorkerOptions } from './e2e/fixtures'
import { findBrowser } from './scripts/lib/browser.mjs'
import { sweep } from './scripts/lib/sweep.mjs'

/** What starts servers over storages of its own, whatever the project. */
const ownStorage = /\/(?:no-folder|races|redirect|s3|s3-trouble|set-up)\.spec\.ts$/

/** What is about requests, callers and processes, and the same wherever the blobs are: over S3 with SWEEP=full. */
const aboutRequests =
  /\/(?:acr-door|addresses|attacks-doors|attacks-tags|client-matrix|library-clients|log-compare|login|openings|processes-(?:at-once|attacks|kills|matrix)|pull-counts|start|transparency-log|tricks|wire|witnesses)\.spec\.ts$/

/**
 * Of the others, tests that differ by the rule of immutability or the database (over S3 the usual one is PostgreSQL), those that
 * move no blob, and one that measures how long requests wait: the store would wait for the same cores.
 */
const sameOverS3 = new RegExp(
  [
    'no manifest keeps other requests waiting',
    'cannot overwrite a tag of an',
    'pushes the same image to an immutable',
    'sends one manifest PUT',
    'finds tags from before',
    'is cut when it comes too slowly',
    'a change of many repositories goes on',
    'opens one connection after the other',
    'are one sum in the metrics',
    'what changes counts at once',
    'a stop lets the pulls of every process end',
    'has one line of JSON',
    'over one SQLite folder',
    ': sqlite$',
  ].join('|'),
)

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
  // A retried test is a bug, which `npm test` names at its end.
  retries: ci ? 1 : 0,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  use: {
    // A trace of everything takes a fifth of the time of the console's tests.
    trace: ci ? 'on-first-retry' : 'retain-on-failure',
    screenshot: 'only-on-failure',
    locale: 'en-US',
  },
  projects: [
    { name: 'registry', testDir: 'e2e/registry', use: { storage: 'filesystem' } },
    {
      name: 'registry-s3',
      testDir: 'e2e/registry',
      testIgnore: sweep([ownStorage, aboutRequests], [ownStorage]),
      grepInvert: sweep([sameOverS3], []),
      use: { storage: 's3' },
    },
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
