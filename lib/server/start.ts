import { createServer } from 'node:http'
import { ensureFirstAdministrator } from '@/lib/auth/first-administrator'
import { type Config, parseConfig } from '@/lib/config'
import { setContext } from '@/lib/registry/context'
import { ensureExample } from '@/lib/registry/ensure-example'
import { openDoors } from './doors'
import { greet } from './greet'
import { listen } from './listen'
import { openContext } from './open-context'
import { StartError } from './start-error'
import { stopOnSignal } from './stop'

type Environment = Readonly<Record<string, string | undefined>>

/** Starts the server with the settings in `env`. Throws a StartError for what whoever starts it can set right. */
export async function start(env: Environment): Promise<void> {
  const config = readConfig(env)
  const ctx = await openContext(config)
  setContext(ctx)

  const server = createServer()
  // Before the first-start data are made: a password printed by a server that then cannot listen would be lost.
  const { port, ready } = await listen(server, config)
  const generatedPassword = await ensureFirstAdministrator(ctx.db, {
    password: config.adminPassword,
    accessKey: config.adminAccessKey,
  })
  if (config.makeExample) await ensureExample(ctx)
  ready(await openDoors(ctx, port, env['NODE_ENV'] !== 'production'))
  stopOnSignal(server, ctx)
  greet(config, port, generatedPassword)
}

function readConfig(env: Environment): Config {
  try {
    return parseConfig(env)
  } catch (error) {
    throw new StartError((error as Error).message)
  }
}
