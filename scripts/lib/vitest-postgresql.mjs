// Vitest's global set-up: one PostgreSQL cluster for all the tests that run on it. `fsync` is off: these tests lose
// processes, never the machine.
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
