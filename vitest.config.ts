import { availableParallelism } from 'node:os'
import { configDefaults, defineConfig } from 'vitest/config'
import { whyNoPostgresql } from './scripts/lib/postgresql.mjs'

const exclude = [...configDefaults.exclude, 'e2e/**', '.next/**', 'data/**']

/** What only one of the databases has, or needs to run. */
const ofSqlite = [
  'lib/metadata/engine/{sqlite-adapter,write-queue,reading-threads,checkpoints}.test.ts',
  // About the connection to the store; the contract suite of the store runs on both.
  'lib/storage/s3/s3-faults.test.ts',
  // It has none.
  'lib/acr/signing/*.test.ts',
]
const ofPostgresql = ['lib/metadata/{,engine/}postgresql*.test.ts']

export default defineConfig({
  resolve: { tsconfigPaths: true },
  test: {
    // A database is migrated or a password hashed in most files; two busy cores make that slow, not wrong.
    // For machines that are busy: no test depends on how long it takes.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // As in playwright.config.ts: a test that passes only when it is repeated is a bug, which `npm test` names at its end.
    retry: process.env['CI'] === 'true' ? 1 : 0,
    // Much of the time is waited for disks and PostgreSQL; by itself vitest would leave a core to the watcher.
    maxWorkers: availableParallelism() + 1,
    projects: [
      {
        extends: true,
        test: {
          name: 'sqlite',
          include: ['**/*.test.{ts,tsx}'],
          exclude: [...exclude, ...ofPostgresql],
          provide: { provider: 'sqlite', postgresqlUrl: null },
          globalSetup: './scripts/lib/vitest-sqlite.mjs',
        },
      },
      // All that has to do with the database once more, on the other one.
      {
        extends: true,
        test: {
          name: 'postgresql',
          include:
            whyNoPostgresql() === null || process.env['CI'] === 'true'
              ? [
                  '{lib/{metadata,storage/s3,jobs,registry,protocol,acr,log-door,auth,command,api/route},app}/**/*.test.{ts,tsx}',
                ]
              : [],
          exclude: [...exclude, ...ofSqlite],
          provide: { provider: 'postgresql' },
          globalSetup: './scripts/lib/vitest-postgresql.mjs',
        },
      },
    ],
  },
})
