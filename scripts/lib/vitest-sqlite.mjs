// Vitest's global set-up of the tests on SQLite: one migrated database, which each test copies.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { migrate } from '../../lib/metadata/engine/migrate'
import { root } from './set-up.mjs'

/** @param {import('vitest/node').TestProject} project */
export async function setup(project) {
  const folder = mkdtempSync(join(tmpdir(), 'stele-template-'))
  const file = join(folder, 'stele.db')
  await migrate({ provider: 'sqlite', file }, join(root, 'prisma'))
  project.provide('migrated', file)
  return () => rmSync(folder, { recursive: true, force: true })
}
