import { type Config, parseConfig } from '@/lib/config'
import { StartError } from './start-error'

/** Reads the settings in `env`. Throws a StartError that names the variable with a value that is not valid. */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  try {
    return parseConfig(env)
  } catch (error) {
    throw new StartError((error as Error).message)
  }
}
