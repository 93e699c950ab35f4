import type { Principal } from '@/lib/domain/principal'
import type { Config } from '@/lib/config'
import type { Database } from '@/lib/metadata/engine/database'
import type { Passwords } from '@/lib/secrets/passwords'

/** What a command works with. */
export interface CommandContext {
  readonly db: Database
  readonly config: Config
  readonly passwords: Passwords
  /** Who typed it, for the audit trail. */
  readonly principal: Principal
  /** All of what is piped to it. */
  readonly readInput: () => Promise<string>
}

/** What a command was given after its words: names, and options without their dashes. */
export interface CommandArguments {
  readonly names: readonly string[]
  readonly options: Readonly<Record<string, string | boolean | undefined>>
}

/** What is printed, and whether all is as it should be: the exit code is 0, else 1. */
export interface CommandResult {
  readonly lines: readonly string[]
  readonly isGood: boolean
}

/** A command: `npm run stele -- <words> <names> [options]`. */
export interface Command {
  /** `user reset-password` */
  readonly words: string
  /** Of what comes after them. */
  readonly names: readonly string[]
  /** With the value's name for one that takes a value. */
  readonly options: Readonly<Record<string, { readonly value?: string; readonly help: string }>>
  readonly help: string
  /** Throws a CommandError for what whoever typed it can set right. */
  readonly run: (ctx: CommandContext, given: CommandArguments) => Promise<CommandResult>
}
