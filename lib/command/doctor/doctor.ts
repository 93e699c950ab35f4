import type { Config } from '@/lib/config'
import { openDatabase } from '@/lib/metadata/engine/open-database'
import type { CommandResult, StandaloneCommand } from '../command'
import { checkDatabase, checkKeys, checkLogs, checkMigrations } from './check-database'
import { checkPublicAddress } from './check-public-address'
import { checkStore } from './check-store'
import { type Finding, bad, reasonOf } from './finding'

/** `doctor --set-up`: checks a set-up of several servers before it is used. */
export const doctor: StandaloneCommand = {
  words: 'doctor --set-up',
  names: [],
  options: {},
  help: 'Check clocks, database, store, keys and the public address with the settings of a server. Exit code 1: one is wrong.',
  runAlone: async (config) => report(await examine(config)),
}

async function examine(config: Config): Promise<readonly Finding[]> {
  const findings = await checkDatabase(config)
  // Without a database nothing is known of keys and owners.
  if (findings[0]?.remedy !== null) return [...findings, ...(await checkStore(config, null))]
  const { finding, isMigrated } = await checkMigrations(config)
  findings.push(finding)
  if (!isMigrated)
    return [...findings, ...(await checkStore(config, null)), ...(await checkPublicAddress(config, null))]
  const db = await openDatabase(config.database)
  try {
    const keys = await checkKeys(config, db)
    findings.push(keys, ...(await checkLogs(db)), ...(await checkStore(config, db)))
    // Without the keys, nobody can be asked for them.
    findings.push(...(await checkPublicAddress(config, keys.remedy === null ? db : null)))
  } catch (error) {
    findings.push(bad('database', `it failed meanwhile: ${reasonOf(error)}`, 'run this again'))
  } finally {
    await db.close()
  }
  return findings
}

function report(findings: readonly Finding[]): CommandResult {
  const width = Math.max(...findings.map(({ subject }) => subject.length))
  const wrong = findings.filter(({ remedy }) => remedy !== null).length
  return {
    lines: [
      ...findings.flatMap(({ subject, text, remedy }) => [
        `${remedy === null ? 'ok   ' : 'WRONG'}  ${subject.padEnd(width)}  ${text}`,
        ...(remedy === null ? [] : [`${' '.repeat(width + 9)}→ ${remedy}`]),
      ]),
      '',
      wrong === 0 ? 'All is well.' : `Wrong: ${wrong} of ${findings.length}.`,
    ],
    isGood: wrong === 0,
  }
}
