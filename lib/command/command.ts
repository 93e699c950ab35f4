import type { Principal } from '@/lib/domain/principal'
import type { Config } from '@/lib/config'
import type { Database } from '@/lib/metadata/engine/database'
import type { Passwords } from '@/lib/secrets/passwords'

/** What a command gets to work with. */
export interface CommandContext {
  readonly db: Database
  readonly config: Config
  readonly passwords: Passwords
  /** The operator, for the audit trail. */
  readonly principal: Principal
  /** Reads standard input to its end. */
  readonly readInput: () => Promise<string>
}

/** The arguments after the words of a command: names, and options without their dashes. */
export interface CommandArguments {
  readonly names: readonly string[]
  readonly options: Readonly<Record<string, string | boolean | undefined>>
  /** The values of the options that may be given several times. */
  readonly lists: Readonly<Record<string, readonly string[]>>
}

/** The lines to print, and whether the result is good: the exit code is 0, else 1. */
export interface CommandResult {
  readonly lines: readonly string[]
  readonly isGood: boolean
}

/** How a command is called: `npm run stele -- <words> <names> [options]`. */
interface Call {
  /** `user reset-password` */
  readonly words: string
  /** The names of the arguments after the words. */
  readonly names: readonly string[]
  /** Options by name; `value` is the name of the value, for an option that has one. */
  readonly options: Readonly<Record<string, { readonly value?: string; readonly isList?: true; readonly help: string }>>
  readonly help: string
}

/** A command that works with the database. */
export interface Command extends Call {
  /** Throws a CommandError for mistakes that the operator can correct. */
  readonly run: (ctx: CommandContext, given: CommandArguments) => Promise<CommandResult>
}

/** A command that runs whether there is a database or not. */
export interface StandaloneCommand extends Call {
  readonly runAlone: (config: Config) => Promise<CommandResult>
}

/** A command for everybody: it reads no settings, and needs neither a server nor its database. */
export interface OfflineCommand extends Call {
  readonly runOffline: (given: CommandArguments, surroundings: Surroundings) => Promise<CommandResult>
}

/** What an offline command reads, besides the files that it is given. */
export interface Surroundings {
  /** What relative paths are relative to. */
  readonly folder: string
  readonly readInput: () => Promise<string>
}
