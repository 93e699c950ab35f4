import { spawn, spawnSync } from 'node:child_process'
import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findFreePort } from '@/scripts/lib/find-free-port.mjs'
import { type Registry, started } from './registry'
import type { Store } from './store'

/** The other registries by the path of their program; undefined where there is none. */
export interface PeerPrograms {
  readonly distribution2: string | undefined
  readonly distribution3: string | undefined
  readonly zot: string | undefined
}

/**
 * Starts the registries whose programs can be run: with their files in new folders, or in `store` (Distribution 3 only), without authentication, access log
 * and tracing, everything else as it is by default.
 */
export async function startPeers(programs: PeerPrograms, store: Store | null = null): Promise<Registry[]> {
  if (store !== null) {
    const storage = () => store.distributionStorage()
    const other = await startDistribution('distribution3', 'Distribution 3.1, S3', programs.distribution3, storage)
    return other === null ? [] : [other]
  }
  const found = [
    await startDistribution('distribution2', 'Distribution 2.8', programs.distribution2),
    await startDistribution('distribution3', 'Distribution 3.1', programs.distribution3),
    await startZot(programs.zot),
  ]
  return found.filter((registry) => registry !== null)
}

async function startDistribution(
  kind: 'distribution2' | 'distribution3',
  name: string,
  program: string | undefined,
  storage = (folder: string) => `{ filesystem: { rootdirectory: ${join(folder, 'data')} }, delete: { enabled: true } }`,
): Promise<Registry | null> {
  return start(kind, name, program, (port, folder) => [
    'config.yml',
    `version: 0.1
log: { accesslog: { disabled: true }, level: error }
storage: ${storage(folder)}
http: { addr: "127.0.0.1:${port}" }
`,
  ])
}

function startZot(program: string | undefined): Promise<Registry | null> {
  return start('zot', 'zot', program, (port, folder) => [
    'config.json',
    JSON.stringify({
      storage: { rootDirectory: join(folder, 'data') },
      http: { address: '127.0.0.1', port: String(port) },
      log: { level: 'error' },
    }),
  ])
}

/** Starts `program serve <configuration>`; resolves with null when it is not there. */
async function start(
  kind: Registry['kind'],
  name: string,
  program: string | undefined,
  configure: (port: number, folder: string) => [file: string, content: string],
): Promise<Registry | null> {
  if (program === undefined) return null
  const { error, stdout, stderr } = spawnSync(program, ['--version'], { encoding: 'utf8' })
  if (error !== undefined) return null
  const folder = await mkdtemp(join(tmpdir(), `${kind}-bench-`))
  const port = await findFreePort()
  const [file, content] = configure(port, folder)
  await writeFile(join(folder, file), content)
  // Distribution 3 sends traces unless told otherwise.
  const env = { ...process.env, OTEL_TRACES_EXPORTER: 'none' }
  const child = spawn(program, ['serve', join(folder, file)], { stdio: 'ignore', env })
  const version = versionOf((stdout + stderr).trim().split('\n')[0] ?? '')
  return started({ kind, name, version, headers: {}, account: null }, [{ child, port }], folder)
}

/** zot says it as JSON. */
function versionOf(line: string): string {
  return /"commit":"([^"]+)"/.exec(line)?.[1] ?? line
}
