import { existsSync } from 'node:fs'
import { hostname, userInfo } from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { type Principal, systemPrincipal } from '@/lib/domain/principal'
import { type Config, parseConfig } from '@/lib/config'
import { AppError } from '@/lib/domain/errors'
import { type OpenDatabase, openDatabase } from '@/lib/metadata/engine/open-database'
import { createLogger } from '@/lib/log'
import { assertMigrated } from '@/lib/metadata/engine/migrate'
import { SpaceReserve } from '@/lib/metadata/engine/space-reserve'
import { KeysError } from '@/lib/secrets/key-store'
import { Passwords } from '@/lib/secrets/passwords'
import { auditVerify } from './audit-verify'
import type { Command, CommandArguments, CommandResult, OfflineCommand, StandaloneCommand } from './command'
import { CommandError } from './command-error'
import { doctor } from './doctor/doctor'
import { keysReseal } from './keys-reseal'
import { keysRotate } from './keys-rotate'
import { logVerify } from './log/log-verify'
import { userMakeAdministrator } from './user-make-administrator'
import { userResetPassword } from './user-reset-password'

type AnyCommand = Command | StandaloneCommand | OfflineCommand

/** All commands, in the order of the usage text. */
const commands: readonly AnyCommand[] = [
  auditVerify,
  userResetPassword,
  userMakeAdministrator,
  keysRotate,
  keysReseal,
  doctor,
  logVerify,
]

/** Where a command reads and prints. */
export interface Terminal {
  readonly out: (text: string) => void
  readonly err: (text: string) => void
  readonly readInput: () => Promise<string>
}

/**
 * Runs the command in `args` with the settings in `env`, whether the server runs or not. Returns the exit code: 0 for
 * success, 1 for a failure or a bad result, 2 for an unknown command or wrong arguments, or what the command says in its
 * help. Never rejects.
 */
export async function runCommand(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  terminal: Terminal,
): Promise<number> {
  if (args.includes('--help') || args[0] === 'help') {
    terminal.out(usage())
    return 0
  }
  const command = commands.find(({ words }) => args.slice(0, 2).join(' ') === words)
  if (command === undefined) {
    terminal.err(args.length === 0 ? usage() : `Unknown command.\n\n${usage()}`)
    return 2
  }
  let given: CommandArguments
  try {
    given = readArguments(command, args.slice(2))
  } catch (error) {
    terminal.err(`${(error as Error).message}\n\n${describe(command)}`)
    return 2
  }
  let db: OpenDatabase | null = null
  try {
    let result: CommandResult
    if ('runOffline' in command) {
      // npm runs in the folder of the package; it says where it was called.
      const folder = env['INIT_CWD'] ?? process.cwd()
      result = await command.runOffline(given, { folder, readInput: terminal.readInput })
    } else if ('runAlone' in command) result = await command.runAlone(readConfig(env))
    else {
      const config = readConfig(env)
      db = await open(config)
      const { readInput } = terminal
      const ctx = { db, config, passwords: new Passwords(), principal: commandLinePrincipal(), readInput }
      result = await command.run(ctx, given)
    }
    const { lines, isGood } = result
    terminal.out(`${lines.join('\n')}\n`)
    return isGood ? 0 : 1
  } catch (error) {
    terminal.err(`${explain(error)}\n`)
    return error instanceof CommandError ? error.exitCode : 1
  } finally {
    if (db !== null) await db.close()
  }
}

function readArguments({ names, options }: AnyCommand, args: readonly string[]): CommandArguments {
  const types = Object.entries(options).map(([name, { value, isList = false }]) => {
    return [name, { type: value === undefined ? 'boolean' : 'string', multiple: isList }] as const
  })
  const parsed = parseArgs({ args: [...args], options: Object.fromEntries(types), allowPositionals: true })
  const wrong = parsed.positionals.length === names.length ? undefined : parsed.positionals
  if (wrong !== undefined) {
    throw new CommandError(
      names.length === 0 ? 'It takes no names.' : `It takes ${names.length} name: <${names.join('> <')}>.`,
    )
  }
  const single: Record<string, string | boolean | undefined> = {}
  const lists: Record<string, readonly string[]> = {}
  for (const [name, { isList }] of Object.entries(options)) {
    const value = parsed.values[name]
    if (isList === true) lists[name] = Array.isArray(value) ? value.map(String) : []
    else if (!Array.isArray(value)) single[name] = value
  }
  return { names: parsed.positionals, options: single, lists }
}

function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  try {
    return parseConfig(env)
  } catch (error) {
    throw new CommandError((error as Error).message)
  }
}

/** Opens the database without migrating it, because a server of the previous version may be running. */
async function open({ database, reserveMib }: Config): Promise<OpenDatabase> {
  if (database.provider === 'sqlite' && !existsSync(database.file)) {
    throw new CommandError(
      `There is no database ${database.file}: start the server once, or set STELE_DATA_DIR to the server's data folder`,
    )
  }
  // Also on a full disk, without a server to release it.
  const reserve = new SpaceReserve(database, reserveMib, createLogger('silent'))
  reserve.beforeWrite()
  try {
    await assertMigrated(database, path.resolve('prisma'))
  } catch (error) {
    throw new CommandError(`The database cannot be used: ${(error as Error).message}`)
  }
  return openDatabase(database, () => reserve.beforeWrite())
}

/** The operator, who is authenticated only by the operating system. */
function commandLinePrincipal(): Principal {
  return {
    ...systemPrincipal,
    id: 'command-line',
    name: 'command-line',
    credential: operatingSystemUser(),
    userAgent: `stele on ${hostname()}`,
  }
}

function operatingSystemUser(): string {
  try {
    return userInfo().username
  } catch {
    // A container may run as a user id without a name.
    return `user ${process.getuid?.() ?? 'unknown'}`
  }
}

function explain(error: unknown): string {
  if (error instanceof CommandError || error instanceof KeysError) return error.message
  if (!AppError.is(error)) return String((error as Error).stack)
  if (error.code === 'UNAVAILABLE') return `The database cannot be used now, nothing was changed: ${causeOf(error)}`
  return `Nothing was changed: ${error.message}.`
}

function causeOf({ cause, message }: AppError): string {
  return cause instanceof Error ? cause.message : message
}

function usage(): string {
  return [
    'Usage: npm run stele -- <command>',
    '',
    'Uses the settings of the server (environment and .env), but for `log verify`. The server may be running or not.',
    'The audit trail records changes with the actor `command-line` and the user of the operating system.',
    '',
    ...commands.map(describe),
  ].join('\n')
}

function describe({ words, names, options, help }: AnyCommand): string {
  const optionLines = Object.entries(options).map(([name, { value, help: text }]) => {
    return `      --${name}${value === undefined ? '' : ` ${value}`}\n          ${text}\n`
  })
  return `  ${[words, ...names.map((name) => `<${name}>`)].join(' ')}\n      ${help}\n${optionLines.join('')}`
}
