// Vitest's global set-up of the tests on PostgreSQL: one cluster for all of them, with one migrated database, which each
// test copies. `fsync` is off, because these tests may kill processes but never the machine.
import { join } from 'node:path'
import { migrate } from '../../lib/metadata/engine/migrate'
import { root } from './set-up.mjs'
import { startPostgresql, whyNoPostgresql } from './postgresql.mjs'

const template = 'migrated'

/** @param {import('vitest/node').TestProject} project */
export async function setup(project) {
  const reason = whyNoPostgresql()
  if (reason !== null) {
    if (process.env.CI === 'true') throw new Error(reason)
    console.log(`The tests on PostgreSQL are skipped: ${reason}`)
    project.provide('postgresqlUrl', null)
    project.provide('migrated', '')
    return undefined
  }
  const cluster = await startPostgresql({ fsync: false })
  await migrate({ provider: 'postgresql', url: await cluster.createDatabase(template) }, join(root, 'prisma'))
  project.provide('postgresqlUrl', cluster.url('postgres'))
  project.provide('migrated', template)
  return () => cluster.stop()
}
