/**
 * `node --import tsx scripts/big-database.ts` makes a database as that of a large registry, in minutes:
 *
 *     --tags 1000000 --manifests 200000 --repositories 10000
 *     --shape spread|one     one: the first repository has nearly all tags
 *     --dir <folder>         SQLite: the folder to start the server with (STELE_DATA_DIR)
 *     --url <address>        PostgreSQL: an empty database (DATABASE_URL); its user must be a superuser
 *
 * It has no bytes of blobs, and no user: the server makes its administrator at its start (STELE_ADMIN_PASSWORD).
 */
import { mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import type { DatabaseLocation } from '@/lib/metadata/engine/database'
import { migrate } from '@/lib/metadata/engine/migrate'
import { fillDatabase } from './lib/fill-database'

const { values } = parseArgs({
  options: {
    tags: { type: 'string', default: '1000000' },
    manifests: { type: 'string', default: '200000' },
    repositories: { type: 'string', default: '10000' },
    shape: { type: 'string', default: 'spread' },
    dir: { type: 'string' },
    url: { type: 'string' },
  },
})

const started = performance.now()
const location = readLocation()
await migrate(location, join(import.meta.dirname, '..', 'prisma'))
await fillDatabase(location, {
  tags: Number(values.tags),
  manifests: Number(values.manifests),
  repositories: Number(values.repositories),
  shape: values.shape === 'one' ? 'one' : 'spread',
})
console.log(`made in ${Math.round((performance.now() - started) / 1000)} s`)

function readLocation(): DatabaseLocation {
  if (values.url !== undefined) return { provider: 'postgresql', url: values.url }
  if (values.dir === undefined) throw new Error('--dir or --url is missing')
  mkdirSync(values.dir, { recursive: true, mode: 0o700 })
  return { provider: 'sqlite', file: join(resolve(values.dir), 'stele.db') }
}
