import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CommandLine } from './command-line'
import { createHome } from './home'

/** A client that runs, and keeps all it knows, log-ons above all, in a folder of the test's own. */
export class HomeClient extends CommandLine {
  readonly #home: string

  private constructor(command: string, home: string, env: Readonly<Record<string, string>>) {
    super(command, [], env, home)
    this.#home = home
  }

  /** `environment` tells the client, by variables, to keep to the folder it is given. */
  static async create(command: string, environment: (home: string) => Record<string, string>): Promise<HomeClient> {
    const home = await createHome(command)
    return new HomeClient(command, home, environment(home))
  }

  /** Writes a file that the client may name as it is named here. */
  writeFile(name: string, content: string): Promise<void> {
    return writeFile(join(this.#home, name), content)
  }

  readFile(name: string): Promise<Buffer> {
    return readFile(join(this.#home, name))
  }

  async dispose(): Promise<void> {
    await rm(this.#home, { recursive: true, force: true })
  }
}

const dockerConfig = (home: string) => ({ DOCKER_CONFIG: home })

/** crane speaks plain HTTP to a loopback address by itself. */
export function createCrane(): Promise<HomeClient> {
  return HomeClient.create('crane', dockerConfig)
}

/** Pass `--plain-http` where it talks to the registry. */
export function createOras(): Promise<HomeClient> {
  return HomeClient.create('oras', (home) => ({ ...dockerConfig(home), ORAS_CACHE: join(home, 'cache') }))
}

/** Tell it of the registry first: `registry set --skip-check --tls disabled <host>`. */
export function createRegctl(): Promise<HomeClient> {
  return HomeClient.create('regctl', (home) => ({ ...dockerConfig(home), REGCTL_CONFIG: join(home, 'regctl.json') }))
}

/** Pass `--plain-http` where it talks to the registry. */
export function createHelm(): Promise<HomeClient> {
  return HomeClient.create('helm', (home) => ({
    HELM_CACHE_HOME: join(home, 'cache'),
    HELM_CONFIG_HOME: join(home, 'config'),
    HELM_DATA_HOME: join(home, 'data'),
  }))
}

/** Pass `--allow-http-registry` where it talks to the registry. Its keys have no password. */
export function createCosign(): Promise<HomeClient> {
  return HomeClient.create('cosign', (home) => ({ ...dockerConfig(home), COSIGN_PASSWORD: '' }))
}
