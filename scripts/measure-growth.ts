/**
 * `node --import tsx scripts/measure-growth.ts <database> …` measures reads on databases of scripts/big-database.ts, each
 * a file or an address: the median time in milliseconds of each read of lib/testing/hot-reads.ts.
 */
import type { DatabaseLocation } from '@/lib/metadata/engine/database'
import { openDatabase } from '@/lib/metadata/engine/open-database'
import { boundedReads, hotReads } from '@/lib/testing/hot-reads'
import { findTarget } from './lib/fill-database'

const rounds = 9

const databases = process.argv
  .slice(2)
  .map((given): DatabaseLocation =>
    given.startsWith('postgresql:') ? { provider: 'postgresql', url: given } : { provider: 'sqlite', file: given },
  )
const times = new Map<string, string[]>()
for (const location of databases) {
  const db = openDatabase(location)
  const target = await findTarget(db)
  for (const [name, read] of Object.entries({ ...hotReads, ...boundedReads })) {
    const took: number[] = []
    for (let round = 0; round < rounds && took.reduce((sum, one) => sum + one, 0) < 3000; round++) {
      const start = performance.now()
      await read(db, target)
      took.push(performance.now() - start)
    }
    const median = took.sort((one, other) => one - other)[Math.floor(took.length / 2)] ?? 0
    times.set(name, [...(times.get(name) ?? []), median.toFixed(2)])
  }
  await db.close()
}
for (const [name, medians] of times) console.log(`| ${name} | ${medians.join(' | ')} |`)
