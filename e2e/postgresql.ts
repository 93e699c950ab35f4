import { type PostgresqlCluster, startPostgresql, whyNoPostgresql } from '@/scripts/lib/postgresql.mjs'
import { giveUp } from './clients/require-commands'
import type { StartOptions } from './server'
import { uniqueName } from './unique-name'

/** What a server can keep its data in: for tests that promise the same of both. */
export const databases = ['sqlite', 'postgresql'] as const

/** One of `databases`. */
export type DatabaseKind = (typeof databases)[number]

/**
 * A PostgreSQL cluster of the worker's own, started when the first test asks for it. It skips the running test where
 * PostgreSQL is not installed; on CI the test fails.
 */
export class Postgresql {
  #cluster: Promise<PostgresqlCluster> | undefined

  /** What a server is to be started with to have an empty database of this kind. */
  async startOptions(kind: DatabaseKind): Promise<Pick<StartOptions, 'databaseUrl'>> {
    if (kind === 'sqlite') return {}
    const cluster = await this.cluster()
    return { databaseUrl: await cluster.createDatabase(uniqueName('stele')) }
  }

  cluster(): Promise<PostgresqlCluster> {
    const reason = whyNoPostgresql()
    if (reason !== null) giveUp(reason)
    // As in production: what it acknowledges is on the disk.
    return (this.#cluster ??= startPostgresql({ fsync: true }))
  }

  async stop(): Promise<void> {
    await (await this.#cluster)?.stop()
  }
}
