// Vitest's global set-up: one PostgreSQL cluster for all tests that use it. `fsync` is off, because these tests may
// kill processes but never the machine.
import { startPostgresql, whyNoPostgresql } from './postgresql.mjs'

/** @param {import('vitest/node').TestProject} project */
export async function setup(project) {
  const reason = whyNoPostgresql()
  if (reason !== null) {
    if (process.env.CI === 'true') throw new Error(reason)
    console.log(`The tests on PostgreSQL are skipped: ${reason}`)
    project.provide('postgresqlUrl', null)
    return undefined
  }
  const cluster = await startPostgresql({ fsync: false })
  project.provide('postgresqlUrl', cluster.url('postgres'))
  return () => cluster.stop()
}
