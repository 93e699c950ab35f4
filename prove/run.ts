// `npm run prove`: docs/proof.md describes it. Exit codes: 0 as expected, 1 not, 2 it could not be run.
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { buildBroken, breakages } from './broken-builds'
import { databases, type Database } from './fleet'
import { type Proof, prove } from './prove'
import { report } from './report'

const root = join(import.meta.dirname, '..')

const usage = `npm run prove -- [options]

  --database <name>    sqlite, postgresql or both (default both)
  --operations <n>     how many operations on each database (default 100000; with --broken 10000)
  --seed <n>           decides which operations and failures there are (default 1)
  --clients <n>        how many clients there are at once (default 24)
  --servers <n>        how many servers there are on PostgreSQL, 2 or more (default 3)
  --root <folder>      the folder of another version of Stele, built
  --broken <name>      breaks the server on purpose, and expects violations:
${Object.entries(breakages)
  .map(([name, { what }]) => `                       ${name}: ${what}`)
  .join('\n')}
`

class UsageError extends Error {}

// So that what ends with this process does.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(2))

try {
  process.exitCode = await run()
} catch (error) {
  console.error(error instanceof UsageError ? `${error.message}\n\n${usage}` : error)
  // Clients may still be trying to reach servers that are gone.
  process.exit(2)
}

async function run(): Promise<number> {
  const given = parse()
  if (given.help) {
    console.log(usage)
    return 0
  }
  const options = readOptions(given)
  const { breakage } = options
  const broken = breakage === null ? null : await buildBroken(root, breakage)
  try {
    let isAsExpected = true
    for (const database of options.databases) {
      const proof: Proof = await prove(database, { ...options, root: broken ?? options.root }, (line) =>
        console.log(line),
      )
      console.log(report(proof, options.seed))
      isAsExpected &&= proof.violations.length > 0 === (breakage !== null)
    }
    if (breakage !== null) console.log(isAsExpected ? 'The violations were found.' : 'NOT FOUND: no violations.')
    return isAsExpected ? 0 : 1
  } finally {
    if (broken !== null) rmSync(broken, { recursive: true })
  }
}

function readOptions(given: ReturnType<typeof parse>) {
  const breakage = given.broken === undefined ? null : breakages[given.broken]
  if (breakage === undefined) throw new UsageError(`there is no broken build ${given.broken}`)
  const wanted = databases.filter((name) => given.database === 'both' || given.database === name)
  if (wanted.length === 0) throw new UsageError(`there is no database ${given.database}`)
  const possible: readonly Database[] = wanted.filter((name) => breakage === null || breakage.databases.includes(name))
  if (possible.length === 0) throw new UsageError(`${given.broken} breaks nothing on ${given.database}`)
  return {
    breakage,
    databases: possible,
    operations: number('operations', given.operations ?? (breakage === null ? '100000' : '10000'), 1),
    seed: number('seed', given.seed, 0),
    clients: number('clients', given.clients, 1),
    servers: number('servers', given.servers, 2),
    root: given.root,
  }
}

function parse() {
  const text = { type: 'string' } as const
  try {
    return parseArgs({
      options: {
        ...{ operations: text, root: text, broken: text },
        help: { type: 'boolean', default: false },
        database: { ...text, default: 'both' },
        seed: { ...text, default: '1' },
        clients: { ...text, default: '24' },
        servers: { ...text, default: '3' },
      },
    }).values
  } catch (error) {
    throw new UsageError((error as Error).message)
  }
}

function number(name: string, text: string, minimum: number): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value) || value < minimum) throw new UsageError(`--${name}: a number from ${minimum} on`)
  return value
}
