import { availableParallelism } from 'node:os'
import { configDefaults, defineConfig } from 'vitest/config'
import { whyNoPostgresql } from './scripts/lib/postgresql.mjs'
import { sweep } from './scripts/lib/sweep.mjs'

const exclude = [...configDefaults.exclude, 'e2e/**', '.next/**', 'data/**']

/** What only one of the databases has, or needs to run. */
const ofSqlite = [
  'lib/metadata/engine/{sqlite-adapter,write-queue,reading-threads,checkpoints}.test.ts',
  // About the connection to the store; the contract suite of the store runs on both.
  'lib/storage/s3/s3-faults.test.ts',
  // It has none.
  'lib/acr/signing/*.test.ts',
  // The same code goes through the rows of both, and only SQLite's statements hold the process, too.
  ...sweep(['lib/registry/event-loop.test.ts'], []),
]
const ofPostgresql = ['lib/{metadata/{,engine/},registry/transparency/}postgresql*.test.ts']

/** What measures its process, changes it, or starts others: each of these files has a process of its own. */
const ofOneProcess = [
  'lib/*.test.ts',
  'lib/{server,storage}/**/*.test.ts',
  'lib/protocol/young-garbage.test.ts',
  'bench/**/*.test.ts',
]
/** Of the tests of one database, those that need none or say themselves which they use. */
const ofNoDatabase = [
  'lib/{acr/paging,api/route/same-origin,auth/basic-credentials,command/doctor/finding,command/log/log-verify}.test.ts',
  'lib/auth/{guessing/{address-group,attempts,failure-counter,record-limiter,secret-attempts},use/credential-uses}.test.ts',
  'lib/metadata/engine/{gathered-reads,process-lock,space-reserve}.test.ts',
  'lib/protocol/{body-groups,warnings,young-garbage}.test.ts',
  'lib/{registry/page,storage/s3/s3-client}.test.ts',
]

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
    // The files of a worker share its process and its modules: loading those takes longer than most files' tests. What a
    // test must not share is in its context, and the code keeps nothing else (docs/architecture.md).
    isolate: false,
    projects: [
      {
        extends: true,
        test: {
          name: 'sqlite',
          include: ['**/*.test.{ts,tsx}'],
          exclude: [...exclude, ...ofPostgresql, ...ofOneProcess],
          provide: { provider: 'sqlite', postgresqlUrl: null },
          globalSetup: './scripts/lib/vitest-sqlite.mjs',
        },
      },
      {
        extends: true,
        test: {
          name: 'process',
          include: ofOneProcess,
          exclude,
          isolate: true,
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
          exclude: [...exclude, ...ofSqlite, ...ofNoDatabase],
          provide: { provider: 'postgresql' },
          globalSetup: './scripts/lib/vitest-postgresql.mjs',
        },
      },
    ],
  },
})
